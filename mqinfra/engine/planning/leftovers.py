"""What is there, in scope and not declared, and stays: counted in every plan, with the line that deletes it.

It says what was seen in passing, and costs no reading of its own; where a kind was not seen whole, that is said.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Any

from mqinfra.engine import codes
from mqinfra.engine.planning.claims import foreign_owners, record_of
from mqinfra.engine.planning.state import Planning
from mqinfra.engine.survey import undeclared
from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.leftover import Leftover, Unchecked
from mqinfra.model.names import Names
from mqinfra.model.reading import Coverage, Reading, Source
from mqinfra.model.record import Record
from mqinfra.providers.base.capabilities import Guarding, rests_on
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.verification.canary import is_of_run

_NOTHING_DECLARED = "nothing is declared there, and whether anything of this project is left over is not known"


@dataclass(frozen=True, slots=True)
class Left:
    """What a plan leaves in place.

    Attributes:
        over: each resource, sorted by address.
        unchecked: where it could not be told.
        seen: per cluster, whether anything was looked at.
    """

    over: tuple[Leftover, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    seen: frozenset[str] = frozenset()
    _counts: Counter[str] = field(default_factory=Counter)

    def count(self, alias: str) -> int | None:
        """How many there are on a cluster; None where nothing was looked at."""
        return self._counts[alias] if alias in self.seen else None


def leftovers(state: Planning) -> Left:
    """Find what is there, in scope and not declared, and not about to go."""
    over: list[Leftover] = []
    unchecked: list[Unchecked] = []
    seen: set[str] = set()
    for alias, reading in state.survey.readings.items():
        found = {address for address in _left(state, reading) if state.selected(address)}
        over += [_leftover(state, address, reading) for address in found]
        unchecked += _unchecked(state, reading)
        if reading.listed or _records(state, alias):
            seen.add(alias)
    unchecked += [
        Unchecked(cluster=alias, reason=f"{_NOTHING_DECLARED}: {why}")
        for alias, why in sorted(state.survey.unseen.items())
    ]
    over.sort(key=lambda item: item.address)
    return Left(tuple(over), tuple(unchecked), frozenset(seen), Counter(item.address.cluster for item in over))


def say_unseen(state: Planning) -> None:
    """Warn of clusters on which nothing is declared, and that could not be asked whether anything is left over."""
    state.diagnostics += [
        codes.UNSEEN_CLUSTER.at(
            f"{_NOTHING_DECLARED}: {why}",
            address=alias,
            help=f"`--exclude cluster:{alias}` plans without it; remove it from the environment when it is gone",
        )
        for alias, why in sorted(state.survey.unseen.items())
    ]


def unrecorded(state: Planning, alias: str) -> bool:
    """Whether the project's records on a cluster are not known although there may be some."""
    inventory, reading = state.survey.inventories.get(alias), state.survey.readings.get(alias)
    if inventory is None or reading is None:
        return False
    return bool(inventory.unavailable) or (reading.source is Source.SNAPSHOT and not inventory.known)


def _records(state: Planning, alias: str) -> Mapping[Address, Record]:
    inventory = state.survey.inventories.get(alias)
    return inventory.records if inventory is not None and inventory.known else {}


def _left(state: Planning, reading: Reading) -> Iterator[Address]:
    """What was seen, is in scope and no broker's own, and of which neither the manifests nor the plan say anything."""
    desired, scope = state.desired, state.desired.scope
    kinds = state.survey.sessions[reading.alias].kinds
    records = _records(state, reading.alias)
    some = list(undeclared(reading, desired))
    some += [address for address in records if address not in desired.declarations and address in reading.resources]
    for address in some:
        if address in desired.tombstones or address in state.changes:
            continue
        if is_of_run(address):  # of a run that goes on, or for `verify --gc`
            continue
        record = records.get(address)
        if record is None and foreign_owners(state, address):
            continue  # another project's, which owns a part of what this one owns
        if desired.leaves_out(address, record.labels if record else {}, record.file if record else ""):
            continue
        kind = kinds.get(address.kind)
        if kind is not None and scope.owns(reading.type, address) and kind.internal(address) is None:
            yield address


def _leftover(state: Planning, address: Address, reading: Reading) -> Leftover:
    kind = state.survey.sessions[reading.alias].kinds[address.kind]
    record = record_of(state, address)
    return Leftover.model_construct(
        address=address,
        origin=record.origin if record is not None else None,
        beside=_beside(state, address, kind, reading),
        why=state.staying.get(address, ""),
        part_of=state.parts.get(address),
        drains=address in state.draining,
        line=_line(state.desired.names, address),
    )


def _line(names: Names, address: Address) -> str:
    """The line that deletes it; one from before the environment had names says that it means the real name."""
    return f"{names.key(address)}: {{{'asWritten: true' if names.as_written(address) else ''}}}"


def _beside(state: Planning, address: Address, kind: Kind[Any], reading: Reading) -> Address | None:
    """A declared resource that a route, a right or a policy hangs on, so that it is shown whatever else is."""
    declared = state.desired.declarations
    if isinstance(kind, Guarding):
        live = reading.resources.get(address) or reading.neighbours.get(address)
        return next(iter(kind.reached(live.spec, declared, address)), None) if live is not None else None
    if kind.holding.needs_line:
        return None
    nesting = kind.placement.nesting(address)
    return next((base for base in rests_on(kind, address) if base in declared and base not in nesting), None)


def _unchecked(state: Planning, reading: Reading) -> Iterator[Unchecked]:
    alias, desired = reading.alias, state.desired
    if reading.taken is not None:
        yield Unchecked(cluster=alias, reason=_age(reading.taken))
    inventory = state.survey.inventories.get(alias)
    if inventory is not None and inventory.unavailable:
        reason = f"the records can't be read, so that nothing goes by itself: {inventory.unavailable}"
        yield Unchecked(cluster=alias, reason=reason)
    elif unrecorded(state, alias):
        yield Unchecked(cluster=alias, reason="the snapshot has no records, so that nothing goes by itself")
    elif (why := state.survey.sessions[alias].unkept) and not (inventory is not None and inventory.place):
        yield Unchecked(cluster=alias, reason=why)
    if alias in state.unkept:
        reason = f"what was there before is changed like what this project made: {state.unkept[alias]}"
        yield Unchecked(cluster=alias, reason=reason)
    for name in state.survey.sessions[alias].kinds:
        if name in reading.listed or not desired.scope.has(reading.type, name):
            continue
        denied = reading.coverage.get(name) is Coverage.DENIED
        asked = name in reading.coverage
        reason = "it may not be listed" if denied else "only what is declared was read" if asked else "it was not read"
        yield Unchecked(cluster=alias, kind=name, reason=reason)


def _age(taken: datetime) -> str:
    """How old a snapshot is: whoever reads the plan decides whether that is recent enough."""
    minutes = max(0, int((datetime.now(UTC) - taken).total_seconds() // 60))
    parts = ((minutes // 1440, "day"), (minutes // 60, "hour"), (minutes, "minute"))
    number, unit = next((part for part in parts if part[0] > 1), (minutes, "minute"))
    age = f"{number} {unit}{'' if number == 1 else 's'}"
    return f"the plan is against a snapshot of {taken:%Y-%m-%d %H:%M} UTC, {age} old, and not against the cluster"
