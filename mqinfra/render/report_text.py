"""What an apply did, for people: what did not work first and in full, then what did, then the verdict."""

from collections.abc import Iterable

from mqinfra.model.event import Ended, Outcome, Report
from mqinfra.render.block_text import SYMBOLS
from mqinfra.render.events import disconnected_lines
from mqinfra.render.fold import by_prefix
from mqinfra.render.terminal import Style, clean, document, plural

_LISTED_UP_TO = 50
_ORDER = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.NOT_ATTEMPTED, Outcome.APPLIED)
_PAINTS = {
    Outcome.FAILED: Style.destroyed,
    Outcome.UNKNOWN: Style.changed,
    Outcome.NOT_ATTEMPTED: Style.changed,
    Outcome.APPLIED: Style.created,
}


def render_report(report: Report, style: Style, *, full: bool = False) -> str:
    """Print a report.

    Args:
        report: what happened.
        style: how to print.
        full: list every change, however many were applied or not begun.
    """
    lines: list[str] = []
    for outcome in _ORDER:
        some = [result for result in report.results if result.outcome is outcome]
        if full or len(some) <= _LISTED_UP_TO or not _folds(outcome, some):
            for result in some:
                lines += _result(result, style)
        else:
            lines += style.wrap(f"{_PAINTS[outcome](style, outcome.value)}  {plural(len(some), 'change')}")
            lines += [f"{number:>9,}  {text}" for text, number in by_prefix(result.address for result in some)]
    return document([*lines, *([""] if lines else []), *_verdict(report, style)])


def _folds(outcome: Outcome, some: Iterable[Ended]) -> bool:
    """What was applied, and what was not begun for one and the same reason, can be counted; the rest is for reading."""
    return outcome is Outcome.APPLIED or (
        outcome is Outcome.NOT_ATTEMPTED and len({result.message for result in some}) == 1
    )


def _result(result: Ended, style: Style) -> list[str]:
    already = " (already done)" if result.already else ""
    word = _PAINTS[result.outcome](style, f"{result.outcome.value:<13}")
    head = f"{word} {SYMBOLS[result.action]:<3} {result.action.value:<7} {clean(result.address.text)}{already}"
    lines = style.wrap(head, hang=4)
    if result.message:
        lines += style.wrap(clean(result.message), indent=4)
    for text in result.help:
        lines += style.wrap(f"{style.hint('help')}: {clean(text)}", indent=4)
    return lines


def counts_of(report: Report) -> str:
    """Say how it ended: `3 applied (1 already done), 1 failed, 0 unknown, 2 not attempted`."""
    already = sum(result.already for result in report.results)
    parts = [f"{report.count(outcome):,} {outcome.value}" for outcome in Outcome]
    if already:
        parts[0] += f" ({already:,} already done)"
    return ", ".join(parts)


def _verdict(report: Report, style: Style) -> Iterable[str]:
    yield from style.wrap(style.bold(f"Apply: {counts_of(report)}"))
    for warning in report.warnings:
        yield from style.wrap(f"{style.changed('warning')}: {clean(warning.cluster)}: {clean(warning.message)}")
        for text in warning.help:
            yield from style.wrap(f"{style.hint('help')}: {clean(text)}", indent=4)
    for event in report.disconnected:
        for line in disconnected_lines(event):
            yield from style.wrap(line)
    if report.reason:
        yield from style.wrap(f"Ended early: {clean(report.reason)}")
    elif report.interrupted:
        yield from style.wrap("Interrupted: requests in flight were finished, the rest was not started")
    if report.count(Outcome.UNKNOWN):
        yield from style.wrap(
            "Unknown: no answer came, and reading back did not settle it; `mqinfra plan` shows the current state"
        )
    if report.count(Outcome.APPLIED) < len(report.results):
        yield from style.wrap("Run the same command again to finish; what is done is not done twice")
