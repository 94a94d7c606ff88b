"""The load of `verify` on a quorum queue beside RabbitMQ's PerfTest."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

from tests.bench.process import MQINFRA, run
from tests.bench.table import Row
from tests.bench.verification import interleaved, rows, verified
from tests.brokers.rabbitmq.perftest import perftest
from tests.brokers.rabbitmq.release import NEWEST, installed
from tests.brokers.rabbitmq.server import RabbitServer
from tests.brokers.scratch import scratch_folder

_PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: bench}}
manifests: [topology/]
scope: {{rabbitmq: {{wholeCluster: true}}}}
environments:
  bench:
    clusters:
      rabbit: {{type: rabbitmq, url: "{url}", amqp: "{amqp}", username: guest, password: {{file: password}}}}
"""
_TOPOLOGY = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: bench}
rabbitmq:
  vhosts:
    /:
      queues:
        load: {type: quorum}
"""
_AHEAD = 500


def cells(rate: int, seconds: int, times: int) -> list[Row]:
    """Measure on a server of its own how long messages take to a consumer.

    Args:
        rate: messages per second.
        seconds: of each turn of PerfTest; those of mqinfra are about as long.
        times: turns.

    Raises:
        WorkNotDoneError: a turn did not do its work.
    """
    with (
        scratch_folder("bench-verification") as place,
        tempfile.TemporaryDirectory() as name,
        closing(RabbitServer(installed(NEWEST), place)) as server,
    ):
        server.start()
        folder = Path(name)
        _write(folder, server)
        theirs, ours = interleaved(
            lambda _: perftest(server.amqp_port, "perftest", rate, seconds, _AHEAD),
            lambda: verified(folder, rate, seconds, lambda phase: phase.end_to_end),
            times,
        )
    return rows(f"verify beside PerfTest at {rate:,}/s", theirs, ours)


def _write(folder: Path, server: RabbitServer) -> None:
    (folder / "topology").mkdir()
    amqp = f"amqp://{server.host}:{server.amqp_port}"
    (folder / "mqinfra.yaml").write_text(_PROJECT.format(url=server.http_url, amqp=amqp), encoding="utf-8")
    (folder / "password").write_text(server.password, encoding="utf-8")
    (folder / "topology" / "load.yaml").write_text(_TOPOLOGY, encoding="utf-8")
    run([MQINFRA, "apply", "--auto-approve"], folder)
