"""`mqinfra render`: the manifests of an environment with defaults, variables, overrides and sugar worked in."""

import click

from mqinfra.cli.console import Console
from mqinfra.cli.options import environment_option, output_option, selection_options, talk_options
from mqinfra.cli.output import Target, emit
from mqinfra.cli.planning import parse_options
from mqinfra.cli.selecting import require_matches
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.manifest.writer import write_topology
from mqinfra.model.exit_code import ExitCode

FORMATS = ("yaml",)


@click.command("render")
@environment_option
@selection_options
@output_option(*FORMATS)
@talk_options
def command(
    *,
    where: Where,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    targets: tuple[Target, ...],
    talk: Console,
) -> int:
    """Print the expanded manifests of an environment."""
    options = parse_options(select, exclude, ())
    workspace = require_valid(open_workspace(where))
    loaded = workspace.loaded
    desired = loaded.desired
    selection = options.selection.under(desired.names)
    talk.diagnostics(loaded.diagnostics)
    require_matches(selection, desired)
    chosen = [
        (address, item.spec, item.labels, item.lifecycle)
        for address, item in desired.declarations.items()
        if selection.covers(address, desired.clusters[address.cluster], item.labels, item.span.file)
    ]
    text = write_topology(
        desired.project, chosen, desired.clusters, placements=workspace.placements, defaults=workspace.loaded.defaults
    )
    emit(targets, {"yaml": lambda: text}, talk, default="yaml")
    return ExitCode.OK
