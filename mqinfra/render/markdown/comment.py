"""A plan as the body of a pull request comment, and what became of it as the body of the same comment.

Hosts cut comments that are too long (GitHub at 65,536 characters), so the body has a budget: what destroys or is
blocked stands first and is named for as long as anything can be; then creates are folded, then updates, to names and
numbers, which the body says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mqinfra.model.change import Change, Reason
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.event import Outcome, Report
from mqinfra.model.plan import Plan
from mqinfra.render.diagnostics import count_line, render_diagnostics
from mqinfra.render.markdown.escape import fenced, marker, name, size
from mqinfra.render.markdown.notes import found_lines, report_lines, rest_lines
from mqinfra.render.markdown.sections import Filled, Heading, Section, count_text
from mqinfra.render.markdown.told import Teller
from mqinfra.render.plan_text import ambiguous
from mqinfra.render.plan_verdict import next_steps, verdict
from mqinfra.render.report_text import counts_of
from mqinfra.render.terminal import Style
from mqinfra.render.view.blocks import blocks_of
from mqinfra.render.view.plan import PlanView, view_of
from mqinfra.render.view.severity import Severity

BUDGET = 60_000
_GRAVE = frozenset((Severity.BLOCKED, Severity.LOSES, Severity.BREAKS, Severity.UNDECLARED))
_OUTCOMES = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.NOT_ATTEMPTED, Outcome.APPLIED)
_FOLDING = 400
_MOST_UNREAD = 10


@dataclass(frozen=True)
class _Frame:
    """What stands around the changes.

    Attributes:
        head: what the comment is, and what the changes come to.
        tail: what to do now.
        notes: what else is to be said; it is left out where there is no room.
    """

    head: str
    tail: str
    notes: str


def render_plan_markdown(plan: Plan, *, budget: int = BUDGET) -> str:
    """Write a plan as a comment.

    Args:
        plan: the plan.
        budget: most bytes of UTF-8; every host that counts characters counts fewer.

    Returns:
        Markdown whose first line is a hidden marker by which a bot finds its own comment again.
    """
    view = view_of(plan)
    final = f". **{view.final:,} cannot be undone**" if view.final else ""
    title = f"{_title(plan)}: {view.counted}{final}" if plan.changes else f"{_title(plan)}: no changes"
    head = [title, *([] if plan.changes else [fenced([verdict(plan)])]), *_unread(plan)]
    if plan.selection:
        head.append(f"Narrowed by {name(' '.join(plan.selection))}; the rest was not planned.")
    found = count_line(plan.diagnostics)
    notes = _folded(f"{found}, clusters" if found else "Clusters", [*found_lines(view), *rest_lines(plan)])
    frame = _Frame(_head(plan, head), _steps(plan, budget), notes)
    return _comment(frame, _by_severity(view, Teller(view.changes, ambiguous(plan))), budget)


def render_outcome_markdown(plan: Plan, report: Report, *, budget: int = BUDGET) -> str:
    """Write what became of a plan, for the comment that showed it: its marker is the same.

    Args:
        plan: what was applied.
        report: how it ended.
        budget: most bytes of UTF-8.
    """
    plan = _with_results(plan, report)
    view = view_of(plan, report)
    done = report.count(Outcome.APPLIED) == len(report.results)
    word = "applied" if done and not report.reason else "**not applied as a whole**"
    head = [f"{_title(plan)} {word}: {counts_of(report)}" if report.results else f"{_title(plan)}: nothing to apply"]
    if report.reason:
        head.append(f"**Ended early:** {name(report.reason)}")
    elif report.interrupted:
        head.append("**Interrupted:** requests in flight were finished, the rest was not started.")
    tail = "" if done else "Run the same command again to finish; what is done is not done twice.\n"
    frame = _Frame(_head(plan, head), tail, _folded("Warnings and connections", report_lines(report)))
    return _comment(frame, _by_outcome(view, ambiguous(plan)), budget)


def render_diagnostics_markdown(diagnostics: Iterable[Diagnostic]) -> str:
    """Write why there is no plan, for the comment that would have shown it."""
    found = tuple(diagnostics)
    text = render_diagnostics(found, Style())
    return f"### No plan: {count_line(found)}\n\n{fenced(text.splitlines())}"


def _by_severity(view: PlanView, teller: Teller) -> list[Section]:
    sections: list[Section] = []
    for severity in Severity:
        blocks = [block for block in view.blocks if block.severity == severity.value]
        if not blocks:
            continue
        some = [view.changes[at] for block in blocks for at in (*block.members, *block.parts)]
        grave, creates = severity in _GRAVE, severity is Severity.CREATES
        final = all(change.final for change in some)
        heading = Heading(
            severity.heading + (", cannot be undone" if final else ""),
            count="" if grave else count_text(len(some), sum(max(len(block.members), 1) for block in blocks)),
            grave=grave,
            folds=creates and bool(sections),
            table=not grave and not creates,
            final=not final,
        )
        sections.append(Section(heading, view.changes, blocks, teller))
    return sections


def _by_outcome(view: PlanView, several: frozenset[str]) -> list[Section]:
    """What did not work first, and what worked folded below it."""
    sections: list[Section] = []
    for outcome in _OUTCOMES:
        some = [change for change in view.changes if (change.outcome or Outcome.NOT_ATTEMPTED) == outcome]
        if not some:
            continue
        blocks = blocks_of(some)
        applied = outcome is Outcome.APPLIED
        entries = sum(max(len(block.members), 1) for block in blocks)
        heading = Heading(
            outcome.value.capitalize(), count_text(len(some), entries), grave=not applied, folds=bool(sections)
        )
        sections.append(Section(heading, some, blocks, Teller(some, several)))
    return sections


def _comment(frame: _Frame, sections: Sequence[Section], budget: int) -> str:
    """Put it together in the budget: everything, else first what is grave, then notes that are short, then the rest."""
    whole = [section.fill(budget) for section in sections]
    if not any(one.named or one.counted or one.dense for one in whole):
        body = _joined(frame, whole, frame.notes)
        if size(body) <= budget:
            return body
    room = budget - size(frame.head) - size(frame.tail) - _FOLDING - len(sections) - 2
    notes = frame.notes if size(frame.notes) <= room // 10 else ""
    room -= size(notes)
    filled: list[Filled] = []
    for at, section in enumerate(sections):
        later = min(sum(one.least() for one in sections[at + 1 :]), room // 2)
        filled.append(section.fill(room - later))
        room -= size(filled[-1].text)
    return _joined(frame, filled, notes, _folding(sections, filled, notes_left=notes != frame.notes))


def _joined(frame: _Frame, filled: Iterable[Filled], notes: str, folding: str = "") -> str:
    parts = [frame.head, folding, *(one.text for one in filled), notes, frame.tail]
    return "\n".join(part for part in parts if part)


def _folding(sections: Sequence[Section], filled: Sequence[Filled], *, notes_left: bool) -> str:
    """Say what is missing, most of all of what destroys."""
    total = sum(section.number for section in sections)
    parts = [
        f"{sum(one.whole for one in filled):,} of {total:,} changes in full",
        f"{sum(one.named for one in filled):,} by name",
        f"{sum(one.counted for one in filled):,} counted",
    ]
    missing = sum(one.counted for section, one in zip(sections, filled, strict=True) if section.heading.grave)
    if missing:
        grave = sum(section.number for section in sections if section.heading.grave)
        verb = "is" if missing == 1 else "are"
        parts.append(f"**{missing:,} of {grave:,} destructive or blocked changes {verb} not shown**")
    parts += ["updates without their places"] if any(one.dense for one in filled) else []
    parts += ["notes left out"] if notes_left else []
    return f"> Shortened to fit a comment: {', '.join(parts)}. The job's log has it all.\n"


def _head(plan: Plan, paragraphs: Iterable[str]) -> str:
    first, *others = (text.rstrip("\n") for text in paragraphs)
    return "\n\n".join([f"{marker('plan', plan.project, plan.environment)}\n{first}", *others]) + "\n"


def _title(plan: Plan) -> str:
    return f"### {name(plan.project)} / {name(plan.environment)}"


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


def _folded(heading: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    return f"<details><summary>{heading}</summary>\n\n{fenced(lines)}\n</details>\n"


def _with_results(plan: Plan, report: Report) -> Plan:
    """The plan with what was done besides it, which `--wait` deleted when messages were through."""
    planned = {change.address for change in plan.changes}
    more = [
        Change(result.address, result.action, Reason.NOT_DECLARED)
        for result in report.results
        if result.address not in planned
    ]
    if not more:
        return plan
    changes = sorted((*plan.changes, *more), key=lambda change: change.address)
    return plan.model_copy(update={"changes": tuple(changes)})
