"""A plan for the terminal: what destroys or is blocked first and in full, then updates, then creates, then the verdict.

Long plans fold what is alike, never what destroys; symbols and words carry all meaning, colour repeats it.
"""

from collections import defaultdict
from collections.abc import Sequence
from enum import Enum

from mqinfra.model.change import Action, Change
from mqinfra.model.plan import Plan, PlanCluster, Uncompared, UndeclaredKeys
from mqinfra.model.reading import Source
from mqinfra.render.change_text import (
    SYMBOLS,
    Blockers,
    alike,
    alike_block,
    blockers,
    change_block,
    change_counts,
    change_line,
    heavy,
    heavy_first,
    paint,
)
from mqinfra.render.leftovers_text import leftover_lines, unchecked_lines
from mqinfra.render.plan_verdict import counts, next_steps, verdict
from mqinfra.render.requests_text import RequestView, request_lines
from mqinfra.render.terminal import Style, cells, clean, document, plural
from mqinfra.render.value import shown

_BLOCKS_UP_TO = 20
_LINES_UP_TO = 200
_ALIKE_AT_LEAST = 5
_LISTED_UP_TO = 20
_BLOCKED_UP_TO = 50
_SEE_UNDECLARED = " (listed with --undeclared)"
_SEE = ", all listed with -v"


class _Size(Enum):
    """How much room one change of a kind gets."""

    BLOCK = 1
    LINE = 2
    COUNT = 3


def render_plan(
    plan: Plan,
    style: Style,
    *,
    requests: Sequence[RequestView] | None = None,
    summary: bool = False,
    full: bool = False,
    undeclared: bool = False,
) -> str:
    """Print a plan.

    Args:
        plan: the plan.
        style: how to print.
        requests: the calls that would bring it about, to be listed before the verdict.
        summary: per cluster counts only; what destroys or is blocked is listed by the verdict.
        full: fold nothing.
        undeclared: list all that is not declared, with the lines that delete it.

    Returns:
        text that ends with a line end.
    """
    lines: list[str] = []
    errors = blockers(plan)
    creates = sum(change.action is Action.CREATE and not heavy(change) for change in plan.changes)
    size = _Size.BLOCK if full or creates <= _BLOCKS_UP_TO else _Size.LINE
    if creates > _LINES_UP_TO and not full:
        size = _Size.COUNT
    by_cluster: dict[str, list[Change]] = defaultdict(list)
    for change in plan.changes:
        by_cluster[change.address.cluster].append(change)
    foreign: dict[str, list[UndeclaredKeys]] = defaultdict(list)
    for item in plan.undeclared_keys:
        foreign[item.address.cluster].append(item)
    uncompared: dict[str, list[Uncompared]] = defaultdict(list)
    for secret in plan.uncompared:
        uncompared[secret.address.cluster].append(secret)
    for cluster in plan.clusters:
        changes = by_cluster[cluster.alias]
        lines += cluster_header(cluster, style)
        if summary:
            lines += _summary(changes, style)
        else:
            lines += _changes(changes, errors, style, size=size, fold=not full)
            lines += undeclared_lines(foreign[cluster.alias], style, most=None if full else _LISTED_UP_TO)
            lines += uncompared_lines(uncompared[cluster.alias], style, most=None if full else _LISTED_UP_TO)
            left = [item for item in plan.undeclared if item.address.cluster == cluster.alias]
            lines += leftover_lines(left, style, full=undeclared, see=_SEE_UNDECLARED)
            unchecked = [item for item in plan.unchecked if item.cluster == cluster.alias]
            lines += unchecked_lines(unchecked, style, full=undeclared)
        to_record = sum(address.cluster == cluster.alias for address in plan.to_record)
        to_forget = sum(address.cluster == cluster.alias for address in plan.to_forget)
        lines += [*_rest(cluster, style, to_record, to_forget), ""]
    if requests:
        lines += [*request_lines(requests, style), ""]
    return document(lines + _footer(plan, style, fold=not full))


def cluster_header(cluster: PlanCluster, style: Style) -> list[str]:
    """Say which cluster is meant, well enough to notice the wrong one."""
    parts = [f"{clean(cluster.product or cluster.type)} {clean(cluster.version)}".rstrip()]
    if cluster.brokers:
        parts.append(plural(cluster.brokers, "broker"))
    if cluster.endpoint and cluster.endpoint != cluster.source.value:
        parts.append(clean(cluster.endpoint))
    if cluster.cluster_id:
        parts.append(f"id {_short(clean(cluster.cluster_id))}")
    if cluster.source is Source.SANDBOX:
        parts.append("SANDBOX")
    if cluster.source is Source.SNAPSHOT:
        parts.append("SNAPSHOT, not live")
    return style.wrap(f"{style.bold(clean(cluster.alias))} ({', '.join(parts)})", hang=2)


def undeclared_lines(undeclared: Sequence[UndeclaredKeys], style: Style, *, most: int | None) -> list[str]:
    """List keys that somebody else set on declared resources."""
    if not undeclared:
        return []
    lines = style.wrap("not declared; left unchanged:", indent=2)
    for item in undeclared[:most]:
        keys = ", ".join(f"{clean(key)} {shown(value)}" for key, value in item.keys.items())
        lines += style.wrap(style.dim(f"{clean(item.address.text)}  {keys}"), indent=6, hang=8)
    if most is not None and len(undeclared) > most:
        lines += style.wrap(style.dim(f"and on {plural(len(undeclared) - most, 'more resource')}{_SEE}"), indent=6)
    return lines


