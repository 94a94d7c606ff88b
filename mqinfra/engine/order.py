"""Order: waves of changes, each of which may go together. Creates follow what they need, deletes go the other way.

A reference that is `needed` orders the two resources; kinds that no reference connects keep their provider's order,
which is the order in which a broker can take them.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from mqinfra.engine import codes
from mqinfra.model.address import Address, text_of
from mqinfra.model.change import Action, Change
from mqinfra.model.declaration import Declaration
from mqinfra.model.diagnostic import Diagnostic, Severity

T = TypeVar("T", bound=Hashable)
_USUAL_DEPTH = 8
"""Steps from a change to what needs nothing. Taking those off that are done is much faster than sorting them all."""


def needs_of(
    change: Change, declarations: Mapping[Address, Declaration], planned: Mapping[Address, Change]
) -> tuple[Address, ...]:
    """Addresses of other changes that have to be done before this one."""
    declaration = declarations.get(change.address)
    if declaration is None or not declaration.references:
        return ()
    own = change.address
    needs = [
        item.target
        for item in declaration.references
        if item.needed and item.target in planned and item.target is not own and not _all_new(item.users, planned)
    ]
    return tuple(sorted(needs, key=text_of) if len(needs) > 1 else needs)


def _all_new(users: Sequence[Address], planned: Mapping[Address, Change]) -> bool:
    """Tell whether there are users, and all of them are yet to be made."""
    return bool(users) and all(user in planned and planned[user].action is Action.CREATE for user in users)


def waves(changes: Sequence[Change]) -> list[list[Change]]:
    """Group changes into waves, sorted by address inside.

    Creates, updates and replaces come first, by need; deletes follow, by need too, so that rights and replacements are
    in place before anything goes.

    Raises:
        graphlib.CycleError: the changes need each other; `cycles` finds that while planning.
    """
    building = [change for change in changes if change.action is not Action.DELETE]
    deletes = [change for change in changes if change.action is Action.DELETE]
    return [wave for wave in (*_by_need(building), *_by_need(deletes)) if wave]


def connected(changes: Sequence[Change]) -> list[list[str]]:
    """Group the clusters of a plan: those whose changes wait for each other's together, all others by themselves."""
    groups: dict[str, list[str]] = {}
    for alias in sorted({change.address.cluster for change in changes}):
        groups[alias] = [alias]
    for change in changes:
        for need in change.needs:
            one, other = groups[change.address.cluster], groups.get(need.cluster)
            if other is not None and one is not other:
                one += other
                groups.update(dict.fromkeys(other, one))
    return list({id(group): sorted(group) for group in groups.values()}.values())


def _by_need(changes: Sequence[Change]) -> list[list[Change]]:
    if not any(change.needs for change in changes):
        return [sorted(changes, key=_address)]
    left = {change.address: change for change in changes}
    ordered: list[list[Change]] = []
    for _ in range(_USUAL_DEPTH):
        addresses = left.keys()
        ready = [address for address, change in left.items() if addresses.isdisjoint(change.needs)]
        ordered.append([left.pop(address) for address in sorted(ready, key=text_of)])
    sorter = TopologicalSorter(
        {address: [need for need in some.needs if need in left] for address, some in left.items()}
    )
    sorter.prepare()
    while sorter.is_active():
        deep = sorter.get_ready()
        ordered.append([left[address] for address in sorted(deep, key=text_of)])
        sorter.done(*deep)
    return ordered


def cycles(changes: Iterable[Change]) -> list[Diagnostic]:
    """Find changes that need each other in a circle."""
    needs = {change.address: change.needs for change in changes if change.needs}
    kinds: dict[str, set[str]] = defaultdict(set)
    for kind, needed in {(address.kind, need.kind) for address, some in needs.items() for need in some}:
        kinds[kind].add(needed)
    if not _circle(kinds):
        return []  # as nearly always: what no kind does, no resource does
    for _ in range(_USUAL_DEPTH):
        addresses = needs.keys()
        left = {address: some for address, some in needs.items() if not addresses.isdisjoint(some)}
        if len(left) == len(needs):
            break
        needs = left
    circle = _circle(needs)
    if not circle:
        return []
    text = " → ".join(str(address) for address in circle)
    return [codes.CYCLE.at(f"dependency cycle: {text}", address=str(circle[0]))]


def _circle(needs: Mapping[T, Iterable[T]]) -> list[T]:
    """A circle of what needs each other, the first again as the last; empty where there is none."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle: list[T] = error.args[1]
        return circle
    return []


def held_back(changes: Iterable[Change], errors: Mapping[str, Sequence[str]]) -> dict[Address, tuple[str, ...]]:
    """Say which codes block each change: those of its own errors, else those of what it needs, however far away."""
    some = list(changes)
    if not errors:
        return {}
    reasons = {change.address: set(errors.get(str(change.address), ())) for change in some}
    spreading = True
    while spreading:
        spreading = False
        for change in some:
            if change.needs and not reasons[change.address]:
                reasons[change.address] = {code for need in change.needs for code in reasons.get(need, ())}
                spreading = spreading or bool(reasons[change.address])
    return {address: tuple(sorted(found)) for address, found in reasons.items() if found}


def left_behind(
    selected: Iterable[Change],
    declarations: Mapping[Address, Declaration],
    changes: Mapping[Address, Change],
    skipped: frozenset[str] = frozenset(),
) -> list[Diagnostic]:
    """Find selected changes that need a resource which is to be made and is excluded, or was not looked at.

    Args:
        selected: the changes that the plan is to hold.
        declarations: everything that is declared.
        changes: what has to happen, selected or not.
        skipped: clusters on which nothing is selected, so that nobody knows what there is.
    """
    some = list(selected)
    if len(some) == len(changes) and not skipped:
        return []
    chosen = {change.address: change for change in some}
    found: list[Diagnostic] = []
    if len(chosen) != len(changes):
        found += [
            codes.NEED_NOT_SELECTED.at(
                f"`{address}` needs `{need}`, which does not exist yet and is excluded",
                span=change.span,
                address=str(address),
                help=f"leave it in, or exclude what needs it too: `--exclude {address}`",
                cause=f"excluded {need}",
            )
            for address, change in chosen.items()
            for need in needs_of(change, declarations, changes)
            if need not in chosen and changes[need].action is Action.CREATE
        ]
    if skipped:
        found += _unseen(chosen, declarations, skipped)
    return found


def _unseen(
    chosen: Mapping[Address, Change], declarations: Mapping[Address, Declaration], skipped: frozenset[str]
) -> Iterator[Diagnostic]:
    for address, change in chosen.items():
        declaration = declarations.get(address)
        if declaration is None or change.action is not Action.CREATE:
            continue
        for reference in declaration.references:
            target = reference.target
            if reference.needed and target.cluster in skipped:
                yield codes.NEED_NOT_SELECTED.at(
                    f"`{address}` needs `{target}`, and whether that exists is not known: its cluster is excluded",
                    span=change.span,
                    address=str(address),
                    help=f"make sure that it is there, or leave `{target.cluster}` in",
                    severity=Severity.WARNING,
                    cause=f"unseen {target.cluster}",
                )


def _address(change: Change) -> Address:
    return change.address
