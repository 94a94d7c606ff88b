"""`mqinfra monitor export`: an endpoint from which Prometheus reads lag, health, drift and the last verification."""

from pathlib import Path

import click

from mqinfra.cli.console import Console
from mqinfra.cli.monitoring.listening import LISTEN, read_address, read_context, read_password
from mqinfra.cli.monitoring.selected import watched_by_cluster
from mqinfra.cli.options import Duration, broker_options, environment_option, selection_options, talk_options
from mqinfra.cli.parameters import ExistingFile
from mqinfra.cli.planning import parse_options
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.model.errors import UserError
from mqinfra.monitor.metrics import PORT

_LIBRARY = "prometheus_client"


@click.command("export", short_help="Serve metrics of what is declared to Prometheus.")
@environment_option
@selection_options
@click.option(
    "--listen",
    default=f"127.0.0.1:{PORT}",
    show_default=True,
    metavar="HOST:PORT",
    help=f"Where to listen; [::]:{PORT} and 0.0.0.0:{PORT} are everywhere.",
)
@click.option(
    "--interval",
    type=Duration(),
    default="15s",
    show_default=True,
    metavar="DURATION",
    help="Time between two looks at the clusters; scrapes read nothing from them.",
)
@click.option(
    "--drift-every",
    type=Duration(),
    default="10m",
    show_default=True,
    metavar="DURATION",
    help="Time between two plans, whose changes are counted; 0s for none.",
)
@click.option(
    "--verified",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The report that `verify -o json=FILE` writes, which is read again when it changes.",
)
@click.option(
    "--partitions", is_flag=True, help="A series for each partition, in place of one for each group and topic."
)
@click.option("--username", metavar="NAME", help="Who may read metrics; with --password-file.")
@click.option("--password-file", type=ExistingFile(), metavar="FILE", help="The password, as the file's only line.")
@click.option(
    "--tls-cert", type=ExistingFile(), metavar="FILE", help="Serve HTTPS with this certificate; with --tls-key."
)
@click.option("--tls-key", type=ExistingFile(), metavar="FILE", help="The certificate's key.")
@broker_options
@talk_options
def command(
    *,
    where: Where,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    listen: str,
    interval: float,
    drift_every: float,
    verified: Path | None,
    partitions: bool,
    username: str | None,
    password_file: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    timeout: float,
    talk: Console,
) -> int:
    """Serve what is known of everything that is declared at /metrics, until it is stopped.

    A cluster that is down is a metric, and what is not known is missing. /-/healthy and /-/ready tell how the endpoint
    itself is doing. Manifests are read once: start it anew when they change.
    """
    if (username is None) != (password_file is None):
        raise click.UsageError("--username and --password-file go together")
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key go together")
    if interval < 1:
        raise click.UsageError("--interval must be 1s at least")
    host, port = read_address(listen)
    login = (username, read_password(password_file)) if username is not None and password_file is not None else None
    context = read_context(tls_cert, tls_key) if tls_cert is not None and tls_key is not None else None
    workspace = require_valid(open_workspace(where, timeout=timeout))
    selection = parse_options(select, exclude, ()).selection
    watched = watched_by_cluster(workspace, selection)
    try:
        from mqinfra.cli.monitoring.serving import Wanted, serve  # noqa: PLC0415 - needs an optional library
    except ModuleNotFoundError as error:
        if error.name != _LIBRARY:
            raise
        install = "python -m pip install 'mqinfra[monitor]'"
        raise UserError([LISTEN.at(f"the library `{_LIBRARY}` is not installed", help=install)]) from None
    return serve(
        workspace, watched, Wanted(host, port, interval, drift_every, verified, partitions, login, context), talk
    )
