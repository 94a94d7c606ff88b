"""A message that the team's own consumer can't handle, through the real topic: buried, or in everybody's way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from confluent_kafka import Producer

from tests.integration.kafka.e2e.hand import QUIET, consumer
from tests.integration.kafka.e2e.shop import Shop
from tests.integration.kafka.verification.verified import verify
from tests.integration.verified import results

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

POISON = b"{not json"
TOPIC = "orders.new: {partitions: 1, replicationFactor: 1, deadLetter: true, promises: {canary: accept}}"


@contextmanager
def team(cluster: KafkaCluster, *, buries: bool) -> Iterator[None]:
    """A consumer that handles all but the poison, which it writes to the dead letters or tries for ever."""
    over, ready = threading.Event(), threading.Event()

    def work() -> None:
        member = consumer(cluster.bootstrap, "billing", enable_auto_commit=False)
        graves = Producer({"bootstrap.servers": cluster.bootstrap, **QUIET})
        member.subscribe(["orders.new"], on_assign=lambda *_: ready.set())
        while not over.is_set():
            record = member.poll(0.1)
            if record is None or record.error() is not None:
                continue
            if record.value() == POISON:
                if not buries:
                    break
                graves.produce("orders.new.dlq", record.value(), record.key())
                graves.flush(10)
            member.commit(message=record, asynchronous=False)
        over.wait()
        member.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert ready.wait(30)
        yield
    finally:
        over.set()
        worker.join()


def test_poison_that_is_buried_passes_and_poison_that_stops_the_consumer_fails(
    live_4: KafkaCluster, shop: Shop, tmp_path: Path
) -> None:
    shop.topics(TOPIC)
    assert shop.apply().code == 0
    (tmp_path / "poison.json").write_bytes(POISON)
    asked = ("--mode", "in-place", "--only", "V44", "--poison", str(tmp_path / "poison.json"), "--limit", "20s")
    with team(live_4, buries=True):
        found = verify(shop, *asked)
    assert results(found) == {"V44 orders.new": "pass"}, found
    with team(live_4, buries=False):
        found = verify(shop, *asked, code=7)
    assert found["V44 orders.new"]["offenders"] == [
        "5 of 10 other messages not processed",
        "the poison message is not a dead letter",
    ]
