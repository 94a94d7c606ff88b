"""What records and the lock cost on a real Redis server, against what a plan reads of it anyway."""

from __future__ import annotations

import time
from collections.abc import Callable

from mqinfra.engine.inventory.texts import written
from mqinfra.model.address import Address
from mqinfra.model.record import Origin, Owner, Record, Standing
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.base.session import Session
from mqinfra.providers.redis.api.connection import RedisConnection
from mqinfra.providers.redis.provider import RedisProvider
from mqinfra.providers.redis.records.store import RedisStore
from tests.bench.process import Spent, WorkNotDoneError
from tests.bench.redis import bench_server
from tests.bench.table import Row, Target
from tests.brokers.redis.deployment import RedisDeployment

_OWNER = Owner("bench", "bench")
_TURNS = 3


def cells(records: int, streams: int) -> list[Row]:
    """Measure writing and reading the records of a project beside streams that a plan reads.

    Args:
        records: number of records.
        streams: number of streams, each with a group.
    """
    texts = {f"streams/bench:orders.{number}": written(_record(number)) for number in range(records)}
    with bench_server() as redis:
        names = _make(redis, streams)
        with _session(redis) as session:
            wanted = {"streams": [name for name in names if name.kind == "streams"]}
            wanted["groups"] = [name for name in names if name.kind == "groups"]
            floor = _best(lambda: session.read(wanted))
            saved = _spent(lambda: _store(session).save(texts))
            read = _best(lambda: _store(session).load())
            looked = _best(lambda: _store(session).others(texts))
            taken = _best(lambda: _take(session))
            if _store(session).load().texts != texts:
                raise WorkNotDoneError("the records did not come back as they were saved")
    against = f"against reading {streams:,} streams and groups"
    return [
        Row(
            f"Redis: load {records:,} records, {against}", read.wall, Target(1.0), floor.wall, "s", read.cpu, floor.cpu
        ),
        Row(f"Redis: save {records:,} records", saved.wall, cpu=saved.cpu),
        Row(f"Redis: find no other claim on {records:,} resources", looked.wall, cpu=looked.cpu),
        Row(
            f"Redis: take and give up the lock beside {records:,} records", taken.wall, Target(extra=0.1), cpu=taken.cpu
        ),
    ]


def _session(redis: RedisDeployment) -> Session:
    block = RedisConnection.model_validate(redis.block)
    return RedisProvider().connect(Cluster("redis", block), _no_secret, 60.0)


def _no_secret(reference: SecretRef) -> SecretValue:
    raise WorkNotDoneError(f"nothing is secret here, and {reference} was asked for")


def _store(session: Session) -> RedisStore:
    store = session.records(_OWNER)
    if not isinstance(store, RedisStore):
        raise WorkNotDoneError("the session keeps no records")
    return store


def _make(redis: RedisDeployment, count: int) -> list[Address]:
    names: list[Address] = []
    for number in range(count):
        key = f"bench:orders.{number}"
        redis.nodes[0].admin.call("XGROUP", "CREATE", key, "work", "$", "MKSTREAM")
        names += [Address("redis", "streams", (key,)), Address("redis", "groups", (key, "work"))]
    return names


def _record(number: int) -> Record:
    return Record(
        Origin.CREATED,
        Standing.APPLIED,
        cluster=("127.0.0.1:6379",),
        topology="orders",
        file=f"topology/orders-{number // 100}.yaml",
        labels={"team": "orders"},
        spec={"trim": {"maxLength": number % 20}},
    )


def _take(session: Session) -> None:
    with session.lock(_OWNER, "bench", 0) as lock:
        if why := lock.lost():
            raise WorkNotDoneError(why)


def _best(work: Callable[[], object]) -> Spent:
    return min((_spent(work) for _ in range(_TURNS)), key=lambda spent: spent.wall)


def _spent(work: Callable[[], object]) -> Spent:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)