def uncompared_lines(uncompared: Sequence[Uncompared], style: Style, *, most: int | None) -> list[str]:
    """List secrets that were not compared; those that want for the same value once, with a count."""
    by_reason: dict[str, list[Uncompared]] = defaultdict(list)
    for item in uncompared:
        by_reason[item.reason].append(item)
    lines: list[str] = []
    for reason, some in list(by_reason.items())[:most]:
        others = f" (and {plural(len(some) - 1, 'more secret')})" if len(some) > 1 else ""
        text = f"{clean(some[0].address.text)}  {clean(some[0].field)}: not compared, {clean(reason)}{others}"
        lines += style.wrap(style.dim(text), indent=6, hang=8)
    if most is not None and len(by_reason) > most:
        text = f"and {plural(len(by_reason) - most, 'more secret')} not compared{_SEE}"
        lines += style.wrap(style.dim(text), indent=6)
    return lines


def step_lines(text: str, command: str, style: Style) -> list[str]:
    """Say what to do next. A command is never broken: half of one, pasted, would run."""
    if cells(text) + 1 + cells(command) <= style.width:
        return [f"{text} {style.hint(command)}".rstrip()]
    return [*style.wrap(text), *([f"  {style.hint(command)}"] if command else [])]


def _short(identity: str) -> str:
    return identity if len(identity) <= 12 else f"{identity[:8]}..."


def _changes(changes: Sequence[Change], errors: Blockers, style: Style, *, size: _Size, fold: bool) -> list[str]:
    lines: list[str] = []
    first, more = _foremost(changes, fold=fold)
    for change in first:
        lines += change_block(change, errors, style)
    if more:
        lines += style.wrap(f"and {plural(more, 'more blocked change')}{_SEE}", indent=2)
    light = [change for change in changes if not heavy(change)]
    updates = [change for change in light if change.action is not Action.CREATE]
    if fold and len(updates) > _BLOCKS_UP_TO:
        groups, updates = alike(updates, least=_ALIKE_AT_LEAST)
        for group in groups:
            lines += alike_block(group, style, see=_SEE)
    for change in updates:
        lines += change_block(change, errors, style)
    creates = [change for change in light if change.action is Action.CREATE]
    match size:
        case _Size.BLOCK:
            for change in creates:
                lines += change_block(change, errors, style)
        case _Size.LINE:
            for change in creates:
                lines += change_line(change, style)
        case _Size.COUNT:
            lines += change_counts(creates, style, see=_SEE)
    return lines


def _foremost(changes: Sequence[Change], *, fold: bool) -> tuple[list[Change], int]:
    """What is shown before the rest, and how many blocked changes are left out; what destroys never is."""
    heavies = heavy_first(change for change in changes if heavy(change))
    blocked = [change for change in heavies if not change.destructive]
    left_out = set(map(id, blocked[_BLOCKED_UP_TO:])) if fold else set()
    return [change for change in heavies if id(change) not in left_out], len(left_out)


def _summary(changes: Sequence[Change], style: Style) -> list[str]:
    lines: list[str] = []
    for action in Action:
        number = sum(change.action is action for change in changes)
        if number:
            lines += style.wrap(f"{SYMBOLS[action]:<3} {number:,} to {action.value}", indent=2)
    return lines


def _rest(cluster: PlanCluster, style: Style, to_record: int, to_forget: int) -> list[str]:
    if not cluster.reachable:
        text = "could not be read: its resources are unknown, and this plan has no changes for it"
        return style.wrap(style.destroyed(text), indent=6)
    parts = [f"{cluster.unchanged:,} unchanged"]
    if to_record:
        parts.append(f"{to_record:,} to record")
    if to_forget:
        parts.append(f"{plural(to_forget, 'claim')} to drop")
    if cluster.undeclared:
        parts.append(f"{cluster.undeclared:,} in scope but not declared")
    return style.wrap(style.dim(", ".join(parts)), indent=6)


def _footer(plan: Plan, style: Style, *, fold: bool) -> list[str]:
    lines: list[str] = []
    if plan.selection:
        narrowed = clean(" ".join(plan.selection))
        lines += style.wrap(f"Narrowed by {narrowed}; the rest of `{clean(plan.environment)}` was not planned")
    if not plan.changes:
        return [*lines, *style.wrap(style.bold(verdict(plan)))]
    lines += style.wrap(style.bold(f"Plan: {counts(plan)}"))
    first, more = _foremost(plan.changes, fold=fold)
    for change in first:
        blocked = f" (blocked by {clean(', '.join(change.blocked_by))})" if change.blocked_by else ""
        text = f"{paint(change, f'{change.action.value:<7}', style)} {clean(change.address.text)}{blocked}"
        lines += style.wrap(text, indent=2, hang=6)
    if more:
        lines += style.wrap(f"and {plural(more, 'more blocked change')}{_SEE}", indent=2)
    if plan.digest:
        lines.append(f"Digest {clean(plan.digest)}")
    for step in next_steps(plan):
        lines += step_lines(step.text, step.command, style)
    return lines
