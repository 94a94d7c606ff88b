"""What a changed setting destroys on a real broker: blocked with its count or bound until a reviewed line allows it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.release import installed
from tests.brokers.scratch import scratch_folder
from tests.days import SOON
from tests.integration.kafka.e2e.conftest import nothing_written, ready
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.slow

DAY = 86_400_000
QUICK = {
    "log.retention.check.interval.ms": "300",
    "log.cleaner.backoff.ms": "200",
    "log.initial.task.delay.ms": "300",
}
"""Brokers that look every few moments for what may go, and not every few minutes."""
QUIET: Mapping[str, str | int | float | bool] = {"enable.metrics.push": False, "log_level": 0}


@pytest.fixture(scope="module", params=["4", "3.9"])
def quick(request: pytest.FixtureRequest) -> Iterator[KafkaCluster]:
    with scratch_folder(f"kafka-{request.param}-quick") as folder:
        cluster = KafkaCluster(installed(request.param), folder, Settings(properties=QUICK))
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.close()


@pytest.fixture
def live(quick: KafkaCluster, shop: Shop) -> KafkaCluster:
    quick.proxy.reset()
    return ready(quick, shop)


@pytest.fixture
def hand(live: KafkaCluster) -> Hand:
    return Hand(live)


def produce(cluster: KafkaCluster, name: str, number: int, *, age: int = 0, apart: int = 0, size: int = 1) -> None:
    """Write records of one key, the first `age` ms old and each `apart` ms after the one before."""
    producer = Producer({"bootstrap.servers": cluster.bootstrap, **QUIET})
    first = int(time.time() * 1_000) - age
    for each in range(number):
        producer.produce(name, key=b"k", value=b"x" * size, timestamp=first + each * apart)
        producer.flush(20)


def commit(cluster: KafkaCluster, group: str, name: str, offset: int) -> None:
    consumer = Consumer({"bootstrap.servers": cluster.bootstrap, "group.id": group, **QUIET})
    try:
        consumer.commit(offsets=[TopicPartition(name, 0, offset)], asynchronous=False)
    finally:
        consumer.close()


def first_offset(cluster: KafkaCluster, name: str) -> int:
    consumer = Consumer({"bootstrap.servers": cluster.bootstrap, "group.id": "looking", **QUIET})
    try:
        return int(consumer.get_watermark_offsets(TopicPartition(name, 0), timeout=20)[0])
    finally:
        consumer.close()


def cleans(seen: Callable[[], bool]) -> None:
    until(seen, "the broker took nothing away", within=45)


def allow(shop: Shop, entry: str, by: str) -> None:
    """Declare a topic, and allow the loss that one of its settings makes."""
    name = entry.partition(":")[0]
    line = f"  kafka/topics/{name}: {{evenIf: [messages], by: {{{by}}}, until: {SOON}}}\n"
    shop.topology(f"kafka:\n  topics:\n    {entry}\nallowed:\n{line}", "kafka")


def blocked(live: KafkaCluster, shop: Shop) -> str:
    """An apply without consent: refused, with nothing written; what it says, in one line."""
    with nothing_written(live):
        ran = shop.run("apply", "--auto-approve")
    assert ran.code == 3, ran.text
    assert "MQ208" in ran.err
    return " ".join(ran.err.split())


def test_a_cut_of_retention_is_counted_by_age_and_names_who_has_not_read(
    live: KafkaCluster, shop: Shop, hand: Hand
) -> None:
    hand.create("orders.a", config={"retention.ms": str(7 * DAY), "segment.ms": "3600000"})
    produce(live, "orders.a", 40, age=2 * DAY)
    produce(live, "orders.a", 10)
    commit(live, "billing", "orders.a", 15)
    commit(live, "shipping", "orders.a", 50)
    shop.topics("orders.a: {config: {retention.ms: 1d}}")
    said = blocked(live, shop)
    assert "up to 40 messages would be lost (records older than 1d expire)" in said
    assert f"by: {{config.retention.ms: {DAY}}}" in said
    plan = " ".join(shop.run("plan").text.split())
    assert "not read yet by billing (up to 25)" in plan
    assert "shipping" not in plan
    assert first_offset(live, "orders.a") == 0
    allow(shop, "orders.a: {config: {retention.ms: 1d}}", "config.retention.ms: 1d")
    assert shop.apply().code == 0
    cleans(lambda: first_offset(live, "orders.a") == 40)
    assert hand.read("orders.a") == 10
    with nothing_written(live):
        ran = shop.run("apply", "--auto-approve")
    assert (ran.code, "MQ211" in ran.err) == (0, True), ran.text


def test_a_cut_below_which_nothing_is_yet_wants_consent_all_the_same(
    live: KafkaCluster, shop: Shop, hand: Hand
) -> None:
    hand.create("orders.a")
    produce(live, "orders.a", 5)
    shop.topics("orders.a: {config: {retention.ms: 1h}}")
    assert "up to 5 messages would be lost (records older than 1h expire)" in blocked(live, shop)
    assert "none of them is that old yet" in " ".join(shop.run("plan").text.split())


@pytest.mark.parametrize("entry", ["{retention.ms: 1h}", "{retention.bytes: 1MiB}", "{cleanup.policy: compact}"])
def test_a_change_planned_for_an_empty_topic_is_not_applied_to_one_that_has_filled(
    live: KafkaCluster, shop: Shop, hand: Hand, entry: str
) -> None:
    hand.create("orders.a")
    shop.topics(f"orders.a: {{config: {entry}}}")
    shop.save_plan()
    produce(live, "orders.a", 3)
    with nothing_written(live, but_records=True):
        ran = shop.apply_saved()
    assert ran.code == 5, ran.text
    assert "was none and is now some" in ran.text
    assert hand.live()["orders.a"].config == {}


def test_a_limit_in_bytes_is_not_countable_and_takes_the_oldest(live: KafkaCluster, shop: Shop, hand: Hand) -> None:
    hand.create("orders.a", config={"segment.bytes": "1048576"})
    produce(live, "orders.a", 40, size=100_000)
    shop.topics("orders.a: {config: {retention.bytes: 1MiB}}")
    said = blocked(live, shop)
    assert "messages (not countable) would be lost (the oldest records of partitions over 1MiB are deleted)" in said
    allow(shop, "orders.a: {config: {retention.bytes: 1MiB}}", "config.retention.bytes: 1MiB")
    assert shop.apply().code == 0
    cleans(lambda: first_offset(live, "orders.a") > 0)


def test_compaction_is_not_countable_and_keeps_the_newest_of_a_key(live: KafkaCluster, shop: Shop, hand: Hand) -> None:
    hand.create("orders.a", config={"segment.ms": "60000", "min.cleanable.dirty.ratio": "0.01"})
    produce(live, "orders.a", 20, age=3_600_000, apart=120_000)
    shop.topics("orders.a: {config: {cleanup.policy: compact}}")
    said = blocked(live, shop)
    assert "messages (not countable) would be lost (all but the newest record of each key are deleted)" in said
    assert "cleanup.policy: 'compact'" in said
    allow(shop, "orders.a: {config: {cleanup.policy: compact}}", "config.cleanup.policy: compact")
    assert shop.apply().code == 0
    cleans(lambda: hand.read("orders.a") < 20)


def test_more_partitions_name_the_groups_that_may_skip_what_is_in_them(
    live: KafkaCluster, shop: Shop, hand: Hand
) -> None:
    hand.create("orders.a", "orders.b")
    produce(live, "orders.a", 3)
    commit(live, "billing", "orders.a", 3)
    commit(live, "shipping", "orders.b", 0)
    shop.topics("orders.a: {partitions: 2}")
    ran = shop.run("plan")
    assert ran.code == 0, ran.text
    said = " ".join(ran.text.split())
    assert "groups that read it: billing; with `auto.offset.reset=latest` they skip" in said
    assert "records with a key may go to another partition than before" in said
    assert "shipping" not in said
    assert shop.apply().code == 0


def test_a_delete_names_the_groups_whose_offsets_go_with_it(live: KafkaCluster, shop: Shop, hand: Hand) -> None:
    hand.create("orders.a")
    commit(live, "billing", "orders.a", 0)
    shop.topics(removed=("orders.a: {}",))
    ran = shop.run("plan")
    assert ran.code == 0, ran.text
    assert "committed offsets of groups without members would be deleted with it: billing" in " ".join(ran.text.split())


def test_a_tombstone_with_an_id_deletes_that_topic_and_no_later_one(live: KafkaCluster, shop: Shop, hand: Hand) -> None:
    hand.create("orders.a")
    shop.topics(removed=(f"orders.a: {{id: {hand.identity('orders.a')}, evenIf: [messages], until: {SOON}}}",))
    assert shop.apply().code == 0
    assert hand.names() == set()
    hand.create("orders.a")
    produce(live, "orders.a", 3)
    with nothing_written(live):
        ran = shop.run("apply", "--auto-approve")
    assert ran.code == 3, ran.text
    assert "MQ212" in ran.err
    assert hand.read("orders.a") == 3
