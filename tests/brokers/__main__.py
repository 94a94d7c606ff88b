"""Real brokers by hand: `python -m tests.brokers up|down|status|install`."""

from __future__ import annotations

import argparse
import sys

from click import echo

from tests.brokers import background, faketime
from tests.brokers.errors import BrokerError
from tests.brokers.kafka import release as kafka
from tests.brokers.lines import Line
from tests.brokers.prometheus import redis_exporter
from tests.brokers.prometheus import release as prometheus
from tests.brokers.rabbitmq import release as rabbitmq
from tests.brokers.redis import release as redis
from tests.brokers.redis.topology import TOPOLOGIES
from tests.brokers.registry import release as registry
from tests.browser import chromium

_LINES = {"kafka": kafka.LINES, "rabbitmq": rabbitmq.LINES, "redis": redis.LINES, "registry": registry.LINES}


_DEFAULTS = {
    "kafka": kafka.LINES[0],
    "rabbitmq": rabbitmq.DEFAULT,
    "redis": redis.DEFAULT,
    "registry": registry.DEFAULT,
}
_FORMS = {"kafka": "1", "rabbitmq": "1", "redis": TOPOLOGIES[0], "registry": "1"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.brokers", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("up", "start a cluster in the background"),
        ("down", "stop the clusters in the background"),
        ("status", "show them"),
        ("install", "fetch every broker's software"),
    ):
        command = commands.add_parser(name, help=text)
        if name in ("up", "down"):
            command.add_argument("--broker", choices=_LINES, default="kafka" if name == "up" else None)
            command.add_argument("--version", choices=[line for lines in _LINES.values() for line in lines])
            command.add_argument("--nodes", dest="form", choices=("1", "3"), default="", help="Kafka's and RabbitMQ's")
            command.add_argument("--topology", dest="form", choices=TOPOLOGIES, default="", help="Redis's")
        if name == "install":
            command.add_argument("--matrix", action="store_true", help="what only the matrix tests need, too")
    arguments = parser.parse_args()
    if arguments.command == "up" and arguments.version not in (None, *_LINES[arguments.broker]):
        parser.error(f"{arguments.broker} has the versions {', '.join(_LINES[arguments.broker])}")
    try:
        _run(arguments)
    except BrokerError as error:
        echo(f"error: {error}", err=True)
        return 1
    return 0


def _run(arguments: argparse.Namespace) -> None:
    match arguments.command:
        case "install":
            _install(matrix=arguments.matrix)
        case "up":
            release = arguments.version or _DEFAULTS[arguments.broker]
            _show(background.up(Line(arguments.broker, release, form=arguments.form or _FORMS[arguments.broker])))
        case "down":
            for stopped in background.down(arguments.broker, arguments.version, arguments.form):
                echo(f"{stopped.name} is stopped")
        case _:
            for known in background.running():
                _show(known)


def _install(*, matrix: bool) -> None:
    for line in kafka.LINES:
        release = kafka.installed(line)
        echo(f"Kafka {release.version} is in {release.jars}")
    for line in rabbitmq.LINES if matrix else (rabbitmq.DEFAULT, rabbitmq.NEWEST):
        rabbit = rabbitmq.installed(line)
        echo(f"{rabbit.title} is in {rabbit.home}")
    for line in redis.LINES if matrix else (redis.DEFAULT,):
        server = redis.installed(line)
        echo(f"{server.title} is {server.server[-1]}")
    for line in registry.LINES:
        apicurio = registry.installed(line)
        echo(f"{apicurio.title} is in {apicurio.home}")
    echo(f"libfaketime is {faketime.installed()}")
    echo(f"Prometheus is in {prometheus.installed()}")
    if matrix:
        echo(f"redis_exporter is in {redis_exporter.installed()}")
        echo(f"Chromium is in {chromium.installed()}")


def _show(cluster: background.Running) -> None:
    echo(f"{cluster.name}: {cluster.title}, {len(cluster.alive)} of {len(cluster.pids)} nodes run, pids {cluster.pids}")
    for what, where in cluster.endpoints.items():
        echo(f"  {what:<24}{where}")


if __name__ == "__main__":
    sys.exit(main())
