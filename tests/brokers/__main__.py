"""Real brokers by hand: `python -m tests.brokers up|down|status|install`."""

from __future__ import annotations

import argparse
import sys

from click import echo

from tests.brokers import background
from tests.brokers.errors import BrokerError
from tests.brokers.kafka.node import ADMIN, LIMITED
from tests.brokers.kafka.release import LINES, installed


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
            command.add_argument("--nodes", type=int, choices=(1, 3), default=1 if name == "up" else None)
            command.add_argument("--version", choices=LINES, default=LINES[0] if name == "up" else None)
    arguments = parser.parse_args()
    try:
        _run(arguments)
    except BrokerError as error:
        echo(f"error: {error}", err=True)
        return 1
    return 0


def _run(arguments: argparse.Namespace) -> None:
    match arguments.command:
        case "install":
            for line in LINES:
                release = installed(line)
                echo(f"Kafka {release.version} is in {release.jars}")
        case "up":
            _show(background.up(arguments.version, arguments.nodes))
        case "down":
            for stopped in background.down(arguments.version, arguments.nodes):
                echo(f"{stopped.name} is stopped")
        case _:
            for known in background.running():
                _show(known)


def _show(cluster: background.Running) -> None:
    alive = len(cluster.alive)
    echo(f"{cluster.name}: Kafka {cluster.version}, {alive} of {len(cluster.pids)} nodes run, pids {cluster.pids}")
    echo(f"  plaintext (super user)  {cluster.bootstrap}")
    echo(f"  SASL_PLAINTEXT, SCRAM   {cluster.sasl_bootstrap}")
    echo(f"  SASL_SSL, SCRAM         {cluster.tls_bootstrap}  CA {cluster.ca_file}")
    users = ", ".join(f"{user.name}/{user.password}" for user in (ADMIN, LIMITED))
    echo(f"  users                   {users} (the first is a super user, the other has no rights)")


if __name__ == "__main__":
    sys.exit(main())
