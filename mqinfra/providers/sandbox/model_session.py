"""A session over a saved reading: what a snapshot answers, and the half of the sandbox that does not write."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.declaration import Declaration
from mqinfra.model.errors import Bug
from mqinfra.model.reading import Coverage, Facts, Figures, Live, Reading, Source
from mqinfra.model.record import Owner
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.providers.base.anchored import Anchored, Anchoring, Wish
from mqinfra.providers.base.capabilities import having
from mqinfra.providers.base.kind import Kind, Objection, refusals
from mqinfra.providers.base.prevailing import Prevailing, with_planned
from mqinfra.providers.base.records import RecordStore
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.session import Session, Wanted
from mqinfra.providers.base.snapshot import Snapshot
from mqinfra.providers.sandbox.records import SnapshotStore


class ModelSession(Session):
    """Answers reads from a Snapshot and dry runs from the kinds' own model of their broker."""

    def __init__(self, alias: str, kinds: Mapping[str, Kind[Any]], snapshot: Snapshot) -> None:
        self.alias, self.kinds = alias, kinds
        self.type, self.facts = snapshot.reading.type, snapshot.reading.facts
        self.source: Source = snapshot.reading.source
        self._snapshot = snapshot
        self._inherited: dict[str, Mapping[Path, JsonValue]] = {}

    @property
    def snapshot(self) -> Snapshot:
        """The state that the session answers from."""
        return self._snapshot

    def read(self, wanted: Wanted) -> Reading:
        """Give what the snapshot holds. What it could not see, or never looked at, is denied and not absent."""
        held = self.snapshot.reading
        resources: dict[Address, Live] = {}
        denied: dict[Address, str] = {}
        for kind, addresses in wanted.items():
            covered = held.coverage.get(kind, Coverage.DENIED)
            some = addresses if addresses is not None else [a for a in held.resources if a.kind == kind]
            for address in some:
                if address in held.resources:
                    resources[address] = held.resources[address]
                elif address in held.denied:
                    denied[address] = held.denied[address]
                elif covered is not Coverage.COMPLETE:
                    denied[address] = "the snapshot was taken without reading it"
        coverage = {kind: held.coverage.get(kind, Coverage.DENIED) for kind in wanted}
        return Reading(
            alias=self.alias,
            type=self.type,
            facts=held.facts,
            source=self.source,
            coverage=coverage,
            resources=resources,
            denied=denied,
            taken=held.taken,
            neighbours={a: live for a, live in held.resources.items() if a not in resources},
            listed={
                kind: [address for address in held.resources if address.kind == kind]
                for kind, seen in coverage.items()
                if seen is Coverage.COMPLETE
            },
        )

    def figures(self, addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Give the saved figures; a snapshot that has none for a resource does not know them."""
        return {address: self.snapshot.figures.get(address, Figures()) for address in addresses}

    def anchor(
        self, wishes: Mapping[str, Sequence[Wish]], declared: Mapping[Address, Declaration]
    ) -> Mapping[Address, Anchoring]:
        """Let each kind work it out from what the model holds."""
        found: dict[Address, Anchoring] = {}
        for name, kind in having(self.kinds, Anchored).items():
            if wishes.get(name):
                found.update(kind.anchor_in(self.snapshot.reading, wishes[name], declared))
        return found

    def dry_run(self, changes: Sequence[Change]) -> list[Objection]:
        """Ask each kind's model of its broker."""
        facts = with_planned(self.kinds, self.prevailing(), changes)
        return refusals((change.address, self.simulate(change, facts)) for change in changes)

    def prevailing(self) -> Facts:
        """What the cluster would say of itself with the resources that it has now."""
        facts = self.facts
        for name, kind in having(self.kinds, Prevailing).items():
            held = self.snapshot.reading.resources.items()
            facts = kind.prevailing(facts, {address: live.spec for address, live in held if address.kind == name})
        return facts

    def holds_secret(self, address: Address, live: Live, path: Path, wanted: JsonValue) -> bool | None:  # noqa: ARG002
        """A model keeps references, so the same reference counts as the same secret."""
        return live.spec.fields().get(path) == wanted

    def records(self, owner: Owner) -> RecordStore | None:
        """Give the records that were saved with the snapshot."""
        return SnapshotStore(owner, self.alias, self.snapshot.records)

    def simulate(self, change: Change, facts: Facts) -> Live | Problem | None:
        """Say what a change would leave: the resource, nothing, or the broker's refusal.

        Args:
            change: the change.
            facts: what the cluster says of itself by then.
        """
        kind = self.kinds[change.address.kind]
        live = self.snapshot.reading.resources.get(change.address)
        answer = kind.simulate(change, live.spec if live is not None else None, facts)
        if answer is None or isinstance(answer, Problem):
            return answer
        identity = live.identity if live is not None else ""
        return Live(answer, identity, self._defaults(kind))

    def _defaults(self, kind: Kind[Any]) -> Mapping[Path, JsonValue]:
        """What resources of a kind inherit, one mapping for all of them."""
        if kind.name not in self._inherited:
            self._inherited[kind.name] = kind.inherited(self.facts)
        return self._inherited[kind.name]

    def send(self, request: Request) -> Mapping[Address, Result]:
        """A snapshot takes no writes; `apply` refuses such plans long before.

        Raises:
            Bug: always.
        """
        raise Bug(f"{request.api} was sent to a snapshot")

    def close(self) -> None:
        """Nothing is held open."""
