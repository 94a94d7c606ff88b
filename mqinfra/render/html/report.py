"""The report as one file: the page's own style and script, and everything that it shows as data.

The one choke point of this format (security S17): names and values go through `clean`, and the frame takes care that
no markup comes of them, and that the page asks for nothing.
"""

from collections.abc import Iterable, Sequence
from string import Template

from mqinfra.model.diagnostic import Diagnostic, in_order
from mqinfra.model.event import Outcome, Report
from mqinfra.model.frozen import copied, dataclass
from mqinfra.model.plan import Plan
from mqinfra.render.causes import one_per_cause
from mqinfra.render.diagnostics import count_line
from mqinfra.render.html.drawings import Drawings, drawings_of
from mqinfra.render.html.frame import data_text, joined_script, part, policy_of
from mqinfra.render.plan_verdict import counts, next_steps, verdict
from mqinfra.render.report_text import counts_of
from mqinfra.render.terminal import clean, plural
from mqinfra.render.value import inline_fields
from mqinfra.render.view.blocks import Block
from mqinfra.render.view.changes import ChangeItem, CostItem, Problem, problem
from mqinfra.render.view.effects import alike
from mqinfra.render.view.names import joined_names
from mqinfra.render.view.plan import Group, view_of

_SCRIPTS = ("base", "state", "changes", "details", "scene", "topology", "main")
_PACKAGE = "render.html"


@dataclass(frozen=True, slots=True)
class ClusterItem:
    """A cluster: its alias, what it is, where it is, and what is not said by changes."""

    alias: str
    broker: str
    endpoint: str
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Step:
    """What to do with the plan now: words, and a command to copy."""

    text: str
    command: str


@dataclass(frozen=True, slots=True)
class NoteItem:
    """One line of a note: an address or a place, what is said of it, and the line to paste."""

    address: str
    text: str
    line: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What a plan says besides its changes: a heading, and lines."""

    heading: str
    items: Sequence[NoteItem]


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that the page shows.

    Attributes:
        project: the project's name.
        environment: the environment's name.
        title: of the page.
        headline: what changes, or how the apply ended.
        final: how many changes can't be undone.
        applied: it is the report of an apply.
        digest: of the plan.
        tool: version of mqinfra.
        steps: what to do now.
        clusters: by alias.
        groups: severities that occur, gravest first.
        changes: in order of their addresses.
        blocks: in the order in which they are read.
        problems: what was found while planning.
        notes: what else is said: what could not be checked, and what is left unchanged.
        drawings: the pictures; None where the plan holds no topology.
        hint: why there are no pictures.
    """

    project: str
    environment: str
    title: str
    headline: str
    final: int
    applied: bool
    digest: str
    tool: str
    steps: Sequence[Step]
    clusters: Sequence[ClusterItem]
    groups: Sequence[Group]
    changes: Sequence[ChangeItem]
    blocks: Sequence[Block]
    problems: Sequence[Problem]
    notes: Sequence[Note]
    drawings: Drawings | None
    hint: str


def render_html(plan: Plan, report: Report | None = None) -> str:
    """Write a plan, or how its apply ended, as a page.

    Args:
        plan: the plan; its topology is drawn where it has one.
        report: what an apply did with it.

    Raises:
        LayoutMissingError: there is a topology, and the library that lays it out is not installed.
    """
    return _page(contents(plan, report))


def render_failure_html(diagnostics: Iterable[Diagnostic]) -> str:
    """Write why there is no plan, as the page that would have shown it."""
    found = one_per_cause(in_order(diagnostics), brief=False)
    return _page(
        Contents(
            project="",
            environment="",
            title="mqinfra: no result",
            headline=f"No result: {count_line(found)}",
            final=0,
            applied=False,
            digest="",
            tool="",
            steps=(Step("Fix the errors, then plan again", ""),),
            clusters=(),
            groups=(),
            changes=(),
            blocks=(),
            problems=[*map(problem, found)],
            notes=(),
            drawings=None,
            hint="There is no plan to draw.",
        )
    )


def _page(shown: Contents) -> str:
    style, script = part(_PACKAGE, "page.css"), joined_script(*((_PACKAGE, name) for name in _SCRIPTS))
    return Template(part(_PACKAGE, "page.html")).substitute(
        policy=policy_of(style, script), style=style, script=script, data=data_text(shown)
    )


