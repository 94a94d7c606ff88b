"""`mqinfra graph`: a picture of what the manifests declare, or of a saved plan."""

from pathlib import Path

import click

from mqinfra.cli.console import Console
from mqinfra.cli.options import environment_option, output_option, selection_options, talk_options
from mqinfra.cli.output import Target, emit
from mqinfra.cli.parameters import ExistingFile
from mqinfra.cli.pictures import layout_missing
from mqinfra.cli.planning import parse_options
from mqinfra.cli.saved import PLAN_FILE, read_plan
from mqinfra.cli.selecting import refuse, unmatched
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.engine.selection import Selection
from mqinfra.engine.topology import around as near
from mqinfra.engine.topology import declared_topology, part
from mqinfra.model.address import Address, AddressError
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.selector_hint import Subject
from mqinfra.model.setting import suggestion
from mqinfra.model.topology import Topology
from mqinfra.render.graph.dot import render_dot
from mqinfra.render.graph.layout import LayoutMissingError
from mqinfra.render.graph.mermaid import render_mermaid
from mqinfra.render.graph.picture import Picture, picture

FORMATS = ("mermaid", "dot", "svg")


@click.command("graph")
@click.argument("plan_file", required=False, type=ExistingFile())
@environment_option
@selection_options
@click.option("--around", metavar="ADDRESS", help="Only this resource and its neighbours.")
@click.option(
    "--steps", type=click.IntRange(1, 20), default=1, show_default=True, help="With --around: how far to follow lines."
)
@output_option(*FORMATS)
@talk_options
def command(
    *,
    plan_file: Path | None,
    where: Where,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    around: str | None,
    steps: int,
    targets: tuple[Target, ...],
    talk: Console,
) -> int:
    """Draw what is declared or planned, as Mermaid, DOT or SVG.

    Without PLAN_FILE it draws what the manifests declare, and no cluster is looked at. Of a plan that was saved with
    `mqinfra plan --topology -o json=FILE`, it draws what is there and what changes.
    """
    selection = parse_options(select, exclude, ()).selection
    topology, brokers = _saved(plan_file) if plan_file is not None else _declared(where, talk)
    topology = _narrowed(topology, brokers, selection)
    if around is not None:
        topology = near(topology, _address(around, topology), steps)
    drawn = picture(topology)
    title = f"topology of {plan_file.name}" if plan_file is not None else "topology"
    emit(
        targets,
        {
            "mermaid": lambda: render_mermaid(drawn),
            "dot": lambda: render_dot(drawn),
            "svg": lambda: _svg(drawn, title),
        },
        talk,
        default="mermaid",
    )
    return ExitCode.OK


def _svg(drawn: Picture, title: str) -> str:
    from mqinfra.render.graph.scene import scene  # noqa: PLC0415 - only where the format is asked for
    from mqinfra.render.graph.svg import render_svg  # noqa: PLC0415 - as above

    try:
        return render_svg(scene(drawn), title)
    except LayoutMissingError as error:
        raise layout_missing(error) from None


def _declared(where: Where, talk: Console) -> tuple[Topology, dict[str, str]]:
    workspace = require_valid(open_workspace(where))
    talk.diagnostics(workspace.loaded.diagnostics)
    desired = workspace.loaded.desired
    return declared_topology(desired, workspace.catalogue), dict(desired.clusters)


def _saved(path: Path) -> tuple[Topology, dict[str, str]]:
    plan = read_plan(path)
    if plan.topology is None:
        help_text = f"save it with its topology: `mqinfra plan --topology -o json={path}`"
        raise UserError([PLAN_FILE.at(f"`{path}` holds changes but no topology to draw", help=help_text)])
    return plan.topology, {cluster.alias: cluster.type for cluster in plan.clusters}


def _narrowed(topology: Topology, brokers: dict[str, str], selection: Selection) -> Topology:
    """Keep what is selected.

    Raises:
        UserError: a selector matches nothing.
    """
    if selection.everything:
        return topology
    boxes: list[Subject] = [
        (node.address, brokers.get(node.address.cluster, ""), node.labels, node.span.file if node.span else "")
        for node in topology.nodes
    ]
    lines: list[Subject] = [(edge.by, brokers.get(edge.by.cluster, ""), edge.labels, "") for edge in topology.edges]
    subjects = [
        (address, f"{broker}/{address.kind}", labels, file) for address, broker, labels, file in (*boxes, *lines)
    ]
    refuse(unmatched(selection, subjects, brokers, where="in the picture"))
    wanted = {box[0] for box in boxes if selection.covers(*box)}
    if selection.select:  # a line that is selected comes with what it joins; one that is only not excluded does not
        wanted |= {line[0] for line in lines if selection.covers(*line)}
    return part(topology, wanted)


def _address(text: str, topology: Topology) -> Address:
    """The resource that is meant.

    Raises:
        click.UsageError: there is none of that address.
    """
    try:
        address = Address.parse(text)
    except AddressError as error:
        raise click.BadParameter(str(error), param_hint="--around") from None
    known = {node.address for node in topology.nodes} | {edge.by for edge in topology.edges}
    if address not in known:
        close = suggestion(text, map(str, known))
        hint = f"; {close}" if close else ""
        raise click.BadParameter(f"`{text}` is not in the picture{hint}", param_hint="--around")
    return address
