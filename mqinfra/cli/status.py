"""`mqinfra status`: what is on record on each cluster, and who applies now."""

import click

from mqinfra.cli.console import Console
from mqinfra.cli.options import broker_options, environment_option, output_option, talk_options
from mqinfra.cli.output import Target
from mqinfra.cli.recorded import FORMATS, print_statuses
from mqinfra.cli.where import Where
from mqinfra.render.records import status_json, status_text


@click.command("status")
@environment_option
@output_option(*FORMATS, failures=True)
@broker_options
@talk_options
def command(*, where: Where, targets: tuple[Target, ...], timeout: float, talk: Console) -> int:
    """Show, per cluster, the project's records, the rights that they need, the last applies, and who applies now."""
    return print_statuses(where, targets, timeout, talk, status_text, status_json, lock=True)
