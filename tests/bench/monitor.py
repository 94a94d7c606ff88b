"""`monitor status` against the raw clients doing the same reads: many queues, and many groups."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import kafka_clients
from tests.bench.kafka import broker
from tests.bench.process import Ran, Spent, WorkNotDoneError, mqinfra, script
from tests.bench.rabbitmq import Bench, bench_server, write_project
from tests.bench.rabbitmq_raw import Job
from tests.bench.table import Row, plan_target

_READS = 3


def queue_cells(queues: int) -> list[Row]:
    """Measure a look at so many queues."""
    with bench_server() as server, tempfile.TemporaryDirectory() as name:
        bench = Bench(Job(server.http_port, queues), server, Path(name))
        bench.writing("write", bench.job)
        write_project(bench.folder, bench.job, server.amqp_port)
        floors, ours = _in_turn(
            lambda: script("monitor_raw.py", bench.folder, str(server.http_port), bench.job.vhost),
            lambda: _looked(bench.folder, queues),
        )
    return [_row(f"{queues:,} queues: one look of `monitor status`", ours, floors, bench.job.total + 1)]


def group_cells(groups: int) -> list[Row]:
    """Measure a look at so many groups."""
    with broker("512m") as bootstrap, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kafka_clients.write("groups", folder, bootstrap, groups)
        kafka_clients.raw("create", "groups", folder, bootstrap, groups, "bench")
        floors, ours = _in_turn(
            lambda: kafka_clients.raw("read", "groups", folder, bootstrap, groups, "bench")[0],
            lambda: _looked(folder, groups + 1),
        )
    return [_row(f"{groups:,} groups: one look of `monitor status`", ours, floors, groups + 1)]


def _in_turn(raw: Callable[[], Ran], ours: Callable[[], Ran]) -> tuple[Spent, Spent]:
    """The best of both, taken one after the other, since a server that was just filled is slow at first."""
    pairs = [(raw(), ours()) for _ in range(_READS)]
    return _best([one for one, _ in pairs]), _best([one for _, one in pairs])


def _looked(folder: Path, rows: int) -> Ran:
    ran = mqinfra(folder, "monitor", "status", "--samples", "1", "-q", "-o", "json")
    seen = [row for row in json.loads(ran.out)["rows"] if row["rule"] == "one-sample"]
    if len(seen) != rows:
        raise WorkNotDoneError(f"{len(seen)} of {rows} were seen: {ran.out[:600]}")
    return ran


def _best(some: list[Ran]) -> Spent:
    return min((ran.total for ran in some), key=lambda spent: spent.wall)


def _row(what: str, ours: Spent, floor: Spent, entries: int) -> Row:
    return Row(what, ours.wall, plan_target(entries), floor.wall, "s", ours.cpu, floor.cpu)
