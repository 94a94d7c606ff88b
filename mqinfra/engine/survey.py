"""The survey: open a session per cluster, side by side, and read what is declared or removed there.

A cluster that can't be reached does not stop the others: its diagnostics are kept, and the plan is incomplete.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import field
from types import MappingProxyType

from mqinfra.engine.inventory.reading import read_inventory, with_foreign
from mqinfra.engine.selection import Selection
from mqinfra.model.address import Address, text_of
from mqinfra.model.declaration import Declaration, Desired, Tombstone
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Listing, Reading
from mqinfra.model.record import Inventory, Owner
from mqinfra.providers.base.session import Session

Opener = Callable[[str], Session]
"""Opens the session of a cluster by its alias. Raises UserError."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What could be opened and read.

    Attributes:
        sessions: open sessions by alias.
        readings: what was read, by alias.
        diagnostics: why the others could not be.
        skipped: clusters on which nothing is selected, nor needed by what is.
        inventories: what the project's records say, by alias.
        unseen: clusters on which nothing is declared, and of which it could not be told whether anything is left over,
            with why.
    """

    sessions: Mapping[str, Session]
    readings: Mapping[str, Reading] = field(default_factory=lambda: MappingProxyType({}))
    diagnostics: tuple[Diagnostic, ...] = ()
    skipped: frozenset[str] = frozenset()
    inventories: Mapping[str, Inventory] = field(default_factory=lambda: MappingProxyType({}))
    unseen: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def wanted_by(desired: Desired) -> dict[str, dict[str, list[Address]]]:
    """The addresses that a plan has to look at, what others refer to included: alias → kind → addresses, sorted."""
    wanted: dict[str, dict[str, list[Address]]] = defaultdict(lambda: defaultdict(list))
    declared = desired.declarations
    others = {
        reference.target
        for item in declared.values()
        for reference in item.references
        if reference.target not in declared
    }
    others.update(address for address in desired.tombstones if address not in declared)
    for address in sorted([*declared, *others], key=text_of):
        wanted[address.cluster][address.kind].append(address)
    return wanted


def recorded(inventory: Inventory, session: Session, desired: Desired) -> Iterator[Address]:
    """What records say that we made and nobody declares, as far as it could be: a forged name is asked for nowhere."""
    for address in inventory.records:
        if address in desired.declarations:
            continue
        kind = session.kinds.get(address.kind)
        if kind is not None and desired.scope.owns(session.type, address) and kind.name_problem(address) is None:
            yield address


def contested(inventory: Inventory, reading: Reading, desired: Desired) -> list[Address]:
    """What is there and could be somebody else's: declared without a record of ours, or about to go."""
    return [
        address
        for address in reading.resources
        if (address in desired.declarations) != (address in inventory.records) or address in desired.tombstones
    ]


def unaccounted(inventory: Inventory, reading: Reading, desired: Desired) -> list[Address]:
    """What is there, and neither declared nor recorded: left over, unless it is somebody else's."""
    return [address for address in undeclared(reading, desired) if address not in inventory.records]


def undeclared(reading: Reading, desired: Desired) -> Iterator[Address]:
    """What a reading came past that the project may own, and that nobody declares."""

    def owns(address: Address) -> bool:
        return desired.scope.owns(reading.type, address)

    for listed in reading.listed.values():
        if isinstance(listed, Listing):
            yield from (address for address in listed.owned(owns) if address not in desired.declarations)
        else:  # nearly all of it is declared where a project is large, which is told sooner than who owns it
            yield from (address for address in listed if address not in desired.declarations and owns(address))


