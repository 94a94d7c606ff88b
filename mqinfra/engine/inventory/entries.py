"""What the records of single resources say: of what is declared, of a change before it is sent, and once it was seen.

A record may only ever claim what the project made or took. Where that is in doubt, it claims less.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import JsonValue

from mqinfra.engine.inventory.belief import Seen, doubt, is_elsewhere
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.declaration import Declaration
from mqinfra.model.frozen import copied, dataclass
from mqinfra.model.reading import Reading
from mqinfra.model.record import Claimant, Origin, Record, Standing
from mqinfra.model.secret import revisions
from mqinfra.model.spec import Mutability, flat, nested
from mqinfra.providers.base.kind import Kind


@dataclass(frozen=True, slots=True)
class Declared:
    """What records of one cluster are made of, besides what was seen.

    Attributes:
        declarations: what the manifests declare.
        kinds: the cluster's kinds.
        cluster: ids by which it may be known.
    """

    declarations: Mapping[Address, Declaration]
    kinds: Mapping[str, Kind[Any]]
    cluster: tuple[str, ...]

    def record(self, address: Address, origin: Origin, identity: str, before: Record | None = None) -> Record:
        """The record of a declared resource that was seen as it is declared.

        Args:
            address: the resource.
            origin: how it came into the project.
            identity: the broker's own id of it.
            before: what was recorded of it, of which stays what the manifest does not say.

        Raises:
            KeyError: it is not declared.
        """
        declaration = self.declarations[address]
        origins = declaration.origins
        plain = any(item.maker is None for item in origins)
        makers = set() if plain else {item.maker.key for item in origins if item.maker is not None}
        return Record(
            origin=origin,
            standing=Standing.APPLIED,
            identity=identity,
            cluster=self.cluster,
            makers=tuple(sorted(makers)),
            sugar="" if plain else next((item.by for item in origins if item.by), ""),
            topology=origins[0].topology,
            file=origins[0].span.file,
            labels=dict(declaration.labels),
            spec=self._without_secrets(address.kind, declaration.document),
            revisions=revisions(declaration.spec) if self.kinds[address.kind].spec.secret_fields() else {},
            protect=declaration.lifecycle.protect,
            started=before.started if before is not None and not is_elsewhere(before, self.cluster) else (),
        )

    def pending(self, change: Change, before: Record | None) -> Record | None:
        """The record of a change that is about to be sent; None where there is none to write.

        It keeps the fields that an earlier apply set: until the broker took the change, they are still set.
        """
        if change.action is Action.DELETE or change.address not in self.declarations:
            return None
        known = before if before is not None and self.believes(change.address, before, Seen.before(change)) else None
        identity = change.identity if change.action is not Action.CREATE else ""
        record = self.record(change.address, origin_of(change.action, known), identity, before)
        kept = known.spec if known is not None and change.action is Action.UPDATE else {}
        spec = nested({**flat(kept), **flat(record.spec)}) if kept else record.spec
        return copied(record, standing=Standing.PENDING, spec=spec, started=_started(record.started, change))

    def believes(self, address: Address, record: Record, seen: Seen) -> bool:
        """Whether a record is of a live resource, as far as can be told."""
        return doubt(record, seen, self.kinds[address.kind], self.cluster) is None

    def _without_secrets(self, kind: str, spec: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        secret = self.kinds[kind].spec.secret_fields()
        return {name: value for name, value in spec.items() if name not in secret}


def _started(before: Collection[str], change: Change) -> tuple[str, ...]:
    """What was set where nothing was, once a change is done too; what it takes back may be set again."""
    observed = {".".join(item.path): item for item in change.differences if item.mutability is Mutability.OBSERVED}
    if not observed:
        return tuple(before)
    taken = {name for name, item in observed.items() if item.after is None}
    given = {name for name, item in observed.items() if item.before is None}
    return tuple(sorted((set(before) | given) - taken))


def origin_of(action: Action, before: Record | None) -> Origin:
    """How a resource comes into the project by a change.

    Args:
        action: what the change does.
        before: what was recorded of the resource.
    """
    if action in (Action.CREATE, Action.REPLACE):
        return Origin.CREATED
    return before.origin if before is not None and before.ours else Origin.ADOPTED


def unrecorded(
    declared: Declared,
    reading: Reading,
    records: Mapping[Address, Record],
    covered: Collection[Address],
    changed: Collection[Address],
    foreign: Mapping[Address, tuple[Claimant, ...]] = MappingProxyType({}),
) -> dict[Address, Record]:
    """The records of what is as it is declared, where they are missing or say something else.

    Args:
        declared: what records are made of.
        reading: what was read of the cluster.
        records: the project's records there.
        covered: the declared resources that the plan is about.
        changed: those that it changes, or would if nothing held them back.
        foreign: who else claims them.

    Returns:
        by address. What nobody claimed is found, unless its entry adopts it; what several may claim goes with the last
        of them, and so is as much ours as theirs; what others claim alone is left to them.
    """
    found: dict[Address, Record] = {}
    for address in covered:
        live = reading.resources.get(address)
        if live is None or address in changed or address.kind not in declared.kinds:
            continue
        before = records.get(address)
        ours = before is not None and declared.believes(address, before, Seen.of(live))
        others = foreign.get(address, ()) if before is None else ()
        shareable = declared.kinds[address.kind].shareable
        if others and not shareable:
            continue
        origin = before.origin if before is not None and ours else Origin.FOUND
        taken = declared.declarations[address].lifecycle.adopt or any(one.made for one in others)
        if origin is Origin.FOUND and taken:
            origin = Origin.ADOPTED
        record = declared.record(address, origin, live.identity, before)
        if record != before:
            found[address] = record
    return found


def gone(reading: Reading, records: Mapping[Address, Record], declared: Collection[Address]) -> list[Address]:
    """The recorded resources that nobody declares and that are no longer there: their records say nothing any more."""
    return sorted(
        address
        for address in records
        if address not in declared
        and address.kind in reading.coverage
        and address not in reading.resources
        and address not in reading.denied
    )
