"""`mqinfra snapshot`: save what is live, to plan against it without a cluster."""

from datetime import UTC, datetime

import click

from mqinfra.cli.console import Console
from mqinfra.cli.options import broker_options, environment_option, output_option, talk_options
from mqinfra.cli.output import Target, emit
from mqinfra.cli.reading import read_everything
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.model.diagnostic import has_errors
from mqinfra.model.exit_code import ExitCode
from mqinfra.providers.base.snapshot_file import to_json
from mqinfra.render.json_text import printable_json

FORMATS = ("json",)


@click.command("snapshot")
@environment_option
@click.option("--figures", is_flag=True, help="Also count messages and consumers, which deletes need.")
@output_option(*FORMATS)
@broker_options
@talk_options
def command(
    *,
    where: Where,
    figures: bool,
    targets: tuple[Target, ...],
    timeout: float,
    talk: Console,
) -> int:
    """Save what is live: `mqinfra snapshot -o json=live.json`, then `mqinfra plan --against live.json`."""
    workspace = require_valid(open_workspace(where, timeout=timeout))
    taken = datetime.now(UTC)
    snapshots, found = read_everything(workspace, figures=figures, records=True)
    talk.diagnostics(found)
    emit(targets, {"json": lambda: printable_json(to_json(snapshots, taken))}, talk, default="json")
    return ExitCode.ERROR if has_errors(found) else ExitCode.OK
