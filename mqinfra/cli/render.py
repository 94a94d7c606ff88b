"""`mqinfra render`: the manifests of an environment with defaults, variables, overrides and sugar worked in."""

from collections.abc import Mapping

import click

from mqinfra.cli.console import Console
from mqinfra.cli.options import environment_option, output_option, selection_options, talk_options
from mqinfra.cli.output import Target, emit
from mqinfra.cli.planning import parse_options
from mqinfra.cli.selecting import require_matches
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.manifest.provenance import provenance
from mqinfra.manifest.writer import Notes, write_topology
from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Desired
from mqinfra.model.exit_code import ExitCode
from mqinfra.render.terminal import clean

FORMATS = ("yaml", "json")


@click.command("render")
@environment_option
@selection_options
@click.option("--explain", is_flag=True, help="Say behind every value which line gave it.")
@output_option(*FORMATS)
@talk_options
def command(
    *,
    where: Where,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    explain: bool,
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
    chosen = {
        address: item
        for address, item in desired.declarations.items()
        if selection.covers(address, desired.clusters[address.cluster], item.labels, item.span.file)
    }

    def yaml() -> str:
        return write_topology(
            desired.project,
            [(address, item.spec, item.labels, item.lifecycle) for address, item in chosen.items()],
            desired.clusters,
            placements=workspace.placements,
            defaults=workspace.loaded.defaults,
            notes={address: _notes(item) for address, item in chosen.items()} if explain else {},
            promises={address: item.promises for address, item in chosen.items()},
        )

    emit(targets, {"yaml": yaml, "json": lambda: _json(desired, chosen)}, talk, default="yaml")
    return ExitCode.OK


def _notes(item: Declaration) -> Notes:
    """Which line gave each value, and declares the resource."""
    origins = "; ".join(f"{one.span.file}:{one.span.line}" + (f", {one.by}" if one.by else "") for one in item.origins)
    return {(): clean(origins), **{path: clean(one.text) for path, one in provenance(item).items()}}


def _json(desired: Desired, chosen: Mapping[Address, Declaration]) -> str:
    from mqinfra.render.rendered import Given, rendered_json  # noqa: PLC0415 - only where the format is asked for

    return rendered_json(
        desired,
        (
            (address, item, [Given(path, one.span, one.by) for path, one in provenance(item).items()])
            for address, item in chosen.items()
        ),
    )
