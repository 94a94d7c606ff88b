"""The cleaners of real brokers, waited for: which values of a key are kept, and when what is old goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.release import installed
from tests.integration.kafka.e2e.hand import QUIET, Hand, consumer
from tests.integration.kafka.verification.verified import listing, verify
from tests.integration.verified import results

if TYPE_CHECKING:
    from tests.integration.kafka.e2e.shop import Shop

pytestmark = pytest.mark.slow_faults

COMPACTED = "orders.new: {partitions: 1, replicationFactor: 1, config: {cleanup.policy: compact}}"
AGING = "orders.new: {partitions: 1, replicationFactor: 1, config: {retention.ms: 86400000}}"
BEFORE_THE_LAST_SEGMENT_ENDS = 160
"""Records that the check of compaction has sent when nothing but what ends the last segment is missing."""
QUICK = {"log.cleaner.backoff.ms": "200", "log.retention.check.interval.ms": "500"}


def test_compaction_keeps_the_last_value_of_each_key(live: KafkaCluster, shop: Shop) -> None:
    shop.topics(COMPACTED)
    assert shop.apply().code == 0
    before = listing(live)
    found = verify(shop, "--slow", "--only", "V22")
    assert results(found) == {"V22 orders.new": "pass"}, found
    assert listing(live) == before


@pytest.fixture
def quick(shop: Shop, tmp_path: Path) -> Iterator[KafkaCluster]:
    """A broker whose cleaners look every half second, and not every fifteen, or every five minutes."""
    settings = Settings(proxied=False, properties=QUICK)
    with closing(KafkaCluster(installed("4"), tmp_path / "broker", settings)) as cluster:
        cluster.start()
        shop.clusters(kafka=f'{{type: kafka, bootstrap: "{cluster.bootstrap}"}}')
        yield cluster


@contextmanager
def meddling(cluster: KafkaCluster, holds: int, meddle: Callable[[str], None]) -> Iterator[None]:
    """Do something to the copy that is left to the cleaners, once it has as many records."""
    over, failures = threading.Event(), list[BaseException]()

    def watch() -> None:
        try:
            while not over.wait(0.02):
                for name in looker.list_topics(timeout=5).topics:
                    if name.endswith(".aged") and end_of(looker, name) >= holds:
                        meddle(name)
                        return
        except BaseException as error:  # noqa: BLE001 - for the test to raise
            failures.append(error)

    looker = consumer(cluster.bootstrap, "looker")
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        looker.close()
    assert not failures, failures[0]


def end_of(looker: Consumer, topic: str) -> int:
    """The offset after its last record; 0 where it is just being made, or taken away."""
    try:
        return int(looker.get_watermark_offsets(TopicPartition(topic, 0), timeout=5, cached=False)[1])
    except KafkaException:
        return 0


def test_a_value_that_somebody_deletes_is_missed_by_v22(quick: KafkaCluster, shop: Shop) -> None:
    shop.topics(COMPACTED)
    assert shop.apply().code == 0
    assert results(verify(shop, "--slow", "--only", "V22")) == {"V22 orders.new": "pass"}
    before = listing(quick)

    def bury(topic: str) -> None:
        producer = Producer({"bootstrap.servers": quick.bootstrap, **QUIET})
        producer.produce(topic, None, "key-07")
        producer.flush(10)
        # A record from later ends the segment with the tombstone in it, which no cleaner looks into before that.
        producer.produce(topic, b"", "later", timestamp=int((time.time() + 60) * 1_000))
        producer.flush(10)

    with meddling(quick, BEFORE_THE_LAST_SEGMENT_ENDS, bury):
        found = verify(shop, "--slow", "--only", "V22", code=7)
    assert found["V22 orders.new"]["offenders"] == ["key-07"]
    assert listing(quick) == before


def test_records_that_go_before_their_time_are_missed_by_v19b(quick: KafkaCluster, shop: Shop) -> None:
    shop.topics(AGING)
    assert shop.apply().code == 0
    found = verify(shop, "--slow", "--only", "V19b")
    assert results(found) == {"V19b orders.new": "pass"}, found
    with meddling(quick, 1, lambda topic: Hand(quick).put(topic, retention_ms="1000")):
        found = verify(shop, "--slow", "--only", "V19b", code=7)
    assert "kept for 10 s: the first records were gone after" in found["V19b orders.new"]["evidence"]
