"""Serving metrics until somebody stops it: what `monitor export` does once its options are read."""

import ssl
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from mqinfra import __version__
from mqinfra.cli.console import Console
from mqinfra.cli.monitoring.listening import LISTEN
from mqinfra.cli.planning import planned
from mqinfra.cli.workspace import Workspace
from mqinfra.engine.planning.options import Options as PlanOptions
from mqinfra.model.change import Action
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.frozen import dataclass
from mqinfra.monitor.exporter.exposition import Exposition
from mqinfra.monitor.exporter.keeper import Drift, Keeper, Rhythm, Sources
from mqinfra.monitor.exporter.server import Endpoint, Login, MetricsServer
from mqinfra.monitor.watch import Watch, by_cluster
from mqinfra.providers.base.connecting.addresses import is_loopback, joined
from mqinfra.providers.base.disk import reason
from mqinfra.providers.base.monitoring.watched import Watched
from mqinfra.render.verification.json_form import read_verification

_TOO_OLD = 3
"""Looks that may fail before what was seen is too old to be shown."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for.

    Attributes:
        host: where to listen.
        port: the port.
        interval: seconds between two looks.
        drift_every: seconds between two plans; 0 for none.
        verified: file of the last verification's report.
        partitions: a series for each partition.
        login: user and password; None for everybody.
        tls: the certificate; None for plain HTTP.
    """

    host: str
    port: int
    interval: float
    drift_every: float
    verified: Path | None
    partitions: bool
    login: tuple[str, str] | None
    tls: ssl.SSLContext | None


def serve(workspace: Workspace, watched: Mapping[str, Sequence[Watched]], wanted: Wanted, talk: Console) -> ExitCode:
    """Look, plan and serve, until the process is stopped.

    Args:
        workspace: the environment.
        watched: what is watched, by cluster.
        wanted: how.
        talk: the console.

    Raises:
        UserError: the address can't be listened on.
    """
    exposition = Exposition(__version__, _TOO_OLD * wanted.interval, partitions=wanted.partitions)
    with closing(Watch(by_cluster(watched, workspace.loaded.desired.clusters, workspace.opener))) as watch:
        sources = Sources(watch, lambda: _drift(workspace, talk), read_verification, wanted.verified)
        keeper = Keeper(sources, exposition, Rhythm(wanted.interval, wanted.drift_every), talk.error)
        login = Login(*wanted.login) if wanted.login is not None else None
        endpoint = Endpoint(
            wanted.host, wanted.port, exposition, lambda: keeper.alive, lambda: keeper.ready, login, wanted.tls
        )
        _until_stopped(keeper, _listening(endpoint), talk)
    return ExitCode.OK


def _listening(endpoint: Endpoint) -> MetricsServer:
    try:
        return MetricsServer(endpoint)
    except OSError as error:
        where = joined(endpoint.host, endpoint.port)
        raise UserError([LISTEN.at(f"{where} can't be listened on: {reason(error)}")]) from None


def _until_stopped(keeper: Keeper, server: MetricsServer, talk: Console) -> None:
    endpoint = server.endpoint
    if endpoint.login is not None and endpoint.tls is None and not is_loopback(endpoint.host):
        talk.error("the password goes over the network in plain text: give --tls-cert and --tls-key, too")
    talk.info(f"serving metrics at {server.url}")
    keeper.start()
    thread = threading.Thread(target=server.serve_forever, name="serve", daemon=True)
    thread.start()
    try:
        thread.join()
    except KeyboardInterrupt:  # also SIGTERM: how a service is stopped
        talk.info("stopped")
    finally:
        server.shutdown()
        server.server_close()
        keeper.stop()


def _drift(workspace: Workspace, talk: Console) -> Drift:
    """What a plan would change, by cluster and action; 0 where a cluster was read and nothing would change."""
    try:
        with planned(workspace, PlanOptions(rights=False)) as found:
            plan = found.plan
    except UserError as error:
        talk.diagnostics(error.diagnostics)
        return {}
    number = Counter((change.address.cluster, change.action) for change in plan.changes)
    return {
        cluster.alias: {action.value: number[cluster.alias, action] for action in Action}
        for cluster in plan.clusters
        if cluster.reachable
    }