def contents(plan: Plan, report: Report | None = None) -> Contents:
    """Gather what the page shows."""
    view = view_of(plan, report)
    headline = counts_of(report) if report is not None else counts(plan) if plan.changes else verdict(plan)
    return Contents(
        project=clean(plan.project),
        environment=clean(plan.environment),
        title=clean(f"{plan.project} / {plan.environment}: {'apply' if report is not None else 'plan'}"),
        headline=headline,
        final=view.final,
        applied=report is not None,
        digest=clean(plan.digest),
        tool=clean(plan.tool_version),
        steps=[Step(step.text, step.command) for step in ([] if report is not None else next_steps(plan))],
        clusters=_clusters(plan),
        groups=view.groups,
        changes=[_with_lines(change) for change in view.changes],
        blocks=view.blocks,
        problems=[*view.problems, *_warnings(report)],
        notes=_notes(plan),
        drawings=drawings_of(plan.topology) if plan.topology is not None else None,
        hint="" if plan.topology is not None else "The plan was saved without its topology: plan with --topology.",
    )


def _with_lines(change: ChangeItem) -> ChangeItem:
    """A change with the lines below it among what it means."""
    texts = [f"{name}: {text}" for name, text in change.details]
    texts += [
        f"in force on {joined_names(same.names)}{f': {same.text}' if same.text else ''}"
        for same in alike((change.address, effect) for effect in change.effects)
    ]
    if not texts:
        return change
    return copied(change, costs=[*change.costs, *(CostItem(text, grave=False, effect=True) for text in texts)])


def _notes(plan: Plan) -> list[Note]:
    unchecked = [
        NoteItem(clean("/".join(filter(None, (one.cluster, one.kind)))), clean(one.reason)) for one in plan.unchecked
    ]
    secrets = [NoteItem(clean(f"{one.address} {one.field}"), clean(one.reason)) for one in plan.uncompared]
    keys = [NoteItem(clean(one.address.text), clean(inline_fields(one.keys))) for one in plan.undeclared_keys]
    left = [NoteItem(clean(one.address.text), clean(one.why), clean(one.line)) for one in plan.undeclared]
    record = [NoteItem(clean(address.text), "") for address in plan.to_record]
    without = [NoteItem(clean(one.kind), f"{one.number:,}") for one in plan.without]
    notes = (
        Note("not known what is no longer declared", unchecked),
        Note(f"not in {clean(plan.environment)}", without),
        Note(f"{plural(len(secrets), 'secret')} not compared", secrets),
        Note(f"{len(left):,} in scope, not declared, and left unchanged", left),
        Note(f"{plural(len(keys), 'resource')} with keys that others set, left unchanged", keys),
        Note(f"{len(record):,} to record: there as declared, and an apply claims it", record),
    )
    return [note for note in notes if note.items]


def _warnings(report: Report | None) -> list[Problem]:
    if report is None:
        return []
    warned = [
        Problem(
            "", "warning", clean(warning.message), [clean(text) for text in warning.help], "", clean(warning.cluster)
        )
        for warning in report.warnings
    ]
    unknown = report.count(Outcome.UNKNOWN)
    if report.reason:
        warned.append(Problem("", "error", f"ended early: {clean(report.reason)}", (), "", ""))
    if unknown:
        text = "no answer came for some changes, and reading back did not settle it"
        warned.append(Problem("", "warning", text, ("`mqinfra plan` shows the current state",), "", ""))
    return warned


def _clusters(plan: Plan) -> list[ClusterItem]:
    found: list[ClusterItem] = []
    for cluster in plan.clusters:
        broker = " ".join(filter(None, (cluster.product or cluster.type, cluster.version)))
        notes = [] if cluster.reachable else ["could not be read"]
        if cluster.source.value != "live":
            notes.append(cluster.source.value)
        if cluster.unchanged:
            notes.append(f"{cluster.unchanged:,} unchanged")
        if cluster.undeclared:
            notes.append(f"{cluster.undeclared:,} undeclared")
        found.append(ClusterItem(clean(cluster.alias), clean(broker), clean(cluster.endpoint), notes))
    return found
