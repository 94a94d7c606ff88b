"""One change as lines of text, in three sizes: a block with every field, one line, and a count per prefix.

Separate because the terminal and the pull request show the same lines.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from mqinfra.model.change import Action, Change, CostKind, FieldDifference, Reason, Undo
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.plan import Plan
from mqinfra.model.spec import Mutability
from mqinfra.render.fold import by_prefix
from mqinfra.render.terminal import Style, cells, clean, plural
from mqinfra.render.value import (
    declared_row,
    difference_rows,
    inline_fields,
    short_difference,
    short_value,
)

SYMBOLS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "-/+",
    Action.DELETE: "-",
    Action.ADOPT: "=",
    Action.FORGET: "x",
}
_INDENT = 8
_REASONS = {
    Reason.ABSENT: "declared, and not there",
    Reason.DIFFERS: "there, and not as declared",
    Reason.IMMUTABLE: "a field differs that cannot change on a live resource",
    Reason.TOMBSTONE: "listed under `removed:`",
    Reason.GOES_WITH: "there, and gone when what it belongs to is recreated",
}

Blockers = Mapping[str, Sequence[Diagnostic]]
"""Errors by formatted address."""


def blockers(plan: Plan) -> Blockers:
    """Collect the errors that speak of an address."""
    found: dict[str, list[Diagnostic]] = defaultdict(list)
    for diagnostic in plan.diagnostics:
        if diagnostic.address is not None and diagnostic.severity is Severity.ERROR:
            found[diagnostic.address].append(diagnostic)
    return found


def heavy(change: Change) -> bool:
    """Whether a change always has to be shown in full: it is blocked, or it destroys."""
    return bool(change.blocked_by) or change.destructive


def paint(change: Change, text: str, style: Style) -> str:
    """Colour a text by what happens."""
    if change.destructive:
        return style.destroyed(text)
    return style.created(text) if change.action is Action.CREATE else style.changed(text)


def change_block(change: Change, errors: Blockers, style: Style) -> list[str]:
    """Everything about one change: fields, reason, costs, what blocks it."""
    tail = "  BLOCKED" if change.blocked_by else ""
    lines = style.aligned(_head(change, style) + style.destroyed(tail), _place(change), indent=2, hang=6)
    details: list[str] = []
    if change.action not in (Action.CREATE, Action.UPDATE):
        details.append(f"reason: {_REASONS[change.reason]}")
    if change.note:
        details.append(f"note: {clean(change.note)}")
    if change.origin:
        details.append(style.dim(f"made by {clean(change.origin)}"))
    for text in details:
        lines += style.wrap(text, indent=_INDENT)
    lines += _field_lines(change, style)
    lines += _cost_lines(change, style)
    for text in _blocked_by(change, errors):
        lines += style.wrap(style.destroyed(text) if text.startswith("blocked") else text, indent=_INDENT)
    return lines


def change_line(change: Change, style: Style) -> list[str]:
    """One change on one line, with as many of its fields as fit."""
    head = _head(change, style) + (style.destroyed("  BLOCKED") if change.blocked_by else "")
    place = _place(change)
    room = min(style.width, 120) - cells(head) - cells(place) - 8
    origin = f"made by {clean(change.origin)}" if change.origin else ""
    fields = origin if cells(origin) <= room else ""
    if not fields:
        creates = change.action is Action.CREATE
        short = short_value if creates else short_difference
        differences = sorted(change.differences, key=_says_little) if creates else change.differences
        fields = _that_fit([short(difference) for difference in differences[:9]], len(differences), room)
    line = style.aligned(f"{head}  {style.dim(fields)}" if fields else head, place, indent=2, hang=6)
    effects = [cost for cost in change.costs if cost.kind is CostKind.EFFECT]
    return line + [text for cost in effects for text in style.wrap(style.dim(clean(cost.text)), indent=_INDENT)]


def _says_little(difference: FieldDifference) -> bool:
    """Whether a field of a new resource is a switch or empty, and can wait until those that say more were shown."""
    return isinstance(difference.after, bool) or difference.after in ("", 0) or difference.after == []


def _that_fit(texts: Sequence[str], number: int, room: int) -> str:
    """Join as many texts as there is room for, and say how many are left out."""
    for some in range(len(texts), 0, -1):
        rest = f", {number - some} more" if number > some else ""
        line = ", ".join(texts[:some]) + rest
        if cells(line) <= room:
            return line
    return ""


def change_counts(changes: Sequence[Change], style: Style, *, see: str = "") -> list[str]:
    """Changes of one action as counts per prefix; `see` says where they are listed."""
    if not changes:
        return []
    first = changes[0]
    head = f"{SYMBOLS[first.action]:<3} {first.action.value:<7} {plural(len(changes), 'resource')}"
    lines = style.wrap(f"{paint(first, head, style)}{see}", indent=2, hang=6)
    for text, number in by_prefix(change.address for change in changes):
        lines += style.wrap(f"{number:>9,}  {text}", indent=4, hang=15)
    return lines


def alike(changes: Iterable[Change], *, least: int) -> tuple[list[list[Change]], list[Change]]:
    """Part changes into groups of at least `least` with equal differences and costs, and the others."""
    groups: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        key = "\n".join(
            [change.action.value, *map(short_difference, change.differences), *(cost.text for cost in change.costs)]
        )
        groups[key].append(change)
    large = [group for group in groups.values() if len(group) >= least]
    return large, [change for group in groups.values() if len(group) < least for change in group]


def alike_block(changes: Sequence[Change], style: Style, *, see: str) -> list[str]:
    """Changes with equal differences: how many, where, and the fields once."""
    lines = change_counts(changes, style, see=see)
    lines += style.wrap("each:", indent=_INDENT)
    return lines + _field_lines(changes[0], style, places=False) + _cost_lines(changes[0], style)


def _head(change: Change, style: Style) -> str:
    action = paint(change, f"{SYMBOLS[change.action]:<3} {change.action.value:<7}", style)
    return f"{action} {clean(change.address.text)}"


def _place(change: Change) -> str:
    return clean(str(change.span)) if change.span is not None else ""


def _field_lines(change: Change, style: Style, *, places: bool = True) -> list[str]:
    if change.action is Action.DELETE:
        was = inline_fields(change.before) if change.before else ""
        return style.wrap(style.dim(f"was: {was}"), indent=_INDENT) if was else []
    rows: list[tuple[str, str, str]] = []
    costs = {cost.path: clean(cost.text) for cost in reversed(change.costs) if cost.path}
    creates = change.action is Action.CREATE
    for difference in change.differences:
        notes = "  immutable" if not creates and difference.mutability is Mutability.IMMUTABLE else ""
        if difference.path in costs:
            notes += f"  {costs[difference.path]}"
        place = clean(str(difference.span)) if places and not creates and difference.span is not None else ""
        for row in [declared_row(difference)] if creates else difference_rows(difference):
            rows.append((row.name, row.text + notes, place))
            notes = place = ""
    column = min(max((len(name) for name, _, _ in rows), default=0), 40)
    lines: list[str] = []
    for name, text, place in rows:
        lines += style.aligned(f"{name:<{column}}  {text}", place, indent=_INDENT, hang=_INDENT + 2)
    return lines


def _cost_lines(change: Change, style: Style) -> list[str]:
    # The first cost of a field stands beside it.
    beside = set() if change.action is Action.DELETE else {difference.path for difference in change.differences}
    lines: list[str] = []
    for cost in change.costs:
        if cost.path and cost.path in beside:
            beside.remove(cost.path)
            continue
        if cost.kind is CostKind.EFFECT:
            lines += style.wrap(style.dim(clean(cost.text)), indent=_INDENT)
            continue
        lost = cost.kind in (CostKind.MESSAGES_LOST, CostKind.CONSUMERS_CUT_OFF)
        text = f"cost: {clean(cost.text)}"
        lines += style.wrap(style.destroyed(text) if lost else style.changed(text), indent=_INDENT)
    if change.undo is Undo.NO:
        lines += style.wrap(style.changed("cannot be undone"), indent=_INDENT)
    return lines


def _blocked_by(change: Change, errors: Blockers) -> list[str]:
    texts: list[str] = []
    for code in change.blocked_by:
        head = f"blocked by {clean(code)}"
        mine = [diagnostic for diagnostic in errors.get(change.address.text, ()) if diagnostic.code == code]
        for diagnostic in mine:
            texts.append(f"{head}: {clean(diagnostic.message)}")
            texts += [f"help: {clean(text)}" for text in diagnostic.help]
        if mine:
            continue
        needed = [need for need in change.needs if any(item.code == code for item in errors.get(need.text, ()))]
        because = f"it needs `{clean(needed[0].text)}`, which is blocked" if needed else ""
        texts.append(f"{head}: {because or f'see `mqinfra explain {clean(code)}`'}")
    return texts


def heavy_first(changes: Iterable[Change]) -> list[Change]:
    """Order changes for reading: blocked, then by how much they take, then by address."""
    weight = {Action.REPLACE: 0, Action.DELETE: 1}
    return sorted(
        changes,
        key=lambda change: (
            not change.blocked_by,
            not change.destructive,
            weight.get(change.action, 2),
            change.address,
        ),
    )
