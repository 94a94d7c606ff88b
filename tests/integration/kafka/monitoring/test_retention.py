"""What a group has not read when its retention comes: told before, while it comes nearer, and when it is gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest
from confluent_kafka import Producer

from mqinfra.model.health import State
from mqinfra.monitor.thresholds import DEFAULT
from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.release import installed
from tests.brokers.scratch import scratch_folder
from tests.integration.beside import beside
from tests.integration.kafka.e2e.conftest import ready
from tests.integration.kafka.e2e.groups import GroupShop, Readers
from tests.integration.kafka.e2e.hand import QUIET, Hand
from tests.integration.watching import watching

if TYPE_CHECKING:
    from mqinfra.monitor.watch import Seen
    from tests.integration.watching import Watching

TOPIC, GROUP = "orders.new", "billing"
_HOUR = 3_600_000
_KEPT, _RATE, _READ = 15, 20, 17
"""Seconds that records are kept, how many come each second, and how many are read."""
_EVERY, _WITHIN = 2.0, 70
"""Seconds between two looks, and how many looks."""


def declared(shop: GroupShop, config: str = "{}") -> None:
    shop.groups({GROUP: {"topics": [TOPIC]}}, topics=(f"{TOPIC}: {{partitions: 1, config: {config}}}",))
    assert shop.apply().code == 0


@pytest.fixture
def forgetful(shop: GroupShop) -> Iterator[KafkaCluster]:
    """A broker that looks every second for what is too old."""
    with scratch_folder("forgetful") as folder:
        settings = Settings(properties={"log.retention.check.interval.ms": "1000"})
        cluster = KafkaCluster(installed("4"), folder, settings)
        try:
            cluster.start()
            yield ready(cluster, shop)
        finally:
            cluster.close()


def test_unread_records_that_are_nearly_too_old_are_at_risk(live_4: KafkaCluster, shop: GroupShop) -> None:
    declared(shop, f"{{retention.ms: {_HOUR}}}")
    readers = Readers(live_4)
    readers.produce(TOPIC, 30, timestamp=int(time.time() * 1_000) - int(0.95 * _HOUR))
    readers.commit(GROUP, TOPIC, 10)
    with watching() as watch:
        seen = watch.sees(GROUP, State.AT_RISK_OF_LOSS)
        assert seen.judged.verdict.reason == "20 messages unread and older than 90% of the retention of 1h"
        readers.commit(GROUP, TOPIC, 30)
        watch.sees(GROUP, State.OK)


def traffic(cluster: KafkaCluster) -> AbstractContextManager[None]:
    producer = Producer({"bootstrap.servers": cluster.bootstrap, **QUIET})

    def produce(over: threading.Event) -> None:
        while not over.wait(1 / _RATE):
            producer.produce(TOPIC, b"x", partition=0)
            producer.poll(0)

    return beside(produce, "traffic")


def seen_by(watch: Watching, readers: Readers, rule: str) -> Seen:
    """Read less than what comes, until a rule says so."""
    seen = watch.look()[GROUP]
    for _ in range(_WITHIN):
        if seen.judged.verdict.rule == rule:
            return seen
        readers.commit(GROUP, TOPIC, (seen.series.last.lanes[0].committed or 0) + int(_EVERY * _READ))
        seen = watch.look()[GROUP]
    raise AssertionError(f"{seen.judged} {seen.series.last}")


@pytest.mark.slow_faults
def test_a_retention_that_overtakes_a_reader_is_seen_before_it_does(forgetful: KafkaCluster, shop: GroupShop) -> None:
    declared(shop)
    Hand(forgetful).configure(TOPIC, retention_ms=str(_KEPT * 1_000), segment_ms="1000")
    readers = Readers(forgetful)
    readers.commit(GROUP, TOPIC, 0)
    with traffic(forgetful), watching(every=_EVERY, thresholds=DEFAULT) as watch:
        seen = seen_by(watch, readers, "overtaken")
        assert seen.judged.verdict.state is State.AT_RISK_OF_LOSS
        lane = seen.series.last.lanes[0]
        assert lane.committed is not None
        assert lane.earliest is not None
        assert lane.earliest <= lane.committed
        seen = seen_by(watch, readers, "expired-unread")
        assert "went away before the group read them" in seen.judged.verdict.reason
