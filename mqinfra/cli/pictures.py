"""Pictures on the command line: when a plan gets its topology, and what to say where they can't be laid out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mqinfra.cli.output import Target
from mqinfra.cli.planning import Planned
from mqinfra.cli.workspace import Workspace
from mqinfra.model.code import Code
from mqinfra.model.errors import UserError
from mqinfra.model.plan import Plan

if TYPE_CHECKING:
    from mqinfra.model.event import Report
    from mqinfra.render.graph.layout import LayoutMissingError

HTML = "html"

LAYOUT_MISSING = Code(
    "MQ198",
    "the library that lays pictures out is not installed",
    "`-o svg` and the picture in `-o html` are laid out by Graphviz, by the Python package pygraphviz, which is an "
    "optional part of mqinfra. Mermaid and DOT need no library.",
    bad="python -m pip install mqinfra\nmqinfra graph -o svg=topology.svg\n",
    good="python -m pip install 'mqinfra[pictures]'\nmqinfra graph -o svg=topology.svg\n",
)


def html(plan: Plan, report: "Report | None" = None) -> str:
    """The HTML report of a plan, or of its apply.

    Raises:
        UserError: the library that lays pictures out is not installed.
    """
    from mqinfra.render.graph.layout import LayoutMissingError  # noqa: PLC0415 - only where the format is asked for
    from mqinfra.render.html.report import render_html  # noqa: PLC0415 - as above

    try:
        return render_html(plan, report)
    except LayoutMissingError as error:
        raise layout_missing(error) from None


def with_topology(result: Planned, workspace: Workspace, targets: Sequence[Target], *, asked: bool) -> Plan:
    """A plan as it was made, and where a picture is wanted with what its resources are to each other.

    Args:
        result: the plan with what it was made from.
        workspace: likewise.
        targets: formats that were asked for; the HTML report shows a picture.
        asked: whether the user asked for it.
    """
    if not asked and all(target.format != HTML for target in targets):
        return result.plan
    from mqinfra.engine.topology import planned_topology  # noqa: PLC0415 - only where a picture is asked for

    topology = planned_topology(result.plan, workspace.loaded.desired, result.survey, workspace.catalogue)
    return result.plan.model_copy(update={"topology": topology})


def layout_missing(error: "LayoutMissingError") -> UserError:
    """Say what to install."""
    return UserError([LAYOUT_MISSING.at(str(error), help="python -m pip install 'mqinfra[pictures]'")])
