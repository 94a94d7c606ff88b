"""`mqinfra monitor`: how what is declared is doing, and what others need to watch it."""

import click

from mqinfra.cli.monitoring import rules


@click.group("monitor")
def command() -> None:
    """Watch what is declared: alert rules from the topology and its promises."""


command.add_command(rules.command)
