"""Changes of one severity in a comment, in as much detail as there is room for.

Blocks in full as many as fit, of the rest the names, and of what is left after that the number.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from mqinfra.render.markdown.escape import fenced, longest_run, row, size, table
from mqinfra.render.terminal import Style, clean, plural
from mqinfra.render.view.blocks import Block
from mqinfra.render.view.changes import ChangeItem
from mqinfra.render.view.entries import Entries, Entry, sign_of
from mqinfra.render.view.names import joined_names, plural_of, shared_start

_STYLE = Style(width=120)
_HANG = 4
_FENCE = "diff"
_RESERVE = 60
_MOST_PADDED = 8


@dataclass(frozen=True)
class Filled:
    """What a section became: its text, and how many changes it tells in full, by name, and by number only.

    `dense`: in full but for the places.
    """

    text: str
    whole: int
    named: int = 0
    counted: int = 0
    dense: bool = False


@dataclass(frozen=True)
class Heading:
    """How a section is headed.

    Attributes:
        text: words of ours.
        count: how many changes it holds, and by how many entries where those are fewer; empty where that is seen.
        grave: nothing of it may be missing, and its lines are coloured.
        folds: it is opened by a click.
        table: its changes stand in a table.
        final: whether it says of each change that it can't be undone, since that does not hold for all.
        heads: of the table: the resource, the change, and the place where that is known.
    """

    text: str
    count: str = ""
    grave: bool = False
    folds: bool = False
    table: bool = False
    final: bool = True
    heads: Sequence[str] = ("what", "change", "where")


@dataclass(frozen=True)
class _Alike:
    """Changes that can be named together: what is said before the names and after them."""

    title: str
    head: str
    labels: Sequence[str]
    tail: str
    ranges: bool

    def line(self, most: int) -> str:
        """Name so many of them."""
        left = f" and {len(self.labels) - most:,} more" if most < len(self.labels) else ""
        return f"{self.head}{joined_names(self.labels[:most], most=None, ranges=self.ranges)}{left}{self.tail}"


class Section:
    """Blocks under one heading."""

    def __init__(
        self,
        heading: Heading,
        changes: Sequence[ChangeItem],
        blocks: Sequence[Block],
        entries: Entries,
        after: Sequence[str] = (),
    ) -> None:
        """Take what it holds.

        Args:
            heading: how it is headed.
            changes: to whose numbers the blocks refer.
            blocks: in the order in which they are read.
            entries: what tells them.
            after: what is said of them together, below them.
        """
        self.heading = heading
        self._changes, self._blocks, self._entries = changes, blocks, entries
        self._after = [line for text in after for line in _STYLE.wrap(text, indent=2, hang=_HANG)]
        self._told = [entries.block(block, final=heading.final) for block in blocks]
        width = min(max((len(one.title) for some in self._told for one in some[:1]), default=0), _MOST_PADDED)
        self._rows = [
            _table_rows(some, len(heading.heads)) if heading.table else _fence_lines(some, width) for some in self._told
        ]
        self._numbers = list(accumulate((len(block.members) + len(block.parts) for block in blocks), initial=0))

    @property
    def number(self) -> int:
        """How many changes it holds."""
        return self._numbers[-1]

    def fill(self, room: int) -> Filled:
        """Tell as much as fits.

        Args:
            room: bytes.
        """
        if size(self.whole) <= room:
            return Filled(self.whole, self.number)
        low, high = -1, len(self._rows) if self.heading.table else len(self._rows) - 1
        while low < high:
            middle = (low + high + 1) // 2
            attempt = self._text(middle, self._named(middle))
            low, high = (middle, high) if size(attempt) <= room else (low, middle - 1)
        if low >= 0:
            whole = self._numbers[low]
            text = self._text(low, self._named(low))
            return Filled(text, whole, self.number - whole, dense=self.heading.table and bool(whole))
        lines, counted = self._cut(room)
        return Filled(self._text(0, lines), 0, self.number - counted, counted)

    @cached_property
    def least(self) -> int:
        """Bytes that it takes at least: with every name where it is grave, else with numbers."""
        if self.heading.grave:
            return min(size(self._text(0, self._named(0))), size(self.whole))
        return size(self._text(0, [])) + _RESERVE * 4

    @cached_property
    def whole(self) -> str:
        """All of it in full."""
        rows = [*(line for some in self._rows for line in some), *self._after]
        return self._headed(table(self.heading.heads, rows) if self.heading.table else fenced(rows, _FENCE))

    def _text(self, whole: int, rest: Sequence[str]) -> str:
        """The section with so many blocks in full, a table as lines, and lines about the rest."""
        if self.heading.table:
            rows = _dense_lines(one for some in self._told[:whole] for one in some)
        else:
            rows = [line for some in self._rows[:whole] for line in some]
        return self._headed(fenced([*rows, *rest, *self._after], _FENCE) if rows or rest else "")

    def _headed(self, body: str) -> str:
        count = f" ({self.heading.count})" if self.heading.count else ""
        if self.heading.folds:
            return f"<details><summary>{self.heading.text}{count}</summary>\n\n{body}\n</details>\n"
        return f"**{self.heading.text}**{count}\n\n{body}"

    def _named(self, first: int) -> list[str]:
        """All names of what is in blocks from a number on."""
        groups, made = self._groups(first)
        return [*(group.line(len(group.labels)) for group in groups), *_rest("made", made)]

    def _cut(self, room: int) -> tuple[list[str], int]:
        """As many names as fit, and how many changes are only counted."""
        groups, left = self._groups(0)
        names = "".join(group.line(len(group.labels)) for group in groups)
        room -= size(self._text(0, [longest_run(names)])) + _RESERVE * 4
        lines: list[str] = []
        for group in groups:
            low, high = 0, len(group.labels)
            while low < high:
                middle = (low + high + 1) // 2
                low, high = (middle, high) if size(group.line(middle)) < room else (low, middle - 1)
            if low:
                lines.append(group.line(low))
                room -= size(lines[-1]) + 1
            left[group.title] += len(group.labels) - low
        return [*lines, *_rest("and", +left)], left.total()

    def _groups(self, first: int) -> tuple[list[_Alike], Counter[str]]:
        """What can be named together in blocks from a number on, and what is only made by their entries, by title."""
        groups: dict[tuple[object, ...], list[ChangeItem]] = defaultdict(list)
        made: Counter[str] = Counter()
        for key, change in self._named_by[self._numbers[first] :]:
            if key is None:
                made[change.title] += 1
            else:
                groups[key].append(change)
        return [self._alike(some) for some in groups.values()], made

    @cached_property
    def _named_by(self) -> Sequence[tuple[tuple[object, ...] | None, ChangeItem]]:
        """Its changes, block by block, each with what those have in common that are named together.

        None for what is only made by an entry.
        """
        found: list[tuple[tuple[object, ...] | None, ChangeItem]] = []
        for block in self._blocks:
            for at in (*block.members, *block.parts):
                one = self._changes[at]
                made = one.action == "create" and one.makers and not one.blocked and not one.messages
                key = one.severity, one.action, one.title, one.cluster, one.place, _fields(one)
                found.append((None if made else key, one))
        return found

    def _alike(self, some: Sequence[ChangeItem]) -> _Alike:
        change = some[0]
        title, place = self._entries.named(change, len(some))
        head = " ".join(filter(None, (sign_of(change), title, place))) + " "
        what = _fields(change) or change.said_action
        tail = ("  BLOCKED" if change.blocked else "") + (f"  {what}" if what else "")
        return _Alike(change.title, head, [one.label for one in some], tail, not change.said_action)


def _fields(change: ChangeItem) -> str:
    """Names of the fields that an update changes."""
    if change.action != "update":
        return ""
    return ", ".join(dict.fromkeys(field.name for field in change.fields if field.name))


def _rest(word: str, counts: Counter[str]) -> list[str]:
    if not counts:
        return []
    kinds = [plural_of(number, title) for title, number in sorted(counts.items())]
    most = [*kinds[:8], *(["others"] if len(kinds) > 8 else [])]
    return _STYLE.wrap(f"{word} {counts.total():,} more: {', '.join(most)}", indent=2)


def _fence_lines(told: Sequence[Entry], width: int) -> list[str]:
    lines: list[str] = []
    for at, one in enumerate(told):
        title = f"  {one.title}" if at else f"{one.title:<{width}}"
        head = " ".join(filter(None, (one.sign, title, one.place, one.names)))
        text = "  ".join(filter(None, (head, "; ".join(one.phrases), one.where)))
        lines += _STYLE.wrap(text, hang=_HANG)
        for sentence in one.below:
            lines += _STYLE.wrap(sentence, indent=_HANG)
    return lines


def _table_rows(told: Sequence[Entry], columns: int) -> list[str]:
    rows: list[str] = []
    for one in told:
        what = " ".join(filter(None, (one.title, one.place, one.names)))
        cells = [what], [*one.phrases, *one.below], [one.where] if one.where else []
        rows.append(row(cells[:columns]))
    return rows


def _dense_lines(told: Iterable[Entry]) -> list[str]:
    """Changes of the same fields as one list, which says once what they have in common, and not where they are."""
    alike: dict[tuple[object, ...], list[Entry]] = defaultdict(list)
    for one in told:
        alike[one.title, one.place, tuple(field.name for field in one.fields)].append(one)
    lines: list[str] = []
    for (title, place, _), some in alike.items():
        names = [one.names for one in some]
        shared = shared_start(names) if len(names) > 1 else ""
        fields = "; ".join(field.name for field in some[0].fields if field.name)
        head = " ".join(filter(None, (str(title), str(place), f"{shared}*" if shared else "")))
        lines += _STYLE.wrap(f"{head}: {fields}" if fields else head)
        for one in some:
            values = "; ".join([*(field.text for field in one.fields), *one.said, *one.below])
            lines += _STYLE.wrap(f"{one.sign} {clean(one.names[len(shared) :])}  {values}", hang=_HANG)
    return lines


def count_text(number: int, entries: int) -> str:
    """`34 resources`, `34 resources, 8 entries`."""
    resources = plural(number, "resource")
    return resources if entries >= number else f"{resources}, {plural_of(entries, 'entry')}"
