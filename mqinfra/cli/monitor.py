"""`mqinfra monitor`: how what is declared is doing, and what others need to watch it."""

import click

from mqinfra.cli.monitoring import rules, status


@click.group("monitor")
def command() -> None:
    """Watch what is declared: lag and health with reasons, and alert rules from the topology and its promises."""


command.add_command(status.command)
command.add_command(rules.command)
