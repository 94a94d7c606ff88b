"""Blocks of a plan as lines of text: one line where it fits, and below it every value that changes.

Equal changes are one line with all their names; what sugar makes is folded into its entry until it is expanded. What
destroys or is blocked is never folded.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from mqinfra.model.change import Action
from mqinfra.render.terminal import Style, cells, cut
from mqinfra.render.view.blocked import by_cause
from mqinfra.render.view.blocks import Block, likeness_of, shared_causes
from mqinfra.render.view.changes import ChangeItem, entry_of, maker_name
from mqinfra.render.view.fields import Field
from mqinfra.render.view.names import MOST, joined_names, many, plural_of
from mqinfra.render.view.places import joined_places
from mqinfra.render.view.plan import PlanView
from mqinfra.render.view.severity import Severity

SYMBOLS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "-/+",
    Action.DELETE: "-",
    Action.ADOPT: "=",
    Action.FORGET: "x",
}
ALL = "all"
_INDENT = 4
_TITLES = 16
_NAMES = 46
_PARTS_UP_TO = 12
_NAMED_PARTS = 2
_LONG_MEMBERS = 40
_NAMED_MAKERS = 3
_OF_ONE = re.compile(r"`([^`]+)`: (.*)")
_LONG_NEW_VALUE = 400
_DESTROYING = ("delete", "replace")
_SHOWN_ACTIONS = ("delete", "replace", "adopt", "forget")

Paint = Callable[[str], str]


class BlockText:
    """Writes the blocks of one view."""

    def __init__(self, view: PlanView, style: Style, expand: Sequence[str], ambiguous: frozenset[str]) -> None:
        """Take what is shown and how.

        Args:
            view: the view.
            style: how to print.
            expand: entries whose parts are listed: names, labels, addresses, or `all`.
            ambiguous: aliases of clusters that have to be said.
        """
        self._view, self._style, self._expand = view, style, frozenset(expand)
        self._ambiguous = ambiguous
        self._shared = shared_causes(view.changes, view.blocks)
        self._titles = min(max((len(change.title) + 1 for change in view.changes), default=0), _TITLES)

    @property
    def whole(self) -> bool:
        """Whether nothing is folded."""
        return ALL in self._expand

    def lines(self, block: Block) -> list[str]:
        """Write a block."""
        if block.members:
            some = [self._view.changes[at] for at in block.members]
            lines = self._entry(some, 0)
        else:
            lines = self._of_maker(block)
        return lines + self._parts(block)

    def _of_maker(self, block: Block) -> list[str]:
        first = self._view.changes[block.parts[0]]
        text = f"{self._symbol(first)} {'made by':<{self._titles}} {entry_of(block.maker)}"
        return self._style.wrap(text, hang=_INDENT)

    def _entry(self, some: Sequence[ChangeItem], indent: int) -> list[str]:
        """One change, or several that are equal but for their names."""
        change, style = some[0], self._style
        rows = self._rows(change)
        notes = list(self._notes(some, rows, part=indent > 0))
        head = self._head(some)
        where = joined_places([one.where for one in some])
        texts = [text for _, text in rows]
        inline = ", ".join(texts) if change.action == "create" else texts[0] if len(rows) == 1 else ""
        if inline:
            padded = head + " " * max(0, _NAMES - cells(head))
            line = f"{padded}  {inline}"
            fits = min(style.width, 120) - indent - cells(line) - cells(where) - 2
            if fits < 0:
                padded = head
                line = f"{padded}  {inline}"
                fits = min(style.width, 120) - indent - cells(line) - cells(where) - 2
            if fits >= 0:
                lines = style.aligned(line, where, indent=indent, hang=indent + _INDENT)
                return lines + self._noted(notes, indent)
        lines = style.aligned(head, where, indent=indent, hang=indent + _INDENT)
        if change.action == "create":
            if inline:
                lines += self._listed(texts, indent + _INDENT)
        else:
            column = min(max((cells(name) for name, _ in rows), default=0), 32)
            for name, text in rows:
                rest = text[len(name) :].lstrip() if name else text
                row = f"{name:<{column}}  {rest}" if column else rest
                lines += style.wrap(row, indent=indent + _INDENT, hang=indent + _INDENT + 2)
        return lines + self._noted(notes, indent)

    def _noted(self, notes: Sequence[tuple[str, Paint]], indent: int) -> list[str]:
        lines: list[str] = []
        for text, paint in notes:
            lines += self._style.wrap(paint(text), indent=indent + _INDENT)
        return lines

    def _head(self, some: Sequence[ChangeItem]) -> str:
        change = some[0]
        kept = change.action in _DESTROYING or change.severity == Severity.BLOCKED.value or self.whole
        title = many(change.title) if len(some) > 1 else change.title
        names = joined_names([one.label for one in some], most=None if kept else MOST, ranges=not kept)
        cluster = change.cluster if change.cluster in self._ambiguous else ""
        words = [f"{title:<{self._titles}}", cluster, change.place, names]
        if change.action in _SHOWN_ACTIONS:
            words.append(f" {change.action}")
        if change.severity == Severity.BLOCKED.value:
            words.append(self._style.destroyed(" BLOCKED"))
        return f"{self._symbol(change)} {' '.join(filter(None, words))}"

    def _symbol(self, change: ChangeItem) -> str:
        action = Action(change.action)
        return self._paint(change)(SYMBOLS[action])

    def _paint(self, change: ChangeItem) -> Paint:
        style = self._style
        if change.action in _DESTROYING:
            return style.destroyed
        return style.created if change.action == "create" else style.changed

    def _rows(self, change: ChangeItem) -> list[tuple[str, str]]:
        """Names of fields, and what is said of each with its name in front."""
        if change.action == "delete":
            was = ", ".join(
                f"{field.name} {cut(_or_empty(field.before), _LONG_NEW_VALUE)}" for field in change.fields if field.name
            )
            return [("", f"was: {was}")] if was else []
        creates = change.action == "create"
        fields = sorted(change.fields, key=_says_little) if creates else change.fields
        costs = {cost.field: cost.text for cost in reversed(change.costs) if cost.field}
        rows: list[tuple[str, str]] = []
        for field in fields:
            text = f"{field.name} {_value(field, creates=creates)}".strip()
            cost = costs.pop(field.name, "") if field.name else ""
            rows.append((field.name, f"{text}  {cost}" if cost else text))
        return rows

    def _notes(
        self, some: Sequence[ChangeItem], rows: Sequence[tuple[str, str]], *, part: bool
    ) -> Iterator[tuple[str, Paint]]:
        style, change = self._style, some[0]
        if change.reason.startswith("adopts"):
            yield change.reason, _plain
        elif change.reason and change.action not in ("create", "update") and not part:
            yield f"reason: {change.reason}", _plain
        if change.note:
            yield f"note: {change.note}", _plain
        makers = dict.fromkeys(entry_of(maker) for one in some for maker in one.makers)
        if makers and not part:
            more = f", and {len(makers) - _NAMED_MAKERS:,} more" if len(makers) > _NAMED_MAKERS else ""
            yield f"generated by {', '.join(list(makers)[:_NAMED_MAKERS])}{more}", style.dim
        yield from self._costs(change, rows)
        if change.final:
            yield "cannot be undone", style.changed
        for cause in by_cause(change.blocked):
            if cause not in self._shared:
                yield from ((text, self._blocking(text)) for text in cause)

    def _blocking(self, text: str) -> Paint:
        return self._style.destroyed if text.startswith("blocked") else _plain

    def shared_causes(self) -> list[str]:
        """What blocks several entries, once for all of them."""
        lines: list[str] = []
        for (first, *rest), names in self._shared.items():
            head, _, said = first.partition(": ")
            text = f"{head} ({len(names):,}): {joined_names(names, most=None)}: {said}"
            for one in (text, *rest):
                lines += self._style.wrap(self._blocking(one)(one), indent=2, hang=_INDENT)
        return lines

    def _costs(self, change: ChangeItem, rows: Sequence[tuple[str, str]]) -> Iterator[tuple[str, Paint]]:
        """What it takes besides what stands beside its fields; what it means for others, those alike as one."""
        style = self._style
        beside = {name for name, _ in rows if name}
        effects: dict[str, list[str]] = defaultdict(list)
        for cost in change.costs:
            if cost.field in beside:
                beside.discard(cost.field)
            elif cost.effect:
                named = _OF_ONE.fullmatch(cost.text)
                effects[named[2] if named is not None else cost.text] += [named[1]] if named is not None else []
            else:
                yield f"cost: {cost.text}", style.destroyed if cost.grave else style.changed
        for text, names in effects.items():
            if len(names) > 1:
                yield f"{joined_names(names, most=None if self.whole else MOST)}: {text}", style.dim
            else:
                yield "".join(f"`{name}`: " for name in names) + text, style.dim

    def _parts(self, block: Block) -> list[str]:
        """What the sugar of an entry makes: counted where it is only created, else in full."""
        parts = [self._view.changes[at] for at in block.parts]
        created = [part for part in parts if _folds(part)]
        others = [part for part in parts if not _folds(part)]
        listed = self._expanded(block) or (not block.members and len(parts) <= _PARTS_UP_TO)
        if listed:
            others, created = parts, []
        lines: list[str] = []
        if created:
            counts = Counter(part.title for part in created)
            text = ", ".join(plural_of(number, title) for title, number in sorted(counts.items()))
            if len(created) <= _NAMED_PARTS:
                text = ", ".join(f"{part.title} {part.label}" for part in created)
            entry = self._view.changes[block.members[0]].label if block.members else maker_name(block.maker)
            see = f"list: --expand {_argument(entry)}"
            made = f"made  {text}"
            if _INDENT + cells(made) + 2 + cells(see) > self._style.width:
                lines += [*self._style.wrap(made, indent=_INDENT), *self._style.wrap(see, indent=_INDENT + 6)]
            else:
                lines += self._style.aligned(made, self._style.hint(see), indent=_INDENT)
        alike: dict[tuple[object, ...], list[ChangeItem]] = defaultdict(list)
        for part in others:
            alike[likeness_of(part)].append(part)
        for some in alike.values():
            lines += self._entry(some, _INDENT)
        return lines

    def _expanded(self, block: Block) -> bool:
        if self.whole:
            return True
        entries = [self._view.changes[at] for at in block.members]
        called = {name for one in entries for name in (one.label, f"{one.place} {one.label}", one.address)}
        called |= {block.maker, maker_name(block.maker)} if block.maker else set()
        return not called.isdisjoint(self._expand)

    def destructive(self, block: Block) -> bool:
        """Whether something in it is lost, so that it is shown however much there is."""
        some = [self._view.changes[at] for at in (*block.members, *block.parts)]
        return any(change.action in _DESTROYING or any(cost.grave for cost in change.costs) for change in some)

    def titles(self, block: Block) -> list[str]:
        """What the changes of a block are called, one by one."""
        return [self._view.changes[at].title for at in (*block.members, *block.parts)]

    def _listed(self, items: Sequence[str], indent: int) -> list[str]:
        """Items one behind the other, each kept whole where it fits into a line."""
        lines: list[str] = []
        for at, item in enumerate(items):
            text = item + ("," if at + 1 < len(items) else "")
            if lines and cells(lines[-1]) + 1 + cells(text) <= min(self._style.width, 120):
                lines[-1] += f" {text}"
            else:
                lines += self._style.wrap(text, indent=indent, hang=indent + 2)
        return lines


def _plain(text: str) -> str:
    return text


def _folds(part: ChangeItem) -> bool:
    return part.action == "create" and not part.blocked and all(cost.effect for cost in part.costs)


def _says_little(field: Field) -> int:
    """Of a new resource, first what makes it what it is, then the broker's own keys, and last switches and nothings."""
    if field.after in ("", "[]", "{}", "0", "true", "false"):
        return 2
    return 1 if "." in field.name else 0


def _value(field: Field, *, creates: bool) -> str:
    note = f"  {field.note}" if field.note else ""
    if creates:
        return cut(field.after or '""', _LONG_NEW_VALUE) + note
    if field.minus or field.plus:
        changed = [*(f"- {item}" for item in field.minus), *(f"+ {item}" for item in field.plus)]
        return " ".join([*changed, *_staying(field.stay)]) + note
    if field.after is None:
        return f"{field.before or ''}{note}"
    return f"{_or_empty(field.before)} -> {_or_empty(field.after)}{note}"


def _staying(members: Sequence[str]) -> list[str]:
    """What stays of a list that changes: the rest of it is what a reader compares with."""
    if not members:
        return []
    some = ", ".join(members)
    if len(some) > _LONG_MEMBERS:
        some = "another one" if len(members) == 1 else f"{len(members):,} others"
    return [f" ({some} {'stays' if len(members) == 1 else 'stay'})"]


def _or_empty(text: str | None) -> str:
    return text or '""'


def _argument(text: str) -> str:
    return f"'{text}'" if " " in text else text
