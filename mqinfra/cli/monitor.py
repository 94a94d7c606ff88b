"""`mqinfra monitor`: how what is declared is doing, and what others need to watch it."""

import click

from mqinfra.cli.monitoring import dashboard, export, rules, status


@click.group("monitor")
def command() -> None:
    """Watch what is declared: lag and health with reasons, metrics, alert rules and dashboards from the topology."""


command.add_command(status.command)
command.add_command(export.command)
command.add_command(rules.command)
command.add_command(dashboard.command)
