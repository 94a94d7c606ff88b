"""Records and the list of all topics on a real Kafka broker, against the reading of topics that they come before."""

from __future__ import annotations

import time
from collections.abc import Callable

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.record import Owner
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.base.session import Session
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.provider import KafkaProvider
from tests.bench.kafka import broker
from tests.bench.process import WorkNotDoneError
from tests.bench.table import Row, Target

_OWNER = Owner("shop", "bench")
_FILLER = "x" * 400
_TURNS = 3
_PATIENCE = 120.0


def cells(records: int, topics: int, heap: str) -> list[Row]:
    """Measure on a broker that lives as long as this."""
    with broker(heap) as bootstrap, _connected(bootstrap) as session:
        names = _make(session, topics)
        texts = {f"topics/t{number}": f'{{"number": {number}, "spec": "{_FILLER}"}}' for number in range(records)}
        store = session.records(_OWNER)
        if store is None:
            raise WorkNotDoneError("the session keeps no records")
        saved = _seconds(lambda: store.save(texts), times=1)
        with _connected(bootstrap) as another:
            again = another.records(_OWNER)
            if again is None or again.load().texts != texts:
                raise WorkNotDoneError("the records did not come back as they were saved")
            loaded = _seconds(again.load)
            looked = _seconds(lambda: another.look({"topics": names}))
            read = _seconds(lambda: another.read({"topics": names}))
            taken = _seconds(lambda: _take(another))
    against = f"against reading {topics:,} topics"
    return [
        Row(f"Kafka: load {records:,} records, {against}", loaded, Target(1.0), looked),
        Row(f"Kafka: save {records:,} records, {against}", saved, None, looked),
        Row(f"Kafka: read and list {topics:,} topics, {against}", read, Target(1.2), looked),
        Row(f"Kafka: take and give up the lock beside {records:,} records", taken, Target(extra=1.0)),
    ]


def _connected(bootstrap: str) -> Session:
    block = KafkaConnection(type="kafka", bootstrap=(bootstrap,))
    return KafkaProvider().connect(Cluster("kafka", block), _no_secret, _PATIENCE)


def _no_secret(reference: SecretRef) -> SecretValue:
    raise WorkNotDoneError(f"nothing is secret here, and {reference} was asked for")


def _make(session: Session, count: int) -> list[Address]:
    names = [Address("kafka", "topics", (f"t{number}",)) for number in range(count)]
    changes = [
        Change(address=name, action=Action.CREATE, reason=Reason.ABSENT, after={"partitions": 1}) for name in names
    ]
    for request in session.requests(changes):
        session.send(request)
    deadline = time.monotonic() + _PATIENCE
    while len(session.look({"topics": names}).resources) < count:
        if time.monotonic() > deadline:
            raise WorkNotDoneError(f"{count:,} topics did not appear")
        time.sleep(1.0)
    return names


def _take(session: Session) -> None:
    with session.lock(_OWNER, "bench", 0) as lock:
        if why := lock.lost():
            raise WorkNotDoneError(why)


def _seconds(work: Callable[[], object], times: int = _TURNS) -> float:
    """The best of some turns."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best
