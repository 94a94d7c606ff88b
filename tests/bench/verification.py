"""The load that `verify` offers, beside RabbitMQ's PerfTest at the same rate: both have to see the same broker.

Whoever has few processors measures how the two share them with the server, so turns alternate and the median counts.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

from mqinfra.verify.history import read_history
from mqinfra.verify.load.histogram import Histogram
from mqinfra.verify.load.seen import LATENCY, phase_of
from tests.bench.process import MQINFRA, WorkNotDoneError, run
from tests.bench.table import Row, Target
from tests.brokers.rabbitmq.perftest import Measured, perftest
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
_RATE_APART, _P50_APART = 2.0, 30.0
"""Percent by which the two may differ."""


def cells(rate: int, seconds: int, times: int) -> list[Row]:
    """Measure on a server of its own.

    Args:
        rate: messages per second.
        seconds: of each turn of PerfTest; those of mqinfra are about as long.
        times: turns.

    Raises:
        WorkNotDoneError: a turn did not do its work.
    """
    theirs, ours = list[Measured](), list[Measured]()
    with (
        scratch_folder("bench-verification") as place,
        tempfile.TemporaryDirectory() as name,
        closing(RabbitServer(installed(NEWEST), place)) as server,
    ):
        server.start()
        folder = Path(name)
        _write(folder, server)
        for _ in range(times):
            theirs.append(perftest(server.amqp_port, "perftest", rate, seconds, _AHEAD))
            ours.append(_verified(folder, rate, seconds))
    return rows(rate, theirs, ours)


def rows(rate: int, theirs: Sequence[Measured], ours: Sequence[Measured]) -> list[Row]:
    """Medians beside one another, and how far they are apart in percent."""

    def middle(some: Sequence[Measured], of: Callable[[Measured], float]) -> float:
        return median(of(one) for one in some)

    def apart(of: Callable[[Measured], float]) -> float:
        return abs(middle(ours, of) / middle(theirs, of) - 1) * 100

    what = f"verify beside PerfTest at {rate:,}/s"
    return [
        Row(f"{what}: messages consumed per second", middle(ours, _rate), None, middle(theirs, _rate), ""),
        Row(f"{what}: consumed rates apart", apart(_rate), Target(extra=_RATE_APART), None, "%"),
        Row(f"{what}: p50", middle(ours, _p50), None, middle(theirs, _p50), "ms"),
        Row(f"{what}: p50 apart", apart(_p50), Target(extra=_P50_APART), None, "%"),
        Row(f"{what}: p99", middle(ours, _p99), None, middle(theirs, _p99), "ms"),
    ]


def _write(folder: Path, server: RabbitServer) -> None:
    (folder / "topology").mkdir()
    amqp = f"amqp://{server.host}:{server.amqp_port}"
    (folder / "mqinfra.yaml").write_text(_PROJECT.format(url=server.http_url, amqp=amqp), encoding="utf-8")
    (folder / "password").write_text(server.password, encoding="utf-8")
    (folder / "topology" / "load.yaml").write_text(_TOPOLOGY, encoding="utf-8")
    run([MQINFRA, "apply", "--auto-approve"], folder)


def _verified(folder: Path, rate: int, seconds: int) -> Measured:
    """One run of the check of latencies; a bound that holds lets it end with 0."""
    history = folder / "history.jsonl.gz"
    # Two fifths of what a procedure has go for latencies, after the stretches that come before.
    limit = ("--limit", f"{10 + 5 * seconds // 2}s", "--only", "V28")
    load = ("--throughput", str(rate), "--latency", "p50=60s", "--history", str(history))
    run([MQINFRA, "verify", "-q", *limit, *load], folder, within=600)
    phase = phase_of([operation for _, _, operation in read_history(history)], LATENCY)
    if phase is None:
        raise WorkNotDoneError("the run measured no latencies")
    latencies = Histogram(phase.end_to_end)
    p50, p99 = latencies.quantile("p50"), latencies.quantile("p99")
    if p50 is None or p99 is None:
        raise WorkNotDoneError(f"{latencies.count:,} messages are too few for a p99")
    return Measured(phase.rate, p50, p99)


def _rate(one: Measured) -> float:
    return one.rate


def _p50(one: Measured) -> float:
    return one.p50


def _p99(one: Measured) -> float:
    return one.p99
