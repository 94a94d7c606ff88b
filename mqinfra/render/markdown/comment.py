"""A plan as a comment on a pull request, and what became of it as the same comment."""

from collections.abc import Iterable

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.event import Outcome, Report
from mqinfra.model.plan import Plan
from mqinfra.render.diagnostics import count_line, render_diagnostics
from mqinfra.render.markdown.body import BUDGET, Frame, body, folded, head
from mqinfra.render.markdown.escape import fenced, name, size
from mqinfra.render.markdown.notes import found_lines, report_lines, rest_lines
from mqinfra.render.markdown.sections import Heading, Section, count_text
from mqinfra.render.plan_text import ambiguous
from mqinfra.render.plan_verdict import next_steps, verdict
from mqinfra.render.terminal import Style, plural
from mqinfra.render.view.blocked import blocking_text
from mqinfra.render.view.blocks import entries_in, shared_causes
from mqinfra.render.view.endings import endings, with_results
from mqinfra.render.view.entries import Cause, Entries
from mqinfra.render.view.plan import PlanView, view_of
from mqinfra.render.view.severity import Severity

_MOST_UNREAD = 10


def render_plan_markdown(plan: Plan, *, budget: int = BUDGET) -> str:
    """Write a plan as a comment.

    Args:
        plan: the plan.
        budget: most bytes of UTF-8; every host that counts characters counts fewer.

    Returns:
        Markdown whose first line is a hidden marker by which a bot finds its own comment again.
    """
    view = view_of(plan, whole=False)
    final = f". **{view.final:,} cannot be undone**" if view.final else ""
    title = f": {view.counted}{final}" if plan.changes else ": no changes"
    said = [title, *([] if plan.changes else [fenced([verdict(plan)])]), *_unread(plan)]
    if plan.selection:
        said.append(f"Narrowed by {name(' '.join(plan.selection))}; the rest was not planned.")
    found = found_lines(view)
    notes = folded(f"{count_line(plan.diagnostics)}, clusters" if found else "Clusters", [*found, *rest_lines(plan)])
    frame = Frame(head("plan", plan.project, plan.environment, said), _steps(plan, budget), notes)
    return body(frame, _by_severity(view, ambiguous(plan)), budget)


def render_outcome_markdown(plan: Plan, report: Report, *, budget: int = BUDGET) -> str:
    """Write what became of a plan, for the comment that showed it: its marker is the same.

    Args:
        plan: what was applied.
        report: how it ended.
        budget: most bytes of UTF-8.
    """
    plan = with_results(plan, report)
    said = [f" {_ended(report)}"]
    if report.reason:
        said.append(f"**Ended early:** {name(report.reason)}")
    elif report.interrupted:
        said.append("**Interrupted:** requests in flight were finished, the rest was not started.")
    tail = []
    if report.count(Outcome.UNKNOWN):
        tail.append("Unknown: no answer came, and reading back did not settle it; `mqinfra plan` shows what is so now.")
    if report.count(Outcome.APPLIED) < len(report.results):
        tail.append("Run the same command again to finish; what is done is not done twice.")
    notes = folded("Warnings and connections", report_lines(report))
    frame = Frame(head("plan", plan.project, plan.environment, said), "".join(f"{text}\n" for text in tail), notes)
    return body(frame, _by_outcome(plan, report), budget)


def render_diagnostics_markdown(diagnostics: Iterable[Diagnostic]) -> str:
    """Write why there is no plan, for the comment that would have shown it."""
    found = tuple(diagnostics)
    text = render_diagnostics(found, Style())
    return f"### No plan: {count_line(found)}\n\n{fenced(text.splitlines())}"


def _by_severity(view: PlanView, several: frozenset[str]) -> list[Section]:
    shared = shared_causes(view.changes, view.blocks)
    entries = Entries(view.changes, several, shared)
    sections: list[Section] = []
    for group in view.groups:
        severity = Severity(group.severity)
        blocks = [block for block in view.blocks if block.severity == group.severity]
        creates = severity is Severity.CREATES
        heading = Heading(
            group.heading + (", cannot be undone" if group.final else ""),
            count="" if severity.grave else count_text(group.count, entries_in(blocks)),
            grave=severity.grave,
            folds=creates and bool(sections),
            table=not severity.grave and not creates,
            final=not group.final,
        )
        causes = shared.items() if severity is Severity.BLOCKED else ()
        after = [text for cause, names in causes for text in _together(cause, len(names), view)]
        sections.append(Section(heading, view.changes, blocks, entries, after))
    return sections


def _together(cause: Cause, number: int, view: PlanView) -> list[str]:
    """What blocks several changes, once for all of them; a finding of no resource by itself brings its own help."""
    first, *helps = cause
    found = [one for one in view.problems if not one.address and first == blocking_text(one.code, one.message)]
    return [f"{number:,} {first}", *(helps or [f"help: {text}" for one in found for text in one.help])]


def _by_outcome(plan: Plan, report: Report) -> list[Section]:
    """What did not work first, and what worked folded below it."""
    several = ambiguous(plan)
    sections: list[Section] = []
    for one in endings(plan, report):
        applied = one.outcome is Outcome.APPLIED
        heading = Heading(
            one.outcome.value.capitalize(),
            count_text(len(one.changes), entries_in(one.blocks)),
            grave=not applied,
            folds=applied and bool(sections),
            final=False,
        )
        sections.append(Section(heading, one.changes, one.blocks, Entries(one.changes, several)))
    return sections


def _ended(report: Report) -> str:
    """How an apply ended, in the words of a headline."""
    numbers = {outcome: report.count(outcome) for outcome in Outcome}
    if numbers[Outcome.APPLIED] < len(report.results):
        counted = ", ".join(f"{number:,} {outcome.value}" for outcome, number in numbers.items() if number)
        return f"**not applied as a whole**: {counted}"
    already = sum(result.already for result in report.results)
    done = f" ({already:,} already done)" if already else ""
    what = f"{plural(len(report.results), 'change')}{done}" if report.results else "nothing to change"
    return f"{'**ended early**' if report.reason or report.interrupted else 'applied'}: {what}"


def _unread(plan: Plan) -> list[str]:
    unread = [name(cluster.alias) for cluster in plan.clusters if not cluster.reachable]
    if not unread:
        return []
    more = f" and {len(unread) - _MOST_UNREAD:,} more" if len(unread) > _MOST_UNREAD else ""
    return [f"**Could not be read: {', '.join(unread[:_MOST_UNREAD])}{more}. No changes are planned there.**"]


def _steps(plan: Plan, budget: int) -> str:
    lines: list[str] = []
    for step in next_steps(plan):
        alone = step.text == "Apply with:"
        lines += [*([] if alone else [f"# {step.text}"]), *([step.command] if step.command else [])]
    text = fenced(lines, "sh") if lines else ""
    return text if size(text) <= budget // 4 else ""
