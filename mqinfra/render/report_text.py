"""What an apply did, for people: what did not work first and in full, then what did, then the verdict.

Blocks as in the plan, so that both are read alike; what the plan said of values is not said again.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from mqinfra.model.event import Ended, Outcome, Report
from mqinfra.model.plan import Plan
from mqinfra.render.block_text import SYMBOLS
from mqinfra.render.events import disconnected_lines
from mqinfra.render.plan_text import ambiguous
from mqinfra.render.terminal import Style, clean, document, plural
from mqinfra.render.view.changes import title_of
from mqinfra.render.view.endings import ORDER, Ending, endings, with_results
from mqinfra.render.view.entries import Entries, Entry
from mqinfra.render.view.names import plural_of

_LISTED_UP_TO = 50
_INDENT = 4
_WORD = 13
_PAINTS = {
    Outcome.FAILED: Style.destroyed,
    Outcome.UNKNOWN: Style.changed,
    Outcome.NOT_ATTEMPTED: Style.changed,
    Outcome.APPLIED: Style.created,
}


def render_report(plan: Plan, report: Report, style: Style) -> str:
    """Print a report.

    Args:
        plan: what was applied.
        report: what happened.
        style: how to print.
    """
    plan = with_results(plan, report)
    counted = {outcome for outcome in ORDER if _folds(report, outcome)}
    listed = {result.address for result in report.results if result.outcome not in counted}
    some = plan.model_copy(update={"changes": tuple(change for change in plan.changes if change.address in listed)})
    found = {ending.outcome: ending for ending in endings(some, report)}
    lines: list[str] = []
    for outcome in ORDER:
        if outcome in counted:
            lines += _counted(plan, report, outcome, style)
        elif outcome in found:
            lines += _listed(found[outcome], ambiguous(plan), style)
    return document([*lines, *([""] if lines else []), *_verdict(report, style)])


def _folds(report: Report, outcome: Outcome) -> bool:
    """What was applied, and what was not begun for one and the same reason, can be counted; the rest is for reading."""
    some = [result for result in report.results if result.outcome is outcome]
    alike = len({result.message for result in some}) == 1
    may = outcome is Outcome.APPLIED or (outcome is Outcome.NOT_ATTEMPTED and alike)
    return may and len(some) > _LISTED_UP_TO


def _counted(plan: Plan, report: Report, outcome: Outcome, style: Style) -> list[str]:
    results = {result.address: result for result in report.results if result.outcome is outcome}
    some = [change for change in plan.changes if change.address in results]
    counts = Counter((change.action.value, title_of(change)) for change in some)
    kinds = ", ".join(f"{action} {plural_of(number, title)}" for (action, title), number in sorted(counts.items()))
    lines = style.wrap(f"{_word(outcome, style)} {plural(len(results), 'change')}: {kinds}", hang=_INDENT)
    first: Ended = next(iter(results.values()))
    return lines + (_below([first.message], style) if outcome is not Outcome.APPLIED and first.message else [])


def _listed(ending: Ending, several: frozenset[str], style: Style) -> list[str]:
    entries = Entries(ending.changes, several)
    lines: list[str] = []
    for block in ending.blocks:
        for at, told in enumerate(entries.block(block, final=False)):
            lines += _told(told, ending.outcome, style, part=at > 0)
    return lines


def _told(told: Entry, outcome: Outcome, style: Style, *, part: bool) -> list[str]:
    what = " ".join(filter(None, (told.title, told.place, told.names)))
    head = f"{_word(outcome, style)} {'  ' if part else ''}{SYMBOLS[told.action]:<3} {told.action.value:<7} {what}"
    folded = f"  {'; '.join(told.folded)}" if told.folded else ""
    return [*style.wrap(head + style.dim(folded), hang=_INDENT), *_below(told.below, style)]


def _below(texts: Sequence[str], style: Style) -> list[str]:
    return [line for text in texts for line in style.wrap(clean(text), indent=_INDENT)]


def _word(outcome: Outcome, style: Style) -> str:
    return _PAINTS[outcome](style, f"{outcome.value:<{_WORD}}")


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
