"""What a comment says besides changes: the clusters, what was found, what was left alone or not compared."""

from collections import defaultdict

from mqinfra.model.diagnostic import Severity
from mqinfra.model.event import Report
from mqinfra.model.plan import Plan, PlanCluster
from mqinfra.model.reading import Source
from mqinfra.render.events import disconnected_lines
from mqinfra.render.leftovers_text import leftover_lines, unchecked_lines, without_lines
from mqinfra.render.plan_text import uncompared_lines, undeclared_lines
from mqinfra.render.terminal import Style, clean, plural
from mqinfra.render.view.blocked import blocking_text
from mqinfra.render.view.changes import Problem, name_at
from mqinfra.render.view.entries import shared_folder
from mqinfra.render.view.names import joined_names
from mqinfra.render.view.places import joined_places
from mqinfra.render.view.plan import PlanView

_STYLE = Style(width=120)
_MOST = 20
_SENTENCE = 40


def found_lines(view: PlanView) -> list[str]:
    """What was found while planning, in short, without what blocks changes and stands with them; alike as one."""
    told = {at for change in view.changes for at in change.problems}
    blocking = {text for change in view.changes for text in change.blocked}
    folder = shared_folder([change.where for change in view.changes if change.where])
    alike: dict[tuple[object, ...], list[Problem]] = defaultdict(list)
    for at, one in enumerate(view.problems):
        if at not in told and blocking_text(one.code, one.message) not in blocking:
            alike[one.severity, one.code, _nameless(one)].append(one)
    lines: list[str] = []
    for some in alike.values():
        first = some[0]
        names = [name for one in some if (name := name_at(one.address))]
        text = _in_short(first)
        if names and (len(some) > 1 or f"`{names[0]}`" not in text):
            text += f": {joined_names(names, most=_MOST)}"
        places = joined_places([one.place.rpartition(":")[0].removeprefix(folder) for one in some])
        lines += _STYLE.wrap(f"{first.severity} {first.code}: {text}  {places}".rstrip())
        for said in first.help if first.severity == Severity.ERROR else ():
            lines += _STYLE.wrap(f"help: {said}", indent=2)
    return lines


def _in_short(one: Problem) -> str:
    """The first part of a sentence, where that is one by itself; all of an error."""
    first, colon, _ = one.message.partition(": ")
    short = colon and one.severity != Severity.ERROR and len(first) >= _SENTENCE
    return first if short else one.message


def rest_lines(plan: Plan) -> list[str]:
    """The clusters, what the plan leaves as it is, and what it could not compare."""
    lines: list[str] = []
    for cluster in plan.clusters:
        lines += _STYLE.wrap(_cluster(cluster))
    lines += undeclared_lines(plan.undeclared_keys, _STYLE, most=_MOST)
    lines += uncompared_lines(plan.uncompared, _STYLE, most=_MOST)
    lines += without_lines(plan, _STYLE)
    lines += leftover_lines(plan.undeclared, _STYLE, full=False, see=" (`mqinfra plan --undeclared` lists them)")
    lines += unchecked_lines(plan.unchecked, _STYLE, full=False)
    return lines


def _cluster(cluster: PlanCluster) -> str:
    """Which cluster is meant, well enough to notice the wrong one."""
    parts = [f"{cluster.alias}: {cluster.product or cluster.type} {cluster.version}".rstrip()]
    parts += [plural(cluster.brokers, "broker")] if cluster.brokers else []
    live = cluster.source is Source.LIVE
    parts += [text for text in (cluster.endpoint, f"id {cluster.cluster_id}") if live and text.removeprefix("id ")]
    parts += [] if live else ["sandbox" if cluster.source is Source.SANDBOX else "snapshot, not live"]
    parts += [f"{cluster.unchanged:,} unchanged"] if cluster.unchanged else []
    return clean(", ".join([*parts, *([] if cluster.reachable else ["could not be read"])]))


def report_lines(report: Report) -> list[str]:
    """What went wrong beside the changes, and which connections were closed."""
    lines: list[str] = []
    for warning in report.warnings:
        lines += _STYLE.wrap(f"warning: {clean(warning.cluster)}: {clean(warning.message)}")
        for text in warning.help:
            lines += _STYLE.wrap(f"help: {clean(text)}", indent=2)
    for event in report.disconnected:
        for line in disconnected_lines(event):
            lines += _STYLE.wrap(line)
    return lines


def _nameless(one: Problem) -> str:
    """The message as it would be for a resource of another name."""
    name = name_at(one.address)
    return one.message.replace(f"`{name}`", "``") if name else one.message
