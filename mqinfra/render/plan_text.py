"""A plan for the terminal: what it comes to, then its blocks, gravest first, and last what to do now.

Symbols and words carry all meaning, colour repeats it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from mqinfra.model.change import Action, Change
from mqinfra.model.plan import Plan, PlanCluster, Uncompared, UndeclaredKeys
from mqinfra.model.reading import Source
from mqinfra.render.block_text import ALL, SYMBOLS, BlockText
from mqinfra.render.leftovers_text import leftover_lines, unchecked_lines, without_lines
from mqinfra.render.plan_verdict import counts, next_steps, verdict
from mqinfra.render.requests_text import RequestView, request_lines
from mqinfra.render.terminal import Style, cells, clean, document, plural
from mqinfra.render.value import inline_fields
from mqinfra.render.view.blocks import Block
from mqinfra.render.view.names import plural_of
from mqinfra.render.view.plan import PlanView, view_of
from mqinfra.render.view.severity import Severity

_LISTED_UP_TO = 20
_MOST_BLOCKS = {Severity.BLOCKED.value: 50, Severity.CREATES.value: 200}
_SEE_UNDECLARED = " (listed with --undeclared)"
_SEE = ", all listed with -v"


def render_plan(
    plan: Plan,
    style: Style,
    *,
    requests: Sequence[RequestView] | None = None,
    summary: bool = False,
    expand: Sequence[str] = (),
    undeclared: bool = False,
) -> str:
    """Print a plan.

    Args:
        plan: the plan.
        style: how to print.
        requests: the calls that would bring it about, to be listed before the verdict.
        summary: per cluster counts only, and what destroys or is blocked.
        expand: entries of which all that they make is listed; `all` folds nothing.
        undeclared: list all that is not declared, with the lines that delete it.

    Returns:
        text that ends with a line end.
    """
    lines: list[str] = []
    full = ALL in expand
    if plan.changes:
        view = view_of(plan, whole=full)
        lines += _headline(view, style)
        lines += _clusters(plan, style, view.places, summary=summary)
        lines += _groups(view, BlockText(view, style, expand, ambiguous(plan)), style, summary=summary)
        lines.append("")
    else:
        lines += [*_clusters(plan, style, {}, summary=False), ""]
    if not summary:
        rest = _left_alone(plan, style, full=full, undeclared=undeclared)
        lines += [*rest, ""] if rest else []
    if requests:
        lines += [*request_lines(requests, style), ""]
    return document(lines + _footer(plan, style))


def _headline(view: PlanView, style: Style) -> list[str]:
    text = f"{style.bold(view.name)}   {view.counted}"
    final = style.destroyed(f"{view.final:,} CANNOT BE UNDONE") if view.final else ""
    if final and cells(text) + cells(final) + 5 > style.width:
        return [*style.wrap(text), *style.wrap(final, indent=2)]
    return style.wrap(f"{text}     {final}".rstrip())


def _clusters(plan: Plan, style: Style, places: Mapping[str, str], *, summary: bool) -> list[str]:
    """One paragraph per cluster: which it is, in what all changes lie, and what is there besides changes."""
    lines: list[str] = []
    for cluster in plan.clusters:
        lines += cluster_header(cluster, style, places.get(cluster.alias, ""))
        if summary:
            lines += _summary([change for change in plan.changes if change.address.cluster == cluster.alias], style)
        to_record = sum(address.cluster == cluster.alias for address in plan.to_record)
        to_forget = sum(address.cluster == cluster.alias for address in plan.to_forget)
        lines += _rest(cluster, style, to_record, to_forget)
    return lines


def _groups(view: PlanView, text: BlockText, style: Style, *, summary: bool) -> list[str]:
    lines: list[str] = []
    by_severity: dict[str, list[Block]] = defaultdict(list)
    for block in view.blocks:
        by_severity[block.severity].append(block)
    only_creates = by_severity.keys() == {Severity.CREATES.value}
    for group in view.groups:
        severity = group.severity
        if not by_severity[severity] or (summary and not Severity(severity).grave):
            continue
        lines.append("")
        if not only_creates:
            final = ", cannot be undone" if group.final else ""
            lines += style.wrap(style.bold(f"{group.heading}{final}".upper()))
        lines += _group(by_severity[severity], severity, text, style)
    return lines


def _group(blocks: Sequence[Block], severity: str, text: BlockText, style: Style) -> list[str]:
    """The blocks of one severity; of many new things, and of many that are blocked, the first."""
    most = None if text.whole else _MOST_BLOCKS.get(severity)
    lines: list[str] = []
    shown = 0
    left: list[str] = []
    for block in blocks:
        if most is not None and shown >= most and not text.destructive(block):
            left += text.titles(block)
            continue
        shown += 1
        lines += text.lines(block)
    if severity == Severity.BLOCKED.value:
        lines += text.shared_causes()
    if left:
        more = ", ".join(plural_of(number, title) for title, number in sorted(Counter(left).items()))
        lines += style.wrap(f"and {len(left):,} more: {more}   {style.hint('list: --expand all')}", indent=2)
    return lines


def ambiguous(plan: Plan) -> frozenset[str]:
    """Clusters of a type of which the plan speaks of several, so that every line has to say which one it means."""
    if len(plan.clusters) < 2:
        return frozenset()
    types = Counter(cluster.type for cluster in plan.clusters)
    titles: dict[str, set[str]] = defaultdict(set)
    for change in plan.changes:
        titles[change.title or change.address.kind].add(change.address.cluster)
    several = {alias for some in titles.values() if len(some) > 1 for alias in some}
    return frozenset({cluster.alias for cluster in plan.clusters if types[cluster.type] > 1} | several)


def _left_alone(plan: Plan, style: Style, *, full: bool, undeclared: bool) -> list[str]:
    """What the plan leaves as it is, and what it could not compare."""
    most = None if full else _LISTED_UP_TO
    lines = undeclared_lines(plan.undeclared_keys, style, most=most)
    lines += uncompared_lines(plan.uncompared, style, most=most)
    lines += without_lines(plan, style)
    for cluster in plan.clusters:
        left = [item for item in plan.undeclared if item.address.cluster == cluster.alias]
        lines += leftover_lines(left, style, full=undeclared, see=_SEE_UNDECLARED)
        unchecked = [item for item in plan.unchecked if item.cluster == cluster.alias]
        lines += unchecked_lines(unchecked, style, full=undeclared)
    return lines


def cluster_header(cluster: PlanCluster, style: Style, place: str = "") -> list[str]:
    """Say which cluster is meant, well enough to notice the wrong one, and in what of it all changes lie."""
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
    inside = f"   all in {place}" if place else ""
    return style.wrap(f"{style.bold(clean(cluster.alias))} ({', '.join(parts)}){inside}", hang=2)


def undeclared_lines(undeclared: Sequence[UndeclaredKeys], style: Style, *, most: int | None) -> list[str]:
    """List keys that somebody else set on declared resources."""
    if not undeclared:
        return []
    lines = style.wrap("not declared; left unchanged:", indent=2)
    for item in undeclared[:most]:
        text = f"{clean(item.address.text)}  {inline_fields(item.keys)}"
        lines += style.wrap(style.dim(text), indent=6, hang=8)
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


def _footer(plan: Plan, style: Style) -> list[str]:
    lines: list[str] = []
    if plan.selection:
        narrowed = clean(" ".join(plan.selection))
        lines += style.wrap(f"Narrowed by {narrowed}; the rest of `{clean(plan.environment)}` was not planned")
    if not plan.changes:
        return [*lines, *style.wrap(style.bold(verdict(plan)))]
    lines += style.wrap(style.bold(f"Plan: {counts(plan)}"))
    if plan.digest:
        lines.append(f"Digest {clean(plan.digest)}")
    for step in next_steps(plan):
        lines += step_lines(step.text, step.command, style)
    return lines
