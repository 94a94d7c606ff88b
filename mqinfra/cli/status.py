"""`mqinfra status`: what is on record on each cluster, and who applies now."""

import click

from mqinfra.cli.claims import owner_of
from mqinfra.cli.console import Console
from mqinfra.cli.options import broker_options, environment_option, output_option, talk_options
from mqinfra.cli.output import Target, emit
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.engine.inventory.status import read_statuses
from mqinfra.model.cluster_status import ClusterStatus
from mqinfra.model.exit_code import ExitCode
from mqinfra.render.records import status_json, status_text

FORMATS = ("text", "json")


@click.command("status")
@environment_option
@output_option(*FORMATS, failures=True)
@broker_options
@talk_options
def command(*, where: Where, targets: tuple[Target, ...], timeout: float, talk: Console) -> int:
    """Show, per cluster, the project's records, the rights that they need, the last applies, and who applies now."""
    workspace = require_valid(open_workspace(where, timeout=timeout))
    owner = owner_of(workspace)
    found: tuple[ClusterStatus, ...] = read_statuses(sorted(workspace.loaded.clusters), workspace.opener, owner)
    emit(
        targets,
        {"text": lambda: status_text(owner, found, talk.out_style), "json": lambda: status_json(owner, found)},
        talk,
    )
    return ExitCode.ERROR if any(status.unreachable for status in found) else ExitCode.OK
