"""`mqinfra status`: what is on record on each cluster, and who applies now; or who owns what."""

import click

from mqinfra.cli.claims import owner_of
from mqinfra.cli.console import Console
from mqinfra.cli.options import broker_options, environment_option, output_option, talk_options
from mqinfra.cli.output import Target, emit
from mqinfra.cli.recorded import FORMATS, print_statuses
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.engine.inventory.owners import read_owners
from mqinfra.model.exit_code import ExitCode
from mqinfra.render.owners import owners_json, owners_text
from mqinfra.render.records import status_json, status_text


@click.command("status")
@environment_option
@click.option("--owners", is_flag=True, help="Show who owns what: everything on the clusters, of all projects.")
@output_option(*FORMATS, failures=True)
@broker_options
@talk_options
def command(*, where: Where, owners: bool, targets: tuple[Target, ...], timeout: float, talk: Console) -> int:
    """Show, per cluster, the project's records, the rights that they need, the last applies, and who applies now."""
    if owners:
        return _print_owners(where, targets, timeout, talk)
    return print_statuses(where, targets, timeout, talk, status_text, status_json, lock=True)


def _print_owners(where: Where, targets: tuple[Target, ...], timeout: float, talk: Console) -> ExitCode:
    workspace = require_valid(open_workspace(where, timeout=timeout))
    owner = owner_of(workspace)
    found = read_owners(sorted(workspace.loaded.clusters), workspace.opener, owner)
    formats = {"text": lambda: owners_text(owner, found, talk.out_style), "json": lambda: owners_json(owner, found)}
    emit(targets, formats, talk)
    return ExitCode.ERROR if any(cluster.unreachable for cluster in found) else ExitCode.OK
