"""Sessions with real brokers: every call goes to the kind, and comes back without secrets."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.connection import ClientConnection
from mqinfra.model.declaration import Declaration
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.loss import Counted, Loss
from mqinfra.model.reading import Coverage, Facts, Figures, Live, Reading, Source
from mqinfra.model.scrub import Secrets
from mqinfra.model.secret import SecretRef, SecretResolver, missing, written_references
from mqinfra.model.span import Path
from mqinfra.providers.base.anchored import Anchored, Anchoring, Wish
from mqinfra.providers.base.capabilities import (
    Connected,
    DryRun,
    LookedAt,
    Losing,
    Permitted,
    SecretHolder,
    TakesEffect,
    Weighed,
    having,
)
from mqinfra.providers.base.connecting.understanding import STUMBLES, stumble, understanding
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.gradual import Gradual
from mqinfra.providers.base.kind import C, Kind, KindReading, Objection
from mqinfra.providers.base.prevailing import with_planned
from mqinfra.providers.base.request import Accepted, Lost, Refused, Request, Result, UnderWay
from mqinfra.providers.base.session import EMPTY, Session, Wanted

if TYPE_CHECKING:
    from mqinfra.providers.base.monitoring.sample import Observed, Sampler
    from mqinfra.providers.base.monitoring.watched import Watched

R = TypeVar("R", Result, UnderWay | Refused | Lost)
K = TypeVar("K")


class BrokerSession(Session, Generic[C]):
    """A session with a real broker: every call goes to the kind, with the broker's client.

    What the broker says comes out of here without the secrets of the run: errors, reasons, results and objections.
    """

    source = Source.LIVE

    def __init__(
        self,
        alias: str,
        broker: str,
        kinds: Mapping[str, Kind[C]],
        client: C,
        facts: Facts,
        secrets: SecretResolver,
        close: Callable[[], None],
    ) -> None:
        self.alias, self.type, self.kinds, self.facts = alias, broker, kinds, facts
        self._client, self._secrets, self._close = client, Secrets.around(secrets), close
        self._context = ClusterContext(alias, facts, self._secrets)
        self._sampler: Sampler | None = None

    def read(self, wanted: Wanted) -> Reading:
        """Read each kind in bulk."""
        with self._asking():
            return self._reading(
                self.by_kind(wanted, lambda name: self.kinds[name].read(self._client, wanted[name], self._context))
            )

    def look(self, wanted: Mapping[str, Sequence[Address]]) -> Reading:
        """Let each kind look."""
        with self._asking():
            return self._reading(self.by_kind(wanted, lambda name: self._look(name, wanted[name])))

    def _look(self, name: str, wanted: Sequence[Address]) -> KindReading:
        kind = self.kinds[name]
        if isinstance(kind, LookedAt):
            return kind.look(self._client, wanted, self._context)
        return kind.read(self._client, wanted, self._context)

    def by_kind(self, names: Iterable[str], read: Callable[[str], KindReading]) -> dict[str, KindReading]:
        """Read one kind after the other; a broker whose client allows more overrides it."""
        return {name: read(name) for name in names}

    def _reading(self, kinds: Mapping[str, KindReading]) -> Reading:
        resources: dict[Address, Live] = {}
        denied: dict[Address, str] = {}
        coverage: dict[str, Coverage] = {}
        neighbours: dict[Address, Live] = {}
        unseen: dict[tuple[str, ...], str] = {}
        listed: dict[str, Collection[Address]] = {}
        for name, found in kinds.items():
            if found.listed is not None:
                listed[name] = found.listed
            resources.update(found.resources)
            denied.update(found.denied)
            coverage[name] = found.coverage
            neighbours.update(found.neighbours)
            unseen.update({(name, *within): why for within, why in found.unseen.items()})
        return Reading(
            alias=self.alias,
            type=self.type,
            facts=self.facts,
            source=self.source,
            coverage=coverage,
            resources=resources,
            denied={address: self._secrets.scrub(reason) for address, reason in denied.items()},
            neighbours={address: live for address, live in neighbours.items() if address not in resources},
            unseen={within: self._secrets.scrub(why) for within, why in unseen.items()},
            listed=listed,
        )

    def figures(self, addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Ask each kind for its figures."""
        found: dict[Address, Figures] = {}
        with self._asking():
            for name, kind in having(self.kinds, Weighed).items():
                mine = [address for address in addresses if address.kind == name]
                if mine:
                    found.update(kind.figures(self._client, mine))
        return {address: found.get(address, EMPTY) for address in addresses}

    def count(self, losses: Sequence[Loss]) -> Mapping[Loss, Counted]:
        """Ask the kinds of the resources that would lose something."""
        by_kind: dict[str, list[Loss]] = {}
        for loss in losses:
            by_kind.setdefault(loss.address.kind, []).append(loss)
        found: dict[Loss, Counted] = {}
        with self._asking():
            for name, some in by_kind.items():
                kind = self.kinds[name]
                if isinstance(kind, Losing):
                    found.update(kind.count(self._client, some, self._context))
                else:
                    found.update(super().count(some))
        return found

    def anchor(
        self, wishes: Mapping[str, Sequence[Wish]], declared: Mapping[Address, Declaration]
    ) -> Mapping[Address, Anchoring]:
        """Ask each kind."""
        found: dict[Address, Anchoring] = {}
        with self._asking():
            for name, kind in having(self.kinds, Anchored).items():
                if wishes.get(name):
                    found.update(kind.anchor(self._client, wishes[name], declared, self._context))
        return {address: self._scrubbed_anchoring(one) for address, one in found.items()}

    def dry_run(self, changes: Sequence[Change]) -> list[Objection]:
        """Ask each kind."""
        context = replace(self._context, facts=with_planned(self.kinds, self.facts, changes))
        with self._asking():
            return [
                self._scrubbed(objection)
                for kind, mine in _with_theirs(having(self.kinds, DryRun), changes)
                for objection in kind.dry_run(self._client, mine, context)
            ]

    def lacking(self, changes: Sequence[Change]) -> list[Objection]:
        """Ask each kind that can tell."""
        found: list[Objection] = []
        with self._asking():
            for kind, mine in _with_theirs(having(self.kinds, Permitted), changes):
                found += map(self._scrubbed, kind.lacking(self._client, mine, self._context))
        return found

    def connections(self, changes: Sequence[Change]) -> Mapping[Address, tuple[ClientConnection, ...] | None]:
        """Ask each kind that lets clients in."""
        found: dict[Address, tuple[ClientConnection, ...] | None] = {}
        with self._asking():
            for kind, mine in _with_theirs(having(self.kinds, Connected), changes):
                found.update(kind.connections(self._client, mine, self._context))
        return found

    def disconnect(self, connections: Mapping[Address, Sequence[ClientConnection]]) -> Mapping[ClientConnection, str]:
        """Let each kind close its own, each once."""
        left: dict[ClientConnection, str] = {}
        with self._asking():
            for name, kind in having(self.kinds, Connected).items():
                mine = dict.fromkeys(
                    one for address, some in connections.items() if address.kind == name for one in some
                )
                if mine:
                    left.update(kind.close(self._client, list(mine), self._context))
        return {one: self._secrets.scrub(why) for one, why in left.items()}

    def not_in_force(self, changes: Sequence[Change]) -> Mapping[Address, str]:
        """Ask each kind whose resources are in force on others."""
        found: dict[Address, str] = {}
        with self._asking():
            for kind, mine in _with_theirs(having(self.kinds, TakesEffect), changes):
                found.update(kind.not_in_force(self._client, mine, self._context))
        return found

    def go_on(self, changes: Sequence[Change]) -> Mapping[Address, UnderWay | Refused | Lost]:
        """Ask each kind whose changes take long."""
        found: dict[Address, UnderWay | Refused | Lost] = {}
        with self._asking():
            for name, kind in having(self.kinds, Gradual).items():
                mine = [change for change in changes if change.address.kind == name]
                if mine:
                    found.update(kind.go_on(self._client, mine, self._context))
        return {address: self._told(standing) for address, standing in found.items()}

    def holds_secret(self, address: Address, live: Live, path: Path, wanted: JsonValue) -> bool | None:
        """Ask the kind."""
        kind = self.kinds[address.kind]
        return kind.holds_secret(live, path, wanted, self._secrets) if isinstance(kind, SecretHolder) else None

    def missing_secrets(self, changes: Sequence[Change]) -> list[Diagnostic]:
        """Look up every reference that stands in a request, each once, and name the first change that needs it."""
        secret = {name: kind.spec.secret_fields() for name, kind in self.kinds.items() if kind.spec.secret_fields()}
        some = [change for change in changes if change.address.kind in secret]
        spans = {change.address: change.span for change in some}
        wanted: dict[SecretRef, Address] = {}
        for request in self.requests(some):
            for address, body in request.body.items():
                for name in secret[request.kind]:
                    for reference in written_references(body.get(name)):
                        wanted.setdefault(reference, address)
        return [
            found.model_copy(update={"address": str(wanted[reference]), "span": spans[wanted[reference]]})
            for reference, some_found in missing(wanted, self._secrets).items()
            for found in some_found
        ]

    def send(self, request: Request) -> Mapping[Address, Result]:
        """Let the kind send it."""
        with self._secrets.guarding():
            try:
                results = self.kinds[request.kind].run(self._client, request, self._context)
            except STUMBLES as error:
                lost = Lost(f"unexpected response ({stumble(error)})")
                return dict.fromkeys(request.body, lost)
        return {address: self._told(result) for address, result in results.items()}

    def sampler(self) -> "Sampler | None":
        """What looks at traffic; None for a broker that has none."""
        return None

    def sample(self, watched: "Sequence[Watched]") -> "list[Observed] | None":
        """Let the broker's own sampler look, which remembers between two looks what changes seldom."""
        sampler = self._own_sampler()
        if sampler is None:
            return None
        with self._asking():
            found = sampler.sample(watched)
        return [self._scrubbed_sample(one) if one.sample.unknown else one for one in found]

    def unroutable(self) -> int | None:
        """Let the broker's own sampler count."""
        sampler = self._own_sampler()
        if sampler is None:
            return None
        with self._asking():
            return sampler.unroutable()

    def _own_sampler(self) -> "Sampler | None":
        if self._sampler is None:
            self._sampler = self.sampler()
        return self._sampler

    def _scrubbed_sample(self, one: "Observed") -> "Observed":
        return replace(one, sample=replace(one.sample, unknown=self._secrets.scrub(one.sample.unknown)))

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """What every question is asked within: errors have no secrets, and no answer ends in a traceback."""
        with self._secrets.guarding(), understanding(f"{self.alias} ({self.facts.endpoint})"):
            yield

    def _scrubbed(self, objection: Objection) -> Objection:
        problem, scrub = objection.problem, self._secrets.scrub
        return replace(objection, problem=replace(problem, message=scrub(problem.message), help=scrub(problem.help)))

    def _scrubbed_anchoring(self, one: Anchoring) -> Anchoring:
        scrub = self._secrets.scrub
        findings = tuple(
            replace(found, message=scrub(found.message), help=tuple(map(scrub, found.help))) for found in one.findings
        )
        return replace(one, findings=findings)

    def _told(self, result: R) -> R:
        scrub = self._secrets.scrub
        match result:
            case UnderWay():
                return replace(result, message=scrub(result.message), hindrance=scrub(result.hindrance))
            case Accepted():
                return replace(result, note=scrub(result.note)) if result.note else result
            case Lost():
                return replace(result, message=scrub(result.message))
            case _:
                return replace(result, message=scrub(result.message), help=tuple(map(scrub, result.help)))

    def close(self) -> None:
        """Close the client, and the keeper's."""
        self._close()
        if self.keeper is not None:
            self.keeper.close()


def _with_theirs(kinds: Mapping[str, K], changes: Iterable[Change]) -> list[tuple[K, list[Change]]]:
    """Kinds that have changes among these, each with its own."""
    theirs: dict[str, list[Change]] = {name: [] for name in kinds}
    for change in changes:
        mine = theirs.get(change.address.kind)
        if mine is not None:
            mine.append(change)
    return [(kind, theirs[name]) for name, kind in kinds.items() if theirs[name]]
