"""Blocks: one per declared entry with what its sugar makes folded in, and entries that change alike merged to one."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mqinfra.render.view.blocked import by_cause
from mqinfra.render.view.changes import ChangeItem
from mqinfra.render.view.severity import Severity


@dataclass(frozen=True)
class Block:
    """What is read as one.

    Attributes:
        severity: how grave it is.
        members: numbers of changes of equal entries; none where only what an entry makes changes.
        parts: numbers of changes that their sugar makes.
        maker: address of the entry that makes the parts, where it does not change itself.
    """

    severity: str
    members: Sequence[int]
    parts: Sequence[int]
    maker: str = ""


def blocks_of(changes: Sequence[ChangeItem]) -> list[Block]:
    """Blocks in the order in which they are read: gravest first, then as the manifests have them."""
    number = {change.address: at for at, change in enumerate(changes)}
    entries: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, change in enumerate(changes):
        entries[change.severity, root_of(change, changes, number)].append(at)
    merged: dict[tuple[object, ...], list[tuple[int, list[int]]]] = defaultdict(list)
    found: list[Block] = []
    for (severity, maker), members in entries.items():
        head = number.get(maker, -1)
        if head not in members:
            if len(members) > 1:
                found.append(Block(severity, (), members, maker))
                continue
            head = members[0]
        parts = [at for at in members if at != head]
        merged[severity, *_likeness(changes[head], [changes[at] for at in parts])].append((head, parts))
    found += [
        Block(str(key[0]), [head for head, _ in some], [at for _, parts in some for at in parts])
        for key, some in merged.items()
    ]
    rank = {severity.value: at for at, severity in enumerate(Severity)}
    return sorted(found, key=lambda block: (rank[block.severity], *_place(changes[[*block.members, *block.parts][0]])))


def root_of(change: ChangeItem, changes: Sequence[ChangeItem], number: Mapping[str, int]) -> str:
    """Address of the entry that a change belongs to: itself, where no sugar makes it."""
    address, seen = change.address, {change.address}
    while address in number:
        makers = changes[number[address]].makers
        if not makers or makers[0] in seen:
            break
        address = makers[0]
        seen.add(address)
    return address


def _likeness(head: ChangeItem, parts: Sequence[ChangeItem]) -> tuple[object, ...]:
    """What is equal of entries that are merged: all but their names, and where they are declared."""
    return (
        likeness_of(head),
        tuple(sorted((likeness_of(part), part.label.replace(head.label, "\0")) for part in parts)),
    )


def likeness_of(change: ChangeItem) -> tuple[object, ...]:
    """What is equal of changes that are read as one: all but their names and places."""
    fields = tuple(
        (field.name, field.before or "", field.after or "", tuple(field.minus), tuple(field.plus), field.note)
        for field in change.fields
    )
    costs = tuple(cost.text for cost in change.costs)
    said = (change.note, change.outcome, tuple(change.messages), change.reason, tuple(change.blocked))
    return change.action, change.title, change.cluster, change.place, change.final, fields, costs, said


def shared_causes(changes: Sequence[ChangeItem], blocks: Sequence[Block]) -> dict[tuple[str, ...], list[str]]:
    """What blocks more than one entry, with the names of all that it blocks."""
    blocking: Counter[tuple[str, ...]] = Counter()
    names: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for block in blocks:
        if block.severity != Severity.BLOCKED.value:
            continue
        some = [changes[at] for at in (*block.members, *block.parts)]
        blocking.update({cause for change in some for cause in by_cause(change.blocked)})
        for change in some:
            for cause in by_cause(change.blocked):
                names[cause].append(change.label)
    return {cause: some for cause, some in names.items() if blocking[cause] > 1}


_FIRST = {"replace": 0, "delete": 1}


def _place(change: ChangeItem) -> tuple[int, str, str, str, int]:
    """What goes is read before what only changes; then as the manifests have it."""
    file, _, line = change.where.rpartition(":")
    return _FIRST.get(change.action, 2), change.cluster, change.place, file, int(line) if line.isdigit() else 0
