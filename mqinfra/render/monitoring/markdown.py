"""The health of what is declared as a comment: what is bad in a table, the rest folded, in a budget."""

from collections.abc import Sequence

from mqinfra.model.health import Health, HealthReport, State
from mqinfra.render.markdown.body import BUDGET, folded, head
from mqinfra.render.markdown.escape import code, row, size, table
from mqinfra.render.monitoring.text import health_text
from mqinfra.render.monitoring.words import headline, looked_text, name_text, notes, since_text, what_text
from mqinfra.render.terminal import Style

_HEADS = ("state", "what", "why", "owner", "further")
_WIDTH = Style(width=100)


def health_markdown(report: HealthReport, *, budget: int = BUDGET) -> str:
    """Write how everything is doing.

    Args:
        report: the report.
        budget: most bytes of UTF-8; what does not fit is counted.

    Returns:
        Markdown whose first line is a hidden marker by which a bot finds its own comment again.
    """
    start = head("monitor", report.project, report.environment, [f": {headline(report)}", looked_text(report)])
    said = "".join(f"> {code(text)}\n" for text in notes(report))
    some = [one for one in report.rows if one.state.bad or one.state is State.UNKNOWN]
    parts = [start, said, _listed(some, report, budget - size(start) - size(said) - 400)]
    fine = [one for one in report.rows if not one.state.bad and one.state is not State.UNKNOWN]
    if fine:
        only = report.model_copy(update={"rows": tuple(fine), "clusters": ()})
        rest = folded(f"Fine ({len(fine):,})", health_text(only, _WIDTH, whole=True).splitlines()[3:])
        if sum(map(size, parts)) + size(rest) <= budget:
            parts.append(rest)
    return "\n".join(part for part in parts if part)


def _listed(some: Sequence[Health], report: HealthReport, room: int) -> str:
    lines: list[str] = []
    for one in some:
        line = row(
            [
                [one.state.value],
                [f"{what_text(one)} {name_text(one)}"],
                [text for text in (one.reason, since_text(one, report.taken)) if text],
                [one.owner] if one.owner else [],
                [one.diagnose] if one.diagnose else [],
            ]
        )
        room -= size(line) + 1
        if room < 0:
            break
        lines.append(line)
    if not lines:
        return ""
    left = f"\n{len(some) - len(lines):,} more do not fit into a comment.\n" if len(lines) < len(some) else ""
    return f"{table(_HEADS, lines)}{left}"
