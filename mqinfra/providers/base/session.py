"""Sessions: one open connection to one cluster. The engine reads, asks and writes through it alone."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Self

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.connection import ClientConnection
from mqinfra.model.declaration import Declaration
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.loss import Counted, Loss
from mqinfra.model.reading import Facts, Figures, Live, Reading, Source
from mqinfra.model.record import Owner
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.providers.base.anchored import Anchoring, Wish
from mqinfra.providers.base.keeper import Keeper
from mqinfra.providers.base.kind import Kind, Objection
from mqinfra.providers.base.losses import counted_by_figures
from mqinfra.providers.base.records import Lock, RecordStore, Unlocked
from mqinfra.providers.base.request import Lost, Refused, Request, Result, UnderWay

if TYPE_CHECKING:
    from mqinfra.providers.base.monitoring.sample import Observed
    from mqinfra.providers.base.monitoring.watched import Watched
    from mqinfra.providers.base.verification.messenger import Messenger

Wanted = Mapping[str, Sequence[Address] | None]
"""Per kind, the addresses to read; None for all there are."""


EMPTY = Figures(0, ())
"""Figures of what holds nothing and is used by nobody."""


class Session(ABC):
    """What the engine may do with a cluster.

    Attributes:
        alias: alias of the cluster.
        type: the broker's type.
        facts: what the cluster said of itself when the session was opened.
        source: a real broker, a sandbox or a snapshot.
        kinds: the kinds that can be managed on it, by name.
        keeper: the cluster that keeps its records and lock; None where it keeps them itself, or nobody does.
        unkept: why nobody does, for people, with what to do about it; empty where somebody does.
    """

    alias: str
    type: str
    facts: Facts
    source: Source
    kinds: Mapping[str, Kind[Any]]
    keeper: Keeper | None = None
    unkept: str = ""

    @property
    def apart(self) -> float:
        """Seconds within which members of the cluster learn of a change one by one; 0 where all do at once."""
        return 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def read(self, wanted: Wanted) -> Reading:
        """Read resources in bulk.

        Raises:
            UserError: the cluster could not be read.
        """

    def look(self, wanted: Mapping[str, Sequence[Address]]) -> Reading:
        """Read named resources again, without neighbours, at which only rules look.

        Raises:
            UserError: the cluster could not be read.
        """
        return self.read(wanted)

    @abstractmethod
    def figures(self, addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Read what destructive changes would cost; what can't be read is None in the Figures."""

    def count(self, losses: Sequence[Loss]) -> Mapping[Loss, Counted]:
        """Count what changes would destroy; see `Kind.count`."""
        figures = self.figures(list(dict.fromkeys(loss.address for loss in losses)))
        return {loss: counted_by_figures(loss, figures.get(loss.address, Figures())) for loss in losses}

    def health(self) -> tuple[str, ...]:
        """Say why the cluster is degraded right now, a clause per cause; nothing while it is healthy.

        Asked for only where a plan deletes, moves or drops something, which a degraded cluster takes badly.
        """
        return ()

    def anchor(
        self,
        wishes: Mapping[str, Sequence[Wish]],  # noqa: ARG002 - a session without such kinds has nothing to say
        declared: Mapping[Address, Declaration],  # noqa: ARG002
    ) -> Mapping[Address, Anchoring]:
        """Work out what fields come to that mean something only at a moment; see `Anchored`.

        Args:
            wishes: what is declared of kinds with such fields, by kind.
            declared: everything that is declared.

        Raises:
            UserError: the cluster could not be read.
        """
        return {}

    @abstractmethod
    def dry_run(self, changes: Sequence[Change]) -> list[Objection]:
        """Ask the broker whether it would take the changes."""

    def lacking(self, changes: Sequence[Change]) -> list[Objection]:  # noqa: ARG002 - a model asks nobody
        """Say which rights the caller lacks for changes, and what can't be told; nobody needs any on a model."""
        return []

    def lacking_to_keep(self, owner: Owner) -> list[Problem]:
        """Say which rights the caller lacks for the lock and the records of an apply, as far as it may ask.

        Each with the command that grants it. It concerns a plan with changes only, and writes nothing.

        Raises:
            UserError: the cluster could not be read.
        """
        return self.keeper.lacking_to_keep(owner) if self.keeper is not None else []

    @abstractmethod
    def send(self, request: Request) -> Mapping[Address, Result]:
        """Send one request; one result per resource."""

    @abstractmethod
    def holds_secret(self, address: Address, live: Live, path: Path, wanted: JsonValue) -> bool | None:
        """Tell whether a live resource has the secret that a field refers to; None when the broker does not say.

        Raises:
            UserError: a reference leads nowhere.
        """

    def not_in_force(self, changes: Sequence[Change]) -> Mapping[Address, str]:  # noqa: ARG002
        """Say which changes that were read back are not in force yet, and why; a model's are at once.

        Raises:
            UserError: the cluster could not be read.
        """
        return {}

    def go_on(self, changes: Sequence[Change]) -> Mapping[Address, UnderWay | Refused | Lost]:  # noqa: ARG002
        """Do what is next of changes that were accepted, and say where they stand; a model does all at once.

        Raises:
            UserError: the cluster could not be read.
        """
        return {}

    def connections(self, changes: Sequence[Change]) -> Mapping[Address, tuple[ClientConnection, ...] | None]:  # noqa: ARG002
        """Name the connections that keep what changes take; see `Connected`. Nobody is connected to a model.

        Raises:
            UserError: the cluster could not be read.
        """
        return {}

    def disconnect(self, connections: Mapping[Address, Sequence[ClientConnection]]) -> Mapping[ClientConnection, str]:  # noqa: ARG002
        """Close connections that keep what changes took, by change, and say why some are still open."""
        return {}

    def missing_secrets(self, changes: Sequence[Change]) -> list[Diagnostic]:  # noqa: ARG002
        """Say which secrets that the changes have to send lead nowhere; a model of a broker sends none."""
        return []

    def requests(self, changes: Sequence[Change]) -> list[Request]:
        """The calls that bring changes about: kinds in the order in which they are made, deletes the other way."""
        building: dict[str, list[Change]] = {kind: [] for kind in self.kinds}
        deletes: dict[str, list[Change]] = {kind: [] for kind in reversed(tuple(self.kinds))}
        for change in changes:
            (deletes if change.action is Action.DELETE else building)[change.address.kind].append(change)
        return [
            request
            for by_kind in (building, deletes)
            for kind, some in by_kind.items()
            if some
            for request in self.kinds[kind].requests(some, self.facts)
        ]

    def records(self, owner: Owner) -> RecordStore | None:
        """Where the cluster keeps the records of a project in an environment; None where it can't keep any.

        Nothing is asked of the broker before the store is.
        """
        return self.keeper.records(owner) if self.keeper is not None else None

    def lock(self, owner: Owner, holder: str, timeout: float) -> AbstractContextManager[Lock]:
        """Keep other applies of the same project and environment out while the context lasts.

        Args:
            owner: what is locked.
            holder: who holds it, for whoever has to wait: `user@host, plan sha256:...`.
            timeout: seconds to wait for another holder.

        Raises:
            UserError: with exit code 6, naming the holder, when the lock is not free in time; with exit code 1 when it
                can't be taken for lack of a right, saying so and that `--no-lock` goes without.
        """
        if self.keeper is not None:
            return self.keeper.lock(owner, holder, timeout)
        return nullcontext(Unlocked())

    def messenger(self) -> "Messenger | None":
        """What sends messages through the cluster; None where none can be sent, as on a model of one.

        Raises:
            UserError: no connection for messages came about.
        """
        return None

    def sample(self, watched: "Sequence[Watched]") -> "list[Observed] | None":  # noqa: ARG002
        """Look once at what is watched; None where there is no traffic to look at, as on a model.

        Raises:
            UserError: the cluster did not answer.
        """
        return None

    def unroutable(self) -> int | None:
        """Messages that no route took, as a counter of the whole cluster; None where nobody counts them.

        Raises:
            UserError: the cluster did not answer.
        """
        return None

    @abstractmethod
    def close(self) -> None:
        """Give the connection back."""
