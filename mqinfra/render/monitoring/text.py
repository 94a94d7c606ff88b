"""The health of what is declared for people on a terminal: what is bad in full, then the table of the rest."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from mqinfra.model.health import Health, HealthReport, State
from mqinfra.render.monitoring.words import headline, looked_text, name_text, notes, since_text, what_text
from mqinfra.render.terminal import Style, cells, clean, document, plural

_INDENT = 4
_ALIKE, _NAMED = 2, 8
"""Rows that are not known for the same reason and have lines of their own, and those of more that are named."""
_SHOWN = 40
"""Rows that are fine and shown; beyond them they are counted unless all are asked for."""


def health_text(report: HealthReport, style: Style, *, whole: bool = False) -> str:
    """Print how everything is doing.

    Args:
        report: the report.
        style: how to print.
        whole: show every row that is fine, however many there are.
    """
    lines = [style.bold(f"{clean(report.project)} / {clean(report.environment)}   {headline(report)}")]
    lines += [style.dim(looked_text(report)), ""]
    for row in report.rows:
        if row.state.bad:
            lines += _one(row, report, style)
    lines += _unknown([row for row in report.rows if row.state is State.UNKNOWN], report, style)
    if any(row.state.bad or row.state is State.UNKNOWN for row in report.rows):
        lines.append("")
    fine = [row for row in report.rows if not row.state.bad and row.state is not State.UNKNOWN]
    shown = fine if whole or len(fine) <= _SHOWN else [row for row in fine if row.state is not State.OK][:_SHOWN]
    lines += _table(shown, style)
    if len(shown) < len(fine):
        counts = Counter(row.what for row in fine[len(shown) :])
        some = ", ".join(plural(number, what) for what, number in sorted(counts.items()))
        lines += style.wrap(f"{some} fine and not shown: -v shows them", indent=0)
    for note in notes(report):
        lines += style.wrap(note, indent=0)
    return document(lines)


def _one(row: Health, report: HealthReport, style: Style) -> list[str]:
    paint = style.destroyed if row.state.bad else style.changed
    owner = f"owner {clean(row.owner)}" if row.owner else ""
    said = "   ".join(
        filter(
            None, (paint(row.state.value), f"{what_text(row)} {name_text(row)}", owner, since_text(row, report.taken))
        )
    )
    lines = style.wrap(said, indent=0) + style.wrap(clean(row.reason), indent=_INDENT)
    if row.span is not None and row.state.bad:
        lines += style.wrap(style.dim(f"{clean(row.span.file)}:{row.span.line}"), indent=_INDENT)
    return lines + (
        style.wrap(style.hint(f"look further: {clean(row.diagnose)}"), indent=_INDENT) if row.diagnose else []
    )


def _unknown(some: Sequence[Health], report: HealthReport, style: Style) -> list[str]:
    """What could not be told, one by one; what has a reason in common is named together."""
    alike: dict[tuple[str, str], list[Health]] = defaultdict(list)
    for row in some:
        alike[row.address.cluster, row.reason].append(row)
    lines: list[str] = []
    for (cluster, reason), rows in alike.items():
        if len(rows) <= _ALIKE:
            for row in rows:
                lines += _one(row, report, style)
            continue
        said = f"{style.changed(State.UNKNOWN.value)}   {clean(cluster)}: {plural(len(rows), 'thing')}"
        names = ", ".join(map(name_text, rows[:_NAMED])) + (
            f" and {len(rows) - _NAMED:,} more" if len(rows) > _NAMED else ""
        )
        lines += [*style.wrap(said, indent=0), *style.wrap(clean(reason), indent=_INDENT)]
        lines += style.wrap(style.dim(names), indent=_INDENT)
    return lines


def _table(rows: Sequence[Health], style: Style) -> list[str]:
    """State, what, name and reason side by side; where that is too wide the reason is wrapped below."""
    columns: Sequence[Callable[[Health], str]] = (lambda row: row.state.value, what_text, name_text)
    texts = [[column(row) for column in columns] for row in rows]
    widths = [max((cells(text[at]) for text in texts), default=0) for at in range(len(columns))]
    lines: list[str] = []
    for row, text in zip(rows, texts, strict=True):
        padded = [one + " " * (width - cells(one)) for one, width in zip(text, widths, strict=True)]
        padded[0] = style.created(padded[0]) if row.state is State.OK else style.changed(padded[0])
        hang = sum(widths) + 2 * len(widths)
        line = "  ".join(padded)
        if hang <= style.width // 2 or hang + cells(row.reason) <= style.width:
            lines += style.wrap(f"{line}  {clean(row.reason)}", indent=0, hang=hang)
        else:
            lines += [line.rstrip(), *style.wrap(clean(row.reason), indent=_INDENT)]
    return lines
