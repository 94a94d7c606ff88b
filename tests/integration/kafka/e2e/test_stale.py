"""A saved plan is applied while what it rests on is as it saw it; traffic alone makes nothing stale."""

from __future__ import annotations

import pytest

from tests.brokers.kafka.cluster import KafkaCluster
from tests.days import SOON
from tests.integration.kafka.e2e.conftest import nothing_written, written
from tests.integration.kafka.e2e.hand import Hand, Topic
from tests.integration.kafka.e2e.shop import Shop, outcomes


def plan(cluster: KafkaCluster, shop: Shop) -> KafkaCluster:
    """Save a plan that grows one topic, changes its retention, and makes another topic."""
    Hand(cluster).create("orders.created", partitions=2, config={"retention.ms": "3600000"})
    shop.topics("orders.created: {partitions: 3, config: {retention.ms: 2h}}", "orders.new: {}")
    with nothing_written(cluster):
        shop.save_plan()
    return cluster


@pytest.fixture
def planned(live: KafkaCluster, shop: Shop) -> KafkaCluster:
    return plan(live, shop)


@pytest.fixture
def planned_4(live_4: KafkaCluster, shop: Shop) -> KafkaCluster:
    return plan(live_4, shop)


def refused_as_stale(planned: KafkaCluster, shop: Shop, *words: str) -> None:
    with nothing_written(planned, but_records=True):
        ran = shop.apply_saved()
    assert ran.code == 5, ran.text
    assert "MQ307" in ran.err
    assert "kafka/topics/orders.created" in ran.err
    assert all(word in ran.err for word in words), ran.err


def test_a_setting_that_was_changed_by_hand_is_named(
    planned: KafkaCluster, shop: Shop, hand: Hand, cell: set[str]
) -> None:
    hand.configure("orders.created", retention_ms="5")
    refused_as_stale(planned, shop, "`config.retention.ms` was 3600000 and is now 5")
    cell.add(f"kafka-{planned.line}/topics/e2e-stale-field")


def test_a_topic_deleted_and_made_again_is_another_one(
    planned: KafkaCluster, shop: Shop, hand: Hand, cell: set[str]
) -> None:
    hand.delete("orders.created")
    hand.create("orders.created", partitions=2, config={"retention.ms": "3600000"})
    refused_as_stale(planned, shop, "identity", "deleted and recreated")
    cell.add(f"kafka-{planned.line}/topics/e2e-stale-identity")


def test_a_topic_deleted_by_hand_is_missed(planned: KafkaCluster, shop: Shop, hand: Hand, cell: set[str]) -> None:
    hand.delete("orders.created")
    refused_as_stale(planned, shop, "`existence` was present and is now absent")
    assert hand.names() == set()
    cell.add(f"kafka-{planned.line}/topics/e2e-stale-absent")


def test_partitions_that_were_added_by_hand_are_named(planned_4: KafkaCluster, shop: Shop, hand_4: Hand) -> None:
    hand_4.grow("orders.created", 7)
    refused_as_stale(planned_4, shop, "`partitions` was 2 and is now 7")


def test_a_topic_made_otherwise_by_hand_is_not_taken_for_the_planned_one(
    live_4: KafkaCluster, shop: Shop, hand_4: Hand
) -> None:
    shop.topics("orders.new: {partitions: 4}")
    shop.save_plan()
    hand_4.create("orders.new", partitions=3)
    with nothing_written(live_4, but_records=True):
        ran = shop.apply_saved()
    assert ran.code == 5, ran.text
    assert "kafka/topics/orders.new" in ran.err
    assert "`partitions`" in ran.err


def test_what_was_done_by_hand_meanwhile_counts_as_done(planned_4: KafkaCluster, shop: Shop, hand_4: Hand) -> None:
    hand_4.configure("orders.created", retention_ms="7200000")
    hand_4.grow("orders.created", 3)
    ran = shop.apply_saved()
    assert (ran.code, outcomes(ran)) == (0, {"orders.created": "already", "orders.new": "applied"}), ran.text
    assert written(planned_4) == ["CreateTopics"]


def test_messages_make_an_update_and_a_consented_delete_not_stale(
    live: KafkaCluster, shop: Shop, hand: Hand, cell: set[str]
) -> None:
    hand.create("orders.created", "orders.legacy")
    shop.topics(
        "orders.created: {config: {retention.ms: 8d}}",
        removed=(f"orders.legacy: {{evenIf: [messages], until: {SOON}}}",),
    )
    shop.save_plan()
    hand.produce("orders.created", 3)
    hand.produce("orders.legacy", 3)
    ran = shop.apply_saved()
    assert (ran.code, set(outcomes(ran).values())) == (0, {"applied"}), ran.text
    assert hand.live() == {"orders.created": Topic(1, 1, {"retention.ms": "691200000"})}
    cell.add(f"kafka-{live.line}/topics/e2e-traffic-makes-nothing-stale")


def test_a_message_that_arrives_saves_an_empty_topic_from_an_unconsented_delete(
    live: KafkaCluster, shop: Shop, hand: Hand, cell: set[str]
) -> None:
    hand.create("orders.legacy")
    shop.topics(removed=("orders.legacy: {reason: OPS-1}",))
    shop.save_plan()
    hand.produce("orders.legacy", 1)
    with nothing_written(live, but_records=True):
        ran = shop.apply_saved()
    assert ran.code == 5, ran.text
    assert "`messages` was none and is now some" in ran.err
    assert hand.names() == {"orders.legacy"}
    assert hand.read("orders.legacy") == 1
    cell.add(f"kafka-{live.line}/topics/e2e-late-message-survives")


def test_a_topic_with_a_setting_that_the_plan_does_not_name_is_not_taken_for_the_planned_one(
    live_4: KafkaCluster, shop: Shop, hand_4: Hand
) -> None:
    shop.topics("orders.new: {partitions: 4}")
    shop.save_plan()
    hand_4.create("orders.new", partitions=4, config={"retention.ms": "5"})
    with nothing_written(live_4, but_records=True):
        ran = shop.apply_saved()
    assert ran.code == 5, ran.text
    assert "`config.retention.ms` was not set and is now 5" in ran.err
