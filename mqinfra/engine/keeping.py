"""What an apply holds and writes besides its changes: the lock of each cluster, and the journal of what it does."""

from collections.abc import Mapping
from dataclasses import field, replace

from mqinfra.engine.inventory.entries import Declared, gone, unrecorded
from mqinfra.engine.inventory.journal import Beside, Journal, changed_since
from mqinfra.engine.inventory.reading import read_inventory
from mqinfra.engine.selection import Selection
from mqinfra.engine.survey import Survey
from mqinfra.model.address import text_of
from mqinfra.model.declaration import Desired
from mqinfra.model.frozen import dataclass
from mqinfra.model.plan import Plan
from mqinfra.model.record import Inventory, Owner, Run, Use
from mqinfra.providers.base.records import Lock, Unlocked
from mqinfra.providers.base.session import Session


@dataclass(frozen=True, slots=True)
class Keeping:
    """What an apply on one cluster holds and writes besides the changes.

    Attributes:
        lock: the lock that it holds.
        journal: what it writes of itself; None where nothing is.
        expected: the plan was approved by its digest.
    """

    lock: Lock = field(default_factory=Unlocked)
    journal: Journal | None = None
    expected: bool = False


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan was made from.

    Attributes:
        plan: the plan.
        desired: what the manifests want.
        survey: what was opened and read.
        selection: what narrowed it.
    """

    plan: Plan
    desired: Desired
    survey: Survey
    selection: Selection

    @property
    def owner(self) -> Owner:
        """Whose records they are."""
        return Owner(self.desired.project, self.desired.environment)


def read_under_lock(basis: Basis, locks: Mapping[str, Lock]) -> tuple[Basis, frozenset[str]]:
    """Read the records again, now that nobody else writes them.

    Args:
        basis: what the plan was made from.
        locks: the locks that are held, by alias.

    Returns:
        The basis with what they say now, and the clusters on which no other apply came between: there the plan's own
        reading still holds, as far as mqinfra is concerned, and need not be done twice.
    """
    planned = basis.survey.inventories
    now = {
        alias: replace(
            read_inventory(basis.survey.sessions[alias], basis.owner),
            foreign=planned.get(alias, Inventory()).foreign,  # others' records are not under this lock
        )
        for alias in locks
    }
    undisturbed = frozenset(
        alias
        for alias, lock in locks.items()
        if not isinstance(lock, Unlocked) and not changed_since(planned.get(alias, Inventory()), now[alias])
    )
    return replace(basis, survey=replace(basis.survey, inventories={**planned, **now})), undisturbed


def beside_of(basis: Basis, alias: str) -> Beside:
    """What is to be recorded on a cluster without being a change."""
    reading, inventory = basis.survey.readings.get(alias), basis.survey.inventories.get(alias)
    if reading is None or inventory is None or not inventory.known:
        return Beside()
    desired = basis.desired
    broker = desired.clusters.get(alias, "")
    declared = {address: item for address, item in desired.declarations.items() if address.cluster == alias}
    everything, covers = basis.selection.everything, basis.selection.covers
    covered = [
        address
        for address in sorted(declared, key=text_of)
        if desired.scope.owns(broker, address)
        and (everything or covers(address, broker, declared[address].labels, declared[address].span.file))
    ]
    changed = {change.address for change in basis.plan.changes}
    records = unrecorded(_declared(basis, alias), reading, inventory.records, covered, changed, inventory.foreign)
    known = declared.keys() if everything else inventory.records.keys()
    forgotten = [address for address in basis.plan.to_forget if address.cluster == alias]
    used = _used(basis, inventory) if everything else {}
    return Beside(records, [*gone(reading, inventory.records, known), *forgotten], used)


def _used(basis: Basis, inventory: Inventory) -> dict[str, Use]:
    """The lines that a run began to use and did not end, and on which nothing rests any more."""
    resting = {line for change in basis.plan.changes for line in change.consents}
    return {
        line: replace(use, begun=False) for line, use in inventory.uses.items() if use.begun and line not in resting
    }


def keep(
    basis: Basis, locks: Mapping[str, Lock], who: str, undisturbed: frozenset[str], *, expected: bool = False
) -> dict[str, Keeping]:
    """Make the journal of each cluster whose lock is held.

    Args:
        basis: what the plan was made from, with the records as they are under the lock.
        locks: the locks, by alias.
        who: who applies, `user@host`.
        undisturbed: the clusters of which the plan's reading still holds.
        expected: the plan was approved by its digest.
    """
    plan = basis.plan
    found: dict[str, Keeping] = {}
    for alias, lock in locks.items():
        number = sum(change.address.cluster == alias for change in plan.changes)
        journal = Journal(
            basis.survey.sessions[alias].records(basis.owner),
            basis.survey.inventories.get(alias, Inventory()),
            _declared(basis, alias),
            Run(0, who, plan.digest, number, ""),
            scope=basis.desired.scope.on(basis.desired.clusters.get(alias, "")),
            beside=beside_of(basis, alias) if alias in undisturbed else Beside(),
            resting=[change for change in plan.changes if change.address.cluster == alias],
            lost=lock.lost,
        )
        found[alias] = Keeping(lock, journal, expected)
    return found


def _declared(basis: Basis, alias: str) -> Declared:
    session: Session = basis.survey.sessions[alias]
    return Declared(basis.desired.declarations, session.kinds, session.facts.ids)
