"""`mqinfra history`: the last applies of the project, on every cluster."""

import click

from mqinfra.cli.claims import owner_of
from mqinfra.cli.console import Console
from mqinfra.cli.options import broker_options, environment_option, output_option, talk_options
from mqinfra.cli.output import Target, emit
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.engine.inventory.status import read_statuses
from mqinfra.model.exit_code import ExitCode
from mqinfra.render.records import history_json, history_text

FORMATS = ("text", "json")


@click.command("history")
@environment_option
@output_option(*FORMATS, failures=True)
@broker_options
@talk_options
def command(*, where: Where, targets: tuple[Target, ...], timeout: float, talk: Console) -> int:
    """List the last applies, the newest first: who, when, which plan, and how it ended."""
    workspace = require_valid(open_workspace(where, timeout=timeout))
    owner = owner_of(workspace)
    found = read_statuses(sorted(workspace.loaded.clusters), workspace.opener, owner, lock=False)
    emit(
        targets,
        {"text": lambda: history_text(found, talk.out_style), "json": lambda: history_json(owner, found)},
        talk,
    )
    return ExitCode.ERROR if any(status.unreachable for status in found) else ExitCode.OK
