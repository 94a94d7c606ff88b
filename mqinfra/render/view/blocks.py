"""Blocks: one per declared entry with what its sugar makes folded in, and entries that change alike merged to one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from mqinfra.model.frozen import dataclass
from mqinfra.render.view.blocked import by_cause
from mqinfra.render.view.changes import ChangeItem
from mqinfra.render.view.severity import RANK, Severity


@dataclass(frozen=True, slots=True)
class Block:
    """What is read as one.

    Attributes:
        severity: how grave it is.
        members: numbers of changes of equal entries; none where only what an entry makes changes.
        parts: numbers of changes that their sugar makes.
        maker: address of the entry that makes the parts, where it does not change itself.
        holders: addresses of what the parts belong to, such as users, where these do not change themselves.
    """

    severity: str
    members: Sequence[int]
    parts: Sequence[int]
    maker: str = ""
    holders: Sequence[str] = ()


def blocks_of(changes: Sequence[ChangeItem]) -> list[Block]:
    """Blocks in the order in which they are read: gravest first, then as the manifests have them."""
    number = {change.address: at for at, change in enumerate(changes)}
    # With `setdefault`, since the long keys are hashed twice by a dictionary that makes its lists itself.
    entries: dict[tuple[str, str], list[int]] = {}
    for at, change in enumerate(changes):
        entries.setdefault((change.severity, root_of(change, changes, number)), []).append(at)
    merged: dict[tuple[object, ...], list[tuple[int, list[int]]]] = {}
    held: dict[tuple[object, ...], list[tuple[str, list[int]]]] = {}
    found: list[Block] = []
    for (severity, maker), members in entries.items():
        head = number.get(maker, -1)
        if head not in members:
            if all(changes[at].belongs_to == maker for at in members):
                key = severity, *_likeness(None, [changes[at] for at in members])
                held.setdefault(key, []).append((maker, members))
                continue
            if len(members) > 1:
                found.append(Block(severity, (), members, maker))
                continue
            head = members[0]
        parts = [at for at in members if at != head] if len(members) > 1 else []
        key = severity, *_likeness(changes[head], [changes[at] for at in parts])
        merged.setdefault(key, []).append((head, parts))
    found += [
        Block(str(key[0]), [head for head, _ in some], [at for _, parts in some for at in parts])
        for key, some in merged.items()
    ]
    for key, alike in held.items():
        holders = [holder for holder, _ in alike]
        found.append(Block(str(key[0]), (), [at for _, parts in alike for at in parts], holders[0], holders))
    return sorted(found, key=lambda one: (RANK[one.severity], *_place(changes[(one.members or one.parts)[0]])))


def entries_in(blocks: Iterable[Block]) -> int:
    """How many entries of the manifests change."""
    return sum(max(len(block.members), 1) for block in blocks)


def root_of(change: ChangeItem, changes: Sequence[ChangeItem], number: Mapping[str, int]) -> str:
    """Address of the entry that a change belongs to: itself, where no sugar makes it."""
    if not (change.belongs_to or change.makers):
        return change.address
    address, seen = change.address, {change.address}
    while address in number:
        held_by = changes[number[address]].belongs_to
        makers = [held_by] if held_by else changes[number[address]].makers
        if not makers or makers[0] in seen:
            break
        address = makers[0]
        seen.add(address)
    return address


def _likeness(head: ChangeItem | None, parts: Sequence[ChangeItem]) -> tuple[object, ...]:
    """What is equal of entries that are merged: all but their names, and where they are declared."""
    if head is None:
        return tuple(sorted([likeness_of(part) for part in parts]))
    if not parts:
        return (likeness_of(head), ())
    alike = [(likeness_of(part, head.label), within(part.label, head.label)) for part in parts]
    return (likeness_of(head), tuple(sorted(alike) if len(alike) > 1 else alike))


def within(label: str, entry: str) -> str:
    """Put a star in place of the name of its entry in the name of a part: `*.dlq`."""
    return f"*{label[len(entry) :]}" if entry and label.startswith(entry) else label


def nameless(text: str, name: str) -> str:
    """Put a star in place of a name in a text, so that texts about several that are alike can be compared."""
    if len(name) < _SHORTEST_NAME or name not in text:
        return text
    # Not by a pattern: ten thousand names would be as many patterns to compile.
    parts = text.split(name)
    found = parts[0]
    for before, after in pairwise(parts):
        inside = before[-1:].isalnum() or before[-1:] in _GOING_ON or after[:1].isalnum() or after[:1] == "_"
        found += f"{name if inside else '*'}{after}"
    return found


def likeness_of(change: ChangeItem, entry: str = "") -> tuple[object, ...]:
    """What is equal of changes that are read as one: all but their names and places.

    Args:
        change: the change.
        entry: name of the entry that makes it; its own where there is none.
    """
    fields = tuple(
        [
            (field.name, field.before or "", field.after or "", tuple(field.minus), tuple(field.plus), field.note)
            for field in change.fields
        ]
    )
    name = entry or change.label
    return (
        change.action,
        change.title,
        change.cluster,
        change.place,
        change.final,
        fields,
        tuple([cost.text for cost in change.costs]) if change.costs else (),
        change.note,
        change.outcome,
        tuple(change.messages) if change.messages else (),
        change.reason,
        tuple(change.blocked) if change.blocked else (),
        nameless(change.summary, name) if change.summary else "",
        tuple([(label, nameless(text, name)) for label, text in change.details]) if change.details else (),
        tuple([(effect.name, effect.text) for effect in change.effects]) if change.effects else (),
        change.empty,
        change.values,
    )


def grouped(changes: Iterable[ChangeItem]) -> list[list[ChangeItem]]:
    """Put changes together that are read as one."""
    found: dict[tuple[object, ...], list[ChangeItem]] = defaultdict(list)
    for change in changes:
        found[likeness_of(change)].append(change)
    return list(found.values())


def shared_causes(changes: Sequence[ChangeItem], blocks: Sequence[Block]) -> dict[tuple[str, ...], list[str]]:
    """What blocks more than one entry, with the names of all that it blocks."""
    blocking: Counter[tuple[str, ...]] = Counter()
    names: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for block in blocks:
        if block.severity != Severity.BLOCKED.value:
            continue
        some = [changes[at] for at in (*block.members, *block.parts)]
        causes = [(cause, change.label) for change in some for cause in by_cause(change.blocked)]
        blocking.update({cause for cause, _ in causes})
        for cause, label in causes:
            names[cause].append(label)
    return {cause: some for cause, some in names.items() if blocking[cause] > 1}


_SHORTEST_NAME = 3
_GOING_ON = ("_", ".", ":", "/", "-")
"""Before a name these make it a part of another one."""
_FIRST = {"replace": 0, "delete": 1}


def _place(change: ChangeItem) -> tuple[int, str, str, str, int]:
    """What goes is read before what only changes; then as the manifests have it."""
    file, _, line = change.where.rpartition(":")
    return _FIRST.get(change.action, 2), change.cluster, change.place, file, int(line) if line.isdigit() else 0
