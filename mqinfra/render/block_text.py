"""Blocks of a plan as lines of text: one line where it fits, and below it every value that changes.

Equal changes are one line with all their names; what sugar makes is folded into its entry until it is expanded. What
destroys or is blocked is never folded.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from mqinfra.model.change import Action
from mqinfra.render.entry_words import rows_of, why
from mqinfra.render.terminal import Style, cells
from mqinfra.render.view.blocked import by_cause
from mqinfra.render.view.blocks import Block, grouped, nameless, shared_causes, within
from mqinfra.render.view.changes import ADOPTS, ChangeItem, entry_of, name_at
from mqinfra.render.view.consequences import apart, in_force
from mqinfra.render.view.names import MOST, joined_names, many, plural_of
from mqinfra.render.view.parts import Parts, gone_with, parts_of, rights_of
from mqinfra.render.view.phrases import FieldText
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
_LABELS = 9
_PARTS_UP_TO = 12
_NAMED_PARTS = 2
_DESTROYING = ("delete", "replace")

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
        self._final = frozenset(group.severity for group in view.groups if group.final)
        self._destroying = frozenset(at for at, change in enumerate(view.changes) if _destroys(change))
        self._titles = min(max((len(change.title) + 1 for change in view.changes), default=0), _TITLES)

    @property
    def whole(self) -> bool:
        """Whether nothing is folded."""
        return ALL in self._expand

    @property
    def _most(self) -> int | None:
        """How many names of what others are affected by are listed."""
        return None if self.whole else MOST

    def lines(self, block: Block) -> list[str]:
        """Write a block."""
        members = [self._view.changes[at] for at in block.members]
        some = [self._view.changes[at] for at in block.parts]
        listed = self._expanded(block, members)
        parts = Parts(alone=some) if listed else parts_of(members, some)
        if block.holders:
            lines = self._rights(block, parts.rights) if parts.rights else []
            parts = Parts(alone=[*parts.alone, *parts.followers])
        else:
            lines = self._entry(members, 0, parts) if members else self._of_maker(block)
            if not members and len(some) <= _PARTS_UP_TO:
                parts = Parts(alone=some)
            lines += self._folded(parts, members, block)
        for one in grouped(parts.alone):
            lines += self._entry(one, _INDENT if lines else 0)
        return lines

    def _of_maker(self, block: Block) -> list[str]:
        first = self._view.changes[block.parts[0]]
        text = f"{self._symbol(first)} {'made by':<{self._titles}} {entry_of(block.maker)}"
        return self._style.wrap(text, hang=_INDENT)

    def _rights(self, block: Block, rights: Sequence[ChangeItem]) -> list[str]:
        """What users may do who do not change themselves."""
        action, title = rights_of(block.holders[0], rights)
        places = {part.place for part in rights}
        place = rights[0].place if len(places) == 1 and self._has_to_say(rights[0]) else ""
        cluster = rights[0].cluster if rights[0].cluster in self._ambiguous else ""
        names = joined_names([name_at(holder) for holder in block.holders], most=None, ranges=not self.whole)
        words = [self._colour(action)(SYMBOLS[action]), f"{title:<{self._titles}}", cluster, place, names]
        texts = [*self._sentences(rights, said=len(places) == 1)]
        return self._headed(" ".join(filter(None, words)), texts, joined_places([part.where for part in rights]), 0)

    def _sentences(self, rights: Sequence[ChangeItem], *, said: bool) -> Mapping[str, list[str]]:
        """What somebody may do, each sentence once, with the places where it is declared."""
        found: dict[str, list[str]] = defaultdict(list)
        for part in rights:
            place = f"in {part.place}: " if part.place and not said and self._has_to_say(part) else ""
            found[f"{place}{part.summary}"].append(part.where)
        return found

    def _headed(self, head: str, texts: Sequence[str], where: str, indent: int) -> list[str]:
        """A head with what is said of it: behind it where that fits, else below."""
        style = self._style
        if len(texts) == 1:
            padded = head + " " * max(0, _NAMES - cells(head))
            for begin in (padded, head):
                line = f"{begin}  {texts[0]}"
                if min(style.width, 120) - indent - cells(line) - (cells(where) + 2 if where else 0) >= 0:
                    return style.aligned(line, where, indent=indent, hang=indent + _INDENT)
        lines = style.aligned(head, where, indent=indent, hang=indent + _INDENT)
        for text in texts:
            lines += style.wrap(text, indent=indent + _INDENT, hang=indent + _INDENT + 2)
        return lines

    def _entry(self, some: Sequence[ChangeItem], indent: int, parts: Parts | None = None) -> list[str]:
        """One change, or several that are equal but for their names."""
        change, style = some[0], self._style
        rows = rows_of(change, whole=self.whole)
        head, where = self._head(some), joined_places([one.where for one in some])
        said = why(change, some) if not indent or change.action == "delete" else []
        if change.action == "create":
            lines = self._listing(head, rows, where, indent)
        elif change.action == "delete":
            lines = self._headed(head, ["   ".join(said)] if said else [], where, indent)
            lines += [line for row in rows for line in style.wrap(str(row), indent=indent + _INDENT)]
            said = []
        elif len(rows) == 1:
            lines = self._headed(head, [str(rows[0])], where, indent)
        else:
            lines = style.aligned(head, where, indent=indent, hang=indent + _INDENT)
            column = min(max((cells(row.name) for row in rows), default=0), 32)
            for row in rows:
                text = f"{row.name:<{column}}  {row.text}" if column and row.name else row.text
                lines += style.wrap(text, indent=indent + _INDENT, hang=indent + _INDENT + 2)
        for name, text in change.details:
            lines += self._labelled(name, text if len(some) == 1 else nameless(text, change.label), indent)
        sentences = self._sentences(parts.rights, said=False) if parts is not None else {}
        for text, places in sentences.items():
            lines += style.aligned(text, joined_places(places), indent=indent + _INDENT, hang=indent + _INDENT + 2)
        for text in said:
            lines += style.wrap(text if text == change.note else style.dim(text), indent=indent + _INDENT)
        for text, paint in self._notes(some, rows, parts):
            lines += style.wrap(paint(text), indent=indent + _INDENT)
        return lines

    def _listing(self, head: str, rows: Sequence[FieldText], where: str, indent: int) -> list[str]:
        """Several fields of something new: behind it where they fit, else below, each kept whole."""
        texts = [f"{row}," for row in rows[:-1]] + [str(row) for row in rows[-1:]]
        lines = self._headed(head, [" ".join(texts)] if texts else [], where, indent)
        if len(rows) < 2 or len(lines) < 2:
            return lines
        lines = self._style.aligned(head, where, indent=indent, hang=indent + _INDENT)
        begin = len(lines)
        for text in texts:
            if len(lines) > begin and cells(lines[-1]) + 1 + cells(text) <= min(self._style.width, 120):
                lines[-1] += f" {text}"
            else:
                lines += self._style.wrap(text, indent=indent + _INDENT, hang=indent + _INDENT + 2)
        return lines

    def _labelled(self, name: str, text: str, indent: int) -> list[str]:
        hang = indent + _INDENT + _LABELS + 1
        return self._style.wrap(f"{name:<{_LABELS}} {text}", indent=indent + _INDENT, hang=hang)

    def _head(self, some: Sequence[ChangeItem]) -> str:
        change = some[0]
        kept = change.action in _DESTROYING or change.severity == Severity.BLOCKED.value or self.whole
        title = many(change.title) if len(some) > 1 else change.title
        names = joined_names([one.label for one in some], most=None if kept else MOST, ranges=not kept)
        cluster = change.cluster if change.cluster in self._ambiguous else ""
        place = change.place if self._has_to_say(change) else ""
        words = [f"{title:<{self._titles}}", cluster, place, names]
        if change.said_action:
            words.append(f" {change.action}")
        if change.severity == Severity.BLOCKED.value:
            words.append(self._style.destroyed(" BLOCKED"))
        return f"{self._symbol(change)} {' '.join(filter(None, words))}"

    def _has_to_say(self, change: ChangeItem) -> bool:
        """Whether what something lies in is not said already, because all of its cluster lies in it."""
        return change.cluster not in self._view.places

    def _symbol(self, change: ChangeItem) -> str:
        return self._colour(change.action)(SYMBOLS[Action(change.action)])

    def _colour(self, action: str) -> Paint:
        style = self._style
        if action in _DESTROYING:
            return style.destroyed
        return style.created if action == "create" else style.changed

    def _notes(
        self, some: Sequence[ChangeItem], rows: Sequence[FieldText], parts: Parts | None
    ) -> Iterator[tuple[str, Paint]]:
        style, change = self._style, some[0]
        if change.reason == ADOPTS:
            yield change.reason, _plain
        elif change.reason and change.action not in ("create", "update", "delete"):
            yield f"reason: {change.reason}", _plain
        yield from self._costs(change, rows)
        followers = parts.followers if parts is not None else ()
        effects = in_force(some, followers, ", ".join(map(str, rows)), most=self._most)
        yield from ((text, style.dim) for text in effects)
        if change.final and change.severity not in self._final:
            yield "cannot be undone", style.changed
        for cause in by_cause(change.blocked):
            if cause not in self._shared:
                yield from ((text, self._blocking(text)) for text in cause)

    def _costs(self, change: ChangeItem, rows: Sequence[FieldText]) -> Iterator[tuple[str, Paint]]:
        """What it takes besides what stands beside its fields."""
        style = self._style
        beside = {field.name for field in change.fields if field.name} if any(row.name for row in rows) else set()
        taken, meant = apart(change.costs, beside)
        for cost in taken:
            yield f"cost: {cost.text}", style.destroyed if cost.grave else style.changed
        for text, names in meant.items():
            if len(names) > 1:
                yield f"{joined_names(names, most=self._most)}: {text}", style.dim
            else:
                yield "".join(f"`{name}`: " for name in names) + text, style.dim

    def _folded(self, parts: Parts, members: Sequence[ChangeItem], block: Block) -> list[str]:
        """What the sugar of an entry makes, and what goes with it: counted where it is only created."""
        style = self._style
        lines: list[str] = []
        if parts.gone:
            lines += style.wrap(gone_with(parts.gone), indent=_INDENT)
        if parts.made:
            entry = members[0].label if members else name_at(block.maker)
            see = f"list: --expand {_argument(entry)}"
            text = f"{'made':<{_LABELS}} {self._made(parts.made, members)}"
            if _INDENT + cells(text) + 2 + cells(see) > style.width:
                hang = _INDENT + _LABELS + 1
                lines += [*style.wrap(text, indent=_INDENT, hang=hang), *style.wrap(see, indent=hang)]
            else:
                lines += style.aligned(text, style.hint(see), indent=_INDENT)
        return lines

    def _made(self, made: Sequence[ChangeItem], members: Sequence[ChangeItem]) -> str:
        labels = {member.address: member.label for member in members}
        own = [labels.get(part.makers[0], "") if part.makers else "" for part in made]
        said = {(part.title, within(part.label, label), part.summary) for part, label in zip(made, own, strict=True)}
        if len(said) <= _NAMED_PARTS and len(members) > 1:
            each = [f"{title} {name}{f' ({text})' if text else ''}" for title, name, text in sorted(said)]
            return f"for each: {', '.join(each)}"
        if len(made) <= _NAMED_PARTS:
            named = ((part, f" ({part.summary})" if part.summary else "") for part in made)
            return ", ".join(f"{part.title} {part.label}{text}" for part, text in named)
        counts = Counter(part.title for part in made)
        return ", ".join(plural_of(number, title) for title, number in sorted(counts.items(), key=_most_first))

    def _expanded(self, block: Block, members: Sequence[ChangeItem]) -> bool:
        if self.whole:
            return True
        called = {name for one in members for name in (one.label, f"{one.place} {one.label}", one.address)}
        called |= {block.maker, name_at(block.maker)} if block.maker else set()
        return not called.isdisjoint(self._expand)

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

    def destructive(self, block: Block) -> bool:
        """Whether something in it is lost, so that it is shown however much there is."""
        return not (self._destroying.isdisjoint(block.members) and self._destroying.isdisjoint(block.parts))

    def titles(self, block: Block) -> list[str]:
        """What the changes of a block are called, one by one."""
        return [self._view.changes[at].title for at in (*block.members, *block.parts)]


def _destroys(change: ChangeItem) -> bool:
    return change.action in _DESTROYING or (bool(change.costs) and any(cost.grave for cost in change.costs))


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _plain(text: str) -> str:
    return text


def _argument(text: str) -> str:
    return f"'{text}'" if " " in text else text