def survey(desired: Desired, opener: Opener, stack: ExitStack, selection: Selection | None = None) -> Survey:
    """Open and read every cluster on which something is selected; sessions close with the stack.

    A cluster is read whole or not at all, because rules look at more than what is selected. One on which nothing is
    declared is asked for our records, and read only if there are any; that it can't be reached is no error.
    """
    wanted = wanted_by(desired)
    chosen = _chosen(desired, selection or Selection())

    owner = Owner(desired.project, desired.environment)

    def visit(alias: str) -> _Visit | str:
        session = opener(alias)
        stack.callback(session.close)
        inventory = read_inventory(session, owner, desired.declarations)
        if alias in idle and not any(recorded(inventory, session, desired)):
            return inventory.unavailable
        reading = session.read(_asked(session, wanted.get(alias, {}), [*recorded(inventory, session, desired)]))
        known = with_foreign(
            session,
            owner,
            inventory,
            contested(inventory, reading, desired),
            unaccounted(inventory, reading, desired),
            desired.scope.on(session.type),
        )
        return _Visit(session, reading, known)

    sessions: dict[str, Session] = {}
    readings: dict[str, Reading] = {}
    inventories: dict[str, Inventory] = {}
    diagnostics: list[Diagnostic] = []
    unseen: dict[str, str] = {}
    idle = _idle(desired, wanted, selection or Selection())
    aliases = [alias for alias in sorted(chosen | idle) if alias in desired.clusters]
    pool = ThreadPoolExecutor(max_workers=max(1, len(aliases)), thread_name_prefix="survey")
    try:
        futures = {alias: pool.submit(visit, alias) for alias in aliases}
        for alias, future in futures.items():
            try:
                found = future.result()
            except UserError as error:
                if alias in idle:
                    unseen[alias] = error.diagnostics[0].message
                else:
                    diagnostics += error.diagnostics
                continue
            if isinstance(found, _Visit):
                sessions[alias], readings[alias], inventories[alias] = found.session, found.reading, found.inventory
            elif found:
                unseen[alias] = found
    finally:
        # Whoever presses Ctrl-C does not wait for the answer of a cluster that hangs.
        pool.shutdown(wait=False, cancel_futures=True)
    return Survey(sessions, readings, tuple(diagnostics), frozenset(wanted) - chosen, inventories, unseen)


def _asked(
    session: Session, wanted: Mapping[str, list[Address]], recorded: list[Address]
) -> dict[str, Sequence[Address]]:
    """What to read: the wanted of kinds that the session knows, and of what is recorded the rest; sorted."""
    asked: dict[str, Sequence[Address]] = {kind: some for kind, some in wanted.items() if kind in session.kinds}
    for kind in {address.kind for address in recorded}:
        some = {*asked.get(kind, ()), *(address for address in recorded if address.kind == kind)}
        asked[kind] = sorted(some, key=text_of)
    return asked


@dataclass(frozen=True, slots=True)
class _Visit:
    """What was found on one cluster."""

    session: Session
    reading: Reading
    inventory: Inventory


def _idle(desired: Desired, wanted: Mapping[str, object], selection: Selection) -> set[str]:
    """Clusters on which nothing is declared or removed, where the project may own something, and that are selected."""
    return {
        alias
        for alias, broker in desired.clusters.items()
        if alias not in wanted and desired.scope.has_any(broker) and selection.may_cover(alias)
    }


def _chosen(desired: Desired, selection: Selection) -> set[str]:
    """Clusters on which something is selected, or something that this needs, which a plan may have to create too."""
    if selection.everything:
        return {address.cluster for address in (*desired.declarations, *desired.tombstones)}
    known: list[tuple[Address, Declaration | Tombstone]] = [
        *desired.declarations.items(),
        *desired.tombstones.items(),
    ]
    chosen = {
        address
        for address, item in known
        if selection.covers(address, desired.clusters.get(address.cluster, ""), item.labels, item.span.file)
    }
    return {address.cluster for address in (*chosen, *_needed(desired, chosen, selection))}


def _needed(desired: Desired, chosen: set[Address], selection: Selection) -> set[Address]:
    """What is declared, needed by what is chosen, however far away, and not excluded."""
    found: set[Address] = set()
    following = [*chosen]
    while following:
        declaration = desired.declarations.get(following.pop())
        for reference in declaration.references if declaration is not None else ():
            target, known = reference.target, desired.declarations.get(reference.target)
            if not reference.needed or known is None or target in found or target in chosen:
                continue
            if not selection.excludes(target, desired.clusters.get(target.cluster, ""), known.labels, known.span.file):
                found.add(target)
                following.append(target)
    return found
