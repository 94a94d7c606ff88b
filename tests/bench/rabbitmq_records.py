"""What records cost on a real RabbitMQ server, against what a plan reads of it anyway."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mqinfra.engine.inventory.texts import written
from mqinfra.model.record import Origin, Owner, Record, Standing
from mqinfra.model.secret import SecretValue
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.rabbitmq.api.connection import RabbitConnection
from mqinfra.providers.rabbitmq.connect import connect
from tests.bench.process import Spent, WorkNotDoneError
from tests.bench.rabbitmq import Bench, bench_server
from tests.bench.rabbitmq_raw import Job
from tests.bench.table import Row, Target

_AS_MUCH = Target(1.0)


def cells(records: int, queues: int) -> list[Row]:
    """Measure writing and reading the records of a project beside a topology that a plan reads.

    Args:
        records: number of records.
        queues: number of queues; there are twice as many bindings.
    """
    texts = {f"queues/%2Fbench/orders.{number}.work": written(_record(number)) for number in range(records)}
    with bench_server() as server, tempfile.TemporaryDirectory() as name:
        bench = Bench(Job(server.http_port, queues), server, Path(name))
        bench.writing("import", bench.job)
        floor = bench.writing("read", bench.job)
        block = RabbitConnection.model_validate({"sandbox": False, **server.block})
        cluster = Cluster("rabbitmq", block)
        with connect(cluster, {}, lambda _: SecretValue(server.password), 60.0) as session:
            store = session.records(Owner("bench", "bench"))
            first = _spent(lambda: store.save(texts))
            later = session.records(store.owner)
            read = _spent(later.load)
            one = _spent(lambda: later.save({next(iter(texts)): "{}"}))
            if len(later.load().texts) != records:
                raise WorkNotDoneError("not all records came back")
    beside = f"a plan's reads of {bench.name}"
    return [
        Row(
            f"reading {records:,} records, against {beside}", read.wall, _AS_MUCH, floor.wall, "s", read.cpu, floor.cpu
        ),
        Row(f"writing {records:,} records for the first time", first.wall, cpu=first.cpu),
        Row(f"writing one of {records:,} records", one.wall, cpu=one.cpu),
    ]


def _record(number: int) -> Record:
    return Record(
        Origin.CREATED,
        Standing.APPLIED,
        cluster=("rabbit@bench",),
        topology="orders",
        file=f"topology/orders-{number // 100}.yaml",
        labels={"team": "orders"},
        spec={"type": "quorum", "arguments": {"x-delivery-limit": number % 20}},
    )


def _spent(work: Callable[[], object]) -> Spent:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)
