"""What a plan leaves in place although nobody declares it: what hangs on declared things in full, the rest counted."""

from collections import Counter
from collections.abc import Sequence

from mqinfra.model.leftover import Leftover, Unchecked
from mqinfra.model.plan import Plan
from mqinfra.model.record import Origin
from mqinfra.render.terminal import Style, clean

_LISTED_UP_TO = 20


def leftover_lines(over: Sequence[Leftover], style: Style, *, full: bool, see: str) -> list[str]:
    """List what is not declared: with a reason or beside a declared resource always, the rest by count.

    Args:
        over: what stays on one cluster.
        style: how to print.
        full: list everything, with the lines to paste.
        see: how to see the rest.
    """
    lines: list[str] = []
    ours = [item for item in over if item.origin in (Origin.CREATED, Origin.ADOPTED)]
    others = [item for item in over if item.origin not in (Origin.CREATED, Origin.ADOPTED)]
    for title, some in (("no longer declared; left in place:", ours), ("not declared; left in place:", others)):
        if some:
            lines += [*style.wrap(title, indent=2), *_group(some, style, full=full, see=see)]
    return lines


def unchecked_lines(unchecked: Sequence[Unchecked], style: Style, *, full: bool) -> list[str]:
    """Say where it can't be told: why records are missing always, kinds that were not listed where all is shown."""
    lines: list[str] = []
    by_reason: dict[str, list[str]] = {}
    for item in unchecked:
        if full or not item.kind:
            by_reason.setdefault(item.reason, []).append(item.kind)
    for reason, kinds in by_reason.items():
        named = ", ".join(clean(kind) for kind in kinds if kind)
        text = f"not declared: not known of {named}: {clean(reason)}" if named else f"not known: {clean(reason)}"
        lines += style.wrap(style.dim(text), indent=6, hang=8)
    return lines


def without_lines(plan: Plan, style: Style) -> list[str]:
    """Say what manifests declare and the environment does not manage."""
    counts = ", ".join(f"{item.number:,} {clean(item.kind)}" for item in plan.without)
    return style.wrap(style.dim(f"not in {clean(plan.environment)}: {counts}"), indent=2, hang=4) if counts else []


def _group(some: Sequence[Leftover], style: Style, *, full: bool, see: str) -> list[str]:
    lines: list[str] = []
    shown = (
        some
        if full
        else [item for item in some if item.beside is not None or (item.why and item.part_of is None)][:_LISTED_UP_TO]
    )
    for item in shown:
        beside = f"beside {clean(item.beside.text)}" if item.beside is not None else ""
        notes = "; ".join(text for text in (beside, clean(item.why)) if text)
        lines += style.wrap(clean(item.address.text) + (f"  {style.dim(notes)}" if notes else ""), indent=6, hang=8)
        if full and item.line:
            lines += style.wrap(style.dim(f"removed: {{{clean(item.line)}}}"), indent=8, hang=10)
    listed = {item.address for item in shown}
    counts = Counter(item.address.kind for item in some if item.address not in listed)
    if counts:
        text = ", ".join(f"{clean(kind)}: {number:,}" for kind, number in sorted(counts.items()))
        lines += style.wrap(style.dim(f"{text}{see}"), indent=6, hang=8)
    return lines
