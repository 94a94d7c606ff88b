"""What only some kinds can do. A kind derives from the capabilities that it has; sessions and the engine ask for those.

Abstract classes and not protocols, so that a method with a misspelt name is an error and not a capability less.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.connection import ClientConnection
from mqinfra.model.frozen import dataclass
from mqinfra.model.loss import Counted, Loss
from mqinfra.model.reading import Facts, Figures, Live
from mqinfra.model.secret import SecretResolver
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.model.story import Effect
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.entry_type import EntryType
from mqinfra.providers.base.kind import C, Kind, KindReading, Objection
from mqinfra.providers.base.losses import LossView

T = TypeVar("T")


class DryRun(ABC, Generic[C]):
    """A kind whose changes can be checked before they are sent: by the broker, or by its rules and what it says."""

    @abstractmethod
    def dry_run(self, client: C, changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Say which changes the broker would not take."""


class Permitted(ABC, Generic[C]):
    """A kind of which the broker tells beforehand whether the caller may make changes."""

    @abstractmethod
    def lacking(self, client: C, changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Say which rights the caller lacks for changes, each with the command that grants it, and what can't be told.

        Where the broker's dry run tells, that is enough, and nothing is asked here.
        """


class Weighed(ABC, Generic[C]):
    """A kind whose resources hold something, or are used by somebody.

    Attributes:
        weighs: what of it a delete needs consent to lose.
    """

    weighs: ClassVar[tuple[str, ...]] = ("messages", "consumers")

    @abstractmethod
    def figures(self, client: C, addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Read what deleting resources would take."""

    def positions_in(self, spec: Spec) -> int:  # noqa: ARG002 - for groups
        """In how many partitions a resource of a model has read something."""
        return 0


class Losing(ABC, Generic[C]):
    """A kind that knows what changes destroy besides deletes; see `Loss`."""

    @abstractmethod
    def losses(self, view: LossView) -> Iterable[tuple[Address, Loss]]:
        """Say what changes may destroy besides what a delete or replace of the resource itself does.

        Returns:
            pairs of the change's address and what it may destroy.
        """

    @abstractmethod
    def count(self, client: C, losses: Sequence[Loss], context: ClusterContext) -> Mapping[Loss, Counted]:
        """Count what of the resources of this kind would be destroyed."""


class SecretHolder(ABC):
    """A kind whose resources hold secrets that can be compared without being shown.

    Attributes:
        rotates_by_revision: where nobody can tell whether a resource has a secret, it is taken to have it, until the
            `revision` of the reference is another than that of the last apply. Else it is set whenever nobody can tell.
    """

    rotates_by_revision: ClassVar[bool] = False

    @abstractmethod
    def holds_secret(self, live: Live, path: Path, wanted: JsonValue, secrets: SecretResolver) -> bool | None:
        """Tell whether a live resource has the secret that a field refers to; None when the broker does not say.

        Args:
            live: the resource, with what `read` kept of it in `private`.
            path: the field.
            wanted: the field's references as JSON.
            secrets: looks references up; raises UserError when one leads nowhere.
        """


class ComparedWithLive(ABC):
    """A kind some of whose fields can't be compared by their values alone, but with what `read` learned."""

    @abstractmethod
    def deviation(self, path: Path, wanted: JsonValue, found: JsonValue, live: Live) -> str | None:
        """Say how a live value differs from the wanted one.

        Args:
            path: the field.
            wanted: its wanted value.
            found: the value in force on the resource, or on one of its nodes; None for a secret that differs.
            live: the resource, with what `read` kept of it in `private`.

        Returns:
            None when they mean the same; else what the two values don't say by themselves, mostly nothing.
        """


class LookedAt(ABC, Generic[C]):
    """A kind that is read again for less than the first time: neighbours, at which only rules look, are left out."""

    @abstractmethod
    def look(self, client: C, wanted: Sequence[Address], context: ClusterContext) -> KindReading:
        """Read the named resources again, after a plan."""


class Dependent(ABC):
    """A kind whose resources can't be without others than the one that they lie in."""

    @abstractmethod
    def rests_on(self, address: Address) -> tuple[Address, ...]:
        """Resources without which one can't be, by its address; that which it lies in among them."""


class Routing(ABC):
    """A kind whose resources carry messages on, away from others."""

    @abstractmethod
    def leads_from(self, address: Address) -> Address | None:
        """What one carries messages away from, and that drops them without any; None where nothing of that is known."""


class Guarding(ABC):
    """A kind whose resources say something of others that their patterns match, and so go after those."""

    @abstractmethod
    def reached(self, spec: Spec, among: Iterable[Address], own: Address) -> Iterable[Address]:
        """Tell which of some resources one speaks of.

        Args:
            spec: the one that is at `own`.
            among: resources of any kind.
            own: its address.
        """


class Influential(ABC):
    """A kind whose changes mean something for other resources."""

    @abstractmethod
    def consequences(
        self, live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
    ) -> Mapping[Address, tuple[str, ...]]:
        """Say what changes mean for other resources, in phrases by change.

        Args:
            live: everything that was seen on the cluster.
            changes: all changes of the plan on it.
            facts: what the cluster says of itself.
        """

    def effects(
        self,
        live: Mapping[Address, Spec],  # noqa: ARG002 - for those whose changes bring settings into force
        changes: Mapping[Address, Change],  # noqa: ARG002
        facts: Facts,  # noqa: ARG002
    ) -> Mapping[Address, tuple[Effect, ...]]:
        """Say which settings come into force by changes or go, by the change under which it is told.

        Args:
            live: everything that was seen on the cluster.
            changes: all changes of the plan on it.
            facts: what the cluster says of itself.
        """
        return {}


class Ordered(ABC):
    """A kind that knows which changes have to be seen before others go, where no reference of a manifest says so."""

    @abstractmethod
    def precedence(
        self, live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
    ) -> Iterable[tuple[Address, Address]]:
        """Say what goes first, of resources of any kind of the broker.

        Args:
            live: everything that was seen on the cluster.
            changes: all changes of the plan on it.
            facts: what the cluster says of itself.

        Returns:
            pairs of a change and another one that has to be seen before it. No create or update waits for a delete.
        """


class Opening(ABC):
    """A kind of rights that may let in others when they go, or lock out who carries out the plan."""

    @abstractmethod
    def needing_a_line(
        self, live: Mapping[Address, Spec], going: Collection[Address], facts: Facts
    ) -> Mapping[Address, str]:
        """Say what of what would go by itself needs a line after all, and why (design §6).

        Args:
            live: everything that was seen on the cluster.
            going: all that would be deleted.
            facts: what the cluster says of itself.
        """


class Draining(ABC):
    """A kind whose resources may be needed by messages on their way for a while after nobody declares them any more."""

    @abstractmethod
    def empties_itself(self, spec: Spec) -> bool:
        """Tell whether what a resource holds leaves it by itself, to where it is wanted."""

    @abstractmethod
    def draining(
        self,
        live: Mapping[Address, Spec],
        after: Mapping[Address, Spec],
        going: Collection[Address],
        holding: Mapping[Address, int | None],
        facts: Facts,
    ) -> Mapping[Address, str]:
        """Say what is still needed of what would be deleted, of any kind of the broker, and until when.

        Args:
            live: everything that was seen on the cluster.
            after: everything that is there after the plan.
            going: all that would be deleted.
            holding: of what empties itself, how many messages it holds; None where unknown, and where it stays.
            facts: what the cluster says of itself.
        """


class TakesEffect(ABC, Generic[C]):
    """A kind whose resources are in force on others only a moment after they can be read back."""

    @abstractmethod
    def not_in_force(self, client: C, changes: Sequence[Change], context: ClusterContext) -> Mapping[Address, str]:
        """Say which changes that were read back are not in force yet, each with what shows it.

        Args:
            client: talks to the broker.
            changes: changes of this kind that were read back as done.
            context: of the cluster.
        """


class Connected(ABC, Generic[C]):
    """A kind whose resources let clients in that keep what they have for as long as they are connected."""

    @abstractmethod
    def connections(
        self, client: C, changes: Sequence[Change], context: ClusterContext
    ) -> Mapping[Address, tuple[ClientConnection, ...] | None]:
        """Name the connections that keep what changes take; the caller's own are never among them.

        Args:
            client: talks to the broker.
            changes: changes of this kind, planned or done.
            context: of the cluster.

        Returns:
            connections by change; None where the caller may not see them. Changes that take nothing which lasts on a
            connection are left out.
        """

    @abstractmethod
    def close(
        self, client: C, connections: Sequence[ClientConnection], context: ClusterContext
    ) -> Mapping[ClientConnection, str]:
        """Close connections. Nothing is raised for those that are gone.

        Returns:
            why connections are still open, for those that are.
        """


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text of a resource that people keep in a file of its own; see `FromFile`.

    Attributes:
        field: the field that it is, by its name in manifests.
        ending: what such files end in, `avsc`.
        text: the text as people would write it.
    """

    field: str
    ending: str
    text: str


class InFiles(ABC):
    """A kind whose resources have a text that an export writes to a file of its own."""

    @abstractmethod
    def text_file(self, spec: Spec) -> TextFile:
        """The text of a resource."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a message does not fit.

    Attributes:
        reason: why, as a clause.
        unchecked: it could not be told.
    """

    reason: str
    unchecked: bool = False


class Sampled(ABC):
    """A kind whose resources say what messages look like."""

    @abstractmethod
    def sample_problem(self, address: Address, declared: Mapping[Address, Spec], message: str) -> Misfit | None:
        """Say why a message does not fit a declared resource; None where it does.

        Args:
            address: the resource.
            declared: all that is declared.
            message: the message, as JSON.
        """


class Weighty(ABC):  # noqa: B024 - it says something of a kind, and has nothing to do
    """A kind every change of which moves or drops what others hold, so that none goes to a cluster that is unwell."""


def having(some: Mapping[str, EntryType], capability: type[T]) -> dict[str, T]:
    """Those that have a capability, by name."""
    return {name: one for name, one in some.items() if isinstance(one, capability)}


def deviation(kind: Kind[Any], path: Path, wanted: JsonValue, found: JsonValue, live: Live) -> str | None:
    """Say how a live value differs from the wanted one; see `ComparedWithLive.deviation`."""
    if isinstance(kind, ComparedWithLive):
        return kind.deviation(path, wanted, found, live)
    return deviation_by_value(kind, path, wanted, found)


def deviation_by_value(kind: Kind[Any], path: Path, wanted: JsonValue, found: JsonValue) -> str | None:
    """Say how a live value differs from the wanted one, by these two alone."""
    return None if found is not None and kind.same(path, wanted, found) else ""


def rests_on(kind: Kind[Any], address: Address) -> tuple[Address, ...]:
    """Resources without which one can't be, by its address."""
    return kind.rests_on(address) if isinstance(kind, Dependent) else kind.placement.nesting(address)
