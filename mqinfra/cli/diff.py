"""`mqinfra diff`: what would change in one environment if it equalled another."""

from pathlib import Path

import click

from mqinfra.cli.completion import complete_environment
from mqinfra.cli.console import Console
from mqinfra.cli.exporting import live_resources
from mqinfra.cli.options import (
    CLUSTERS_VARIABLE,
    broker_options,
    output_option,
    selection_options,
    talk_options,
)
from mqinfra.cli.output import Target, emit
from mqinfra.cli.planning import parse_options
from mqinfra.cli.reading import read_everything
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import Workspace, open_workspace, require_valid
from mqinfra.engine.promotion import Seen, Side, declared_side, live_side, promotion
from mqinfra.engine.selection import Selection
from mqinfra.model.diagnostic import has_errors
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.promotion import Promotion
from mqinfra.providers.base.catalogue import installed
from mqinfra.render.promotion import promotion_json, promotion_text

FORMATS = ("text", "json", "markdown")


@click.command("diff")
@click.argument("source", metavar="ENV", shell_complete=complete_environment)
@click.argument("target", metavar="ENV", shell_complete=complete_environment)
@click.option("--live", is_flag=True, help="Compare what is on the clusters, in the project's scope.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when the two differ.")
@click.option(
    "--clusters",
    type=click.Path(path_type=Path),
    envvar=CLUSTERS_VARIABLE,
    metavar="FILE",
    help="Clusters file to use in place of the project's own; also MQINFRA_CLUSTERS.",
)
@selection_options
@output_option(*FORMATS, failures=True)
@broker_options
@talk_options
def command(
    *,
    source: str,
    target: str,
    live: bool,
    detailed_exitcode: bool,
    clusters: Path | None,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    targets: tuple[Target, ...],
    timeout: float,
    talk: Console,
) -> int:
    """Show what would change in the second environment if it equalled the first: `diff staging prod`.

    Manifests are compared, and no cluster is looked at without --live. Names are those of the manifests, so that the
    `names` of an environment are no difference.
    """
    selection = parse_options(select, exclude, ()).selection
    one, other = (
        require_valid(open_workspace(Where(name, clusters, None), timeout=timeout, real_names=live))
        for name in (source, target)
    )
    if live:
        here, there = _live(one, selection, talk), _live(other, selection, talk)
        first, second = one.loaded.desired, other.loaded.desired
        sides = live_side(first, here, second, there), live_side(second, there, first, here)
    else:
        sides = _declared(one, selection), _declared(other, selection)
    found = promotion(*sides, installed(), live=live)
    emit(
        targets,
        {
            "text": lambda: promotion_text(found, talk.out_style),
            "json": lambda: promotion_json(found),
            "markdown": lambda: _markdown(found),
        },
        talk,
    )
    return ExitCode.PENDING if detailed_exitcode and found.resources else ExitCode.OK


def _declared(workspace: Workspace, selection: Selection) -> Side:
    desired = workspace.loaded.desired
    side = declared_side(desired)
    return Side(
        desired,
        {
            address: item
            for address, item in side.resources.items()
            if item.declaration is not None
            and selection.covers(
                address, desired.clusters[address.cluster], item.declaration.labels, item.declaration.span.file
            )
        },
    )


def _live(workspace: Workspace, selection: Selection, talk: Console) -> Seen:
    """What is there in the project's scope; a difference with something that could not be read would be none.

    Raises:
        UserError: something could not be read.
    """
    desired = workspace.loaded.desired
    narrowed = selection.under(desired.names)
    snapshots, found = read_everything(workspace, narrowed)
    if has_errors(found):
        raise UserError(found)
    talk.diagnostics(found)
    chosen, _ = live_resources(workspace, snapshots, narrowed)
    return {
        address: (spec, snapshots[address.cluster].reading.resources[address].inherited)
        for address, spec, _, _ in chosen
    }


def _markdown(found: Promotion) -> str:
    from mqinfra.render.promotion import promotion_markdown  # noqa: PLC0415 - only where the format is asked for

    return promotion_markdown(found)
