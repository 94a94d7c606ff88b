"""`mqinfra monitor dashboard`: a dashboard for Grafana from the topology."""

import click

from mqinfra.cli.console import Console
from mqinfra.cli.monitoring.watching import exporter_options, watched_clusters
from mqinfra.cli.options import environment_option, output_option, selection_options, talk_options
from mqinfra.cli.output import Target, emit
from mqinfra.cli.planning import parse_options
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.model.exit_code import ExitCode

GRAFANA = "grafana"


@click.command("dashboard", short_help="Print a dashboard for Grafana.")
@environment_option
@selection_options
@exporter_options
@click.option(
    "--rows-by",
    "rows_by",
    default="",
    metavar="LABEL",
    help="The label of the manifest whose values have a row each; the owner by default.",
)
@output_option(GRAFANA)
@talk_options
def command(
    *,
    where: Where,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    exporters: tuple[str, ...],
    matchers: tuple[str, ...],
    rows_by: str,
    targets: tuple[Target, ...],
    talk: Console,
) -> int:
    """Print a dashboard for Grafana of what is declared, with a row for each owner; no cluster is looked at."""
    # The group imports the files of all its commands, and most runs are of another.
    from mqinfra.monitor.dashboard.grafana import dashboard_text  # noqa: PLC0415
    from mqinfra.monitor.rules.rule_set import About  # noqa: PLC0415

    workspace = require_valid(open_workspace(where))
    desired = workspace.loaded.desired
    selection = parse_options(select, exclude, ()).selection.under(desired.names)
    clusters = watched_clusters(workspace, selection, exporters, matchers)
    about = About(desired.project, desired.environment)
    emit(targets, {GRAFANA: lambda: dashboard_text(about, clusters, rows_by)}, talk, default=GRAFANA)
    return ExitCode.OK
