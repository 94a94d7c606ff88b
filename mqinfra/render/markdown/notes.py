"""What a comment says besides changes: the clusters, what was found, what was left alone or not compared."""

from collections import defaultdict

from mqinfra.model.address import Address, AddressError
from mqinfra.model.event import Report
from mqinfra.model.label import name_of
from mqinfra.model.plan import Plan
from mqinfra.render.events import disconnected_lines
from mqinfra.render.leftovers_text import leftover_lines, unchecked_lines
from mqinfra.render.plan_text import cluster_header, uncompared_lines, undeclared_lines
from mqinfra.render.terminal import Style, clean
from mqinfra.render.view.changes import Problem
from mqinfra.render.view.names import joined_names
from mqinfra.render.view.places import joined_places
from mqinfra.render.view.plan import PlanView

_STYLE = Style(width=120)
_MOST = 20


def found_lines(view: PlanView) -> list[str]:
    """What was found while planning, without what blocks changes, which stands with them; findings alike as one."""
    told = {at for change in view.changes for at in change.problems}
    alike: dict[tuple[object, ...], list[Problem]] = defaultdict(list)
    for at, one in enumerate(view.problems):
        if at not in told:
            alike[one.severity, one.code, _nameless(one)].append(one)
    lines: list[str] = []
    for some in alike.values():
        first = some[0]
        others = joined_names([_name(one) for one in some[1:]], most=_MOST) if len(some) > 1 else ""
        places = joined_places([one.place.rpartition(":")[0] for one in some])
        also = f"; also for {others}" if others else ""
        text = f"{first.severity} {first.code}: {first.message}{also}  {places}".rstrip()
        lines += _STYLE.wrap(text)
    return lines


def rest_lines(plan: Plan) -> list[str]:
    """The clusters, what the plan leaves as it is, and what it could not compare."""
    lines: list[str] = []
    for cluster in plan.clusters:
        unchanged = f"; {cluster.unchanged:,} unchanged" if cluster.unchanged else ""
        lines += [" ".join(cluster_header(cluster, Style(width=1000))) + unchanged]
    lines += undeclared_lines(plan.undeclared_keys, _STYLE, most=_MOST)
    lines += uncompared_lines(plan.uncompared, _STYLE, most=_MOST)
    lines += leftover_lines(plan.undeclared, _STYLE, full=False, see=" (`mqinfra plan --undeclared` lists them)")
    lines += unchecked_lines(plan.unchecked, _STYLE, full=False)
    return lines


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


def _name(one: Problem) -> str:
    try:
        return clean(name_of(Address.parse(one.address)))
    except AddressError:  # a cluster, `ALIAS (host:port)`, or nothing
        return one.address or one.place


def _nameless(one: Problem) -> str:
    """The message as it would be for a resource of another name."""
    name = _name(one)
    return one.message.replace(f"`{name}`", "``") if name else one.message
