"""`mqinfra history`: the last applies of the project, on every cluster."""

import click

from mqinfra.cli.console import Console
from mqinfra.cli.options import broker_options, environment_option, output_option, talk_options
from mqinfra.cli.output import Target
from mqinfra.cli.recorded import FORMATS, print_statuses
from mqinfra.cli.where import Where
from mqinfra.render.records import history_json, history_text


@click.command("history")
@environment_option
@output_option(*FORMATS, failures=True)
@broker_options
@talk_options
def command(*, where: Where, targets: tuple[Target, ...], timeout: float, talk: Console) -> int:
    """List the last applies, the newest first: who, when, which plan, and how it ended."""
    return print_statuses(where, targets, timeout, talk, history_text, history_json, lock=False)
