"""Replicas on the move are no replication factor: nothing is replaced for it, and the plan says what is under way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest

from tests.brokers.kafka import wire
from tests.brokers.kafka.cluster import KafkaCluster
from tests.brokers.ports import HOST
from tests.integration.kafka.e2e.conftest import ready
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.rights import User
from tests.integration.kafka.e2e.shop import Shop
from tests.waiting import becomes, until

RECREATE = "{partitions: 2, replicationFactor: 2, lifecycle: {replace: recreate}}"
VARIABLE = "SHOP_KAFKA_PASSWORD"


@pytest.fixture
def three(kafka_4_three: KafkaCluster, shop: Shop) -> Iterator[KafkaCluster]:
    yield ready(kafka_4_three, shop)
    kafka_4_three.start()


def placed(cluster: KafkaCluster, name: str, replicas: Mapping[int, Sequence[int]]) -> None:
    """Make replicas lie on exactly these brokers, and wait until they do."""
    wire.reassign(cluster.nodes[0].ports.plaintext, name, replicas)
    hand, there = Hand(cluster), [sorted(replicas[number]) for number in sorted(replicas)]
    # Those that are yet to be filled count as replicas, too: a move is over when all are in sync.
    becomes(lambda: (hand.replicas(name), hand.in_sync(name)), (there, there))


@pytest.fixture
def moving(three: KafkaCluster, shop: Shop) -> Iterator[KafkaCluster]:
    """A topic whose partitions are being moved to a broker that hangs, so that the move stays under way."""
    shop.topics(f"orders.a: {RECREATE}")
    assert shop.apply().code == 0
    leader = wire.quorum_leader(three.nodes[0].ports.plaintext)
    one, other, hanging = leader, leader % 3 + 1, (leader + 1) % 3 + 1
    placed(three, "orders.a", {0: [one, other], 1: [other, one]})
    assert shop.run("plan", "--detailed-exitcode").code == 0
    node, port = three.nodes[hanging - 1], three.nodes[one - 1].ports.plaintext
    node.pause()
    try:
        wire.reassign(port, "orders.a", {0: [hanging, one], 1: [hanging, other]})
        until(lambda: hanging not in wire.brokers_seen(port)[0], "the broker that hangs still counts as alive")
        shop.clusters(kafka=f'{{type: kafka, bootstrap: "{HOST}:{port}"}}')
        yield three
    finally:
        node.resume()


def test_a_running_reassignment_is_said_and_neither_replaced_for_nor_exported(moving: KafkaCluster, shop: Shop) -> None:
    before = Hand(moving).identity("orders.a")
    for command in (("plan", "--detailed-exitcode"), ("apply", "--auto-approve")):
        ran = shop.run(*command)
        assert ran.code == 0, ran.text
        assert "MQ403" in ran.err
        assert "a reassignment of `orders.a` is under way (partitions 0, 1)" in ran.err
    assert Hand(moving).identity("orders.a") == before
    exported = shop.run("export")
    assert exported.code == 0, exported.text
    assert "replicationFactor: 2" in exported.out


def test_deletes_wait_until_a_reassignment_is_over(moving: KafkaCluster, shop: Shop) -> None:
    hand = Hand(moving)
    hand.create("orders.old")
    shop.topics(removed=("orders.old: {}",))
    ran = shop.run("apply", "--auto-approve")
    assert ran.code == 3, ran.text
    assert "a reassignment of 2 partitions is under way: orders.a" in " ".join(ran.err.split())
    assert "orders.old" in hand.names()


def test_other_changes_go_on_meanwhile(moving: KafkaCluster, shop: Shop) -> None:
    shop.topics("orders.a: {partitions: 2, replicationFactor: 2, config: {max.message.bytes: 2MiB}}")
    ran = shop.apply()
    assert ran.code == 0, ran.text
    assert Hand(moving).live()["orders.a"].config == {"max.message.bytes": "2097152"}


def test_who_may_not_list_reassignments_is_told_so_and_nothing_is_replaced(moving: KafkaCluster, shop: Shop) -> None:
    user = User(moving)
    user.allow("orders.a", "DESCRIBE_CONFIGS", "DELETE", "CREATE")
    shop.clusters(kafka=user.block(VARIABLE))
    running = shop.start("plan", "--detailed-exitcode", env={VARIABLE: user.password})
    ran = running.end()
    assert ran.code == 0, ran.text
    assert "MQ405" in ran.err
    # The second client may ask the broker that is paused here, and then it is the time that runs out first.
    reasons = ("listing them needs Describe on the cluster", "listing them failed with KafkaTimeoutError")
    assert any(f"can't be told: {reason}" in ran.err for reason in reasons), ran.err


def test_partitions_with_other_factors_are_said_and_evened_out_where_a_factor_is_declared(
    three: KafkaCluster, shop: Shop
) -> None:
    shop.topics("orders.a: {partitions: 2, replicationFactor: 2}")
    assert shop.apply().code == 0
    placed(three, "orders.a", {0: [1, 2], 1: [1, 2, 3]})
    shop.topics("orders.a: {partitions: 2}")
    ran = shop.run("plan", "--detailed-exitcode")
    assert ran.code == 0, ran.text
    assert "different numbers of replicas: 2 on partition 0, 3 on partition 1" in ran.err
    shop.topics("orders.a: {partitions: 2, replicationFactor: 2}")
    ran = shop.run("plan", "--detailed-exitcode")
    assert ran.code == 2, ran.text
    assert "2 on partition 0, 3 on partition 1" in ran.out
    assert "MQ404" not in ran.err
    ran = shop.apply()
    assert ran.code == 0, ran.text
    assert [len(brokers) for brokers in Hand(three).replicas("orders.a")] == [2, 2]


def test_who_may_not_move_replicas_is_told_the_right(three: KafkaCluster, shop: Shop) -> None:
    hand, user = Hand(three), User(three)
    hand.create("orders.a")
    shop.topics("orders.a: {partitions: 1, replicationFactor: 3}")
    user.allow("orders.a", "DESCRIBE_CONFIGS", "ALTER", "ALTER_CONFIGS")
    user.allow_on_cluster("DESCRIBE", "ALTER_CONFIGS")
    shop.clusters(kafka=user.block(VARIABLE))
    ran = shop.run("plan", env={VARIABLE: user.password})
    assert "Alter on the cluster" in " ".join(ran.text.split())
    assert len(hand.replicas("orders.a")[0]) == 1
