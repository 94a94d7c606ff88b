"""A cluster of three nodes: replicas follow the brokers that are alive, and a dead bootstrap entry is no harm."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.brokers.kafka.cluster import KafkaCluster
from tests.brokers.ports import HOST, free_ports
from tests.integration.kafka.e2e.conftest import nothing_written, ready
from tests.integration.kafka.e2e.hand import Hand, Topic
from tests.integration.kafka.e2e.shop import Shop

SAFE = "{partitions: 3, replicationFactor: 3, config: {min.insync.replicas: 2}}"


@pytest.fixture
def three(kafka_4_three: KafkaCluster, shop: Shop) -> Iterator[KafkaCluster]:
    yield ready(kafka_4_three, shop)
    kafka_4_three.start()


def test_three_replicas_go_while_three_brokers_live_and_are_refused_with_the_number_of_two(
    three: KafkaCluster, shop: Shop
) -> None:
    shop.topics(f"orders.created: {SAFE}")
    assert shop.apply().code == 0
    assert Hand(three).live() == {"orders.created": Topic(3, 3, {"min.insync.replicas": "2"})}
    with nothing_written(three):
        assert shop.apply().code == 0
    three.nodes[2].stop()
    shop.topics(f"orders.created: {SAFE}", f"orders.new: {SAFE}")
    ran = shop.run("plan")
    assert ran.code == 3, ran.text
    assert "`orders.new` can't have 3 replicas: `kafka` has 2 live brokers" in ran.err
    assert "orders.created" not in ran.err
    assert shop.apply("--exclude", "kafka/topics/orders.new").code == 0
    assert Hand(three).names() == {"orders.created"}


def test_a_bootstrap_list_with_a_dead_entry_works(three: KafkaCluster, shop: Shop) -> None:
    alive = f"{HOST}:{three.nodes[0].ports.plaintext}"
    shop.clusters(kafka=f'{{type: kafka, bootstrap: ["{HOST}:{free_ports(1)[0]}", "{alive}"]}}')
    shop.topics(f"orders.created: {SAFE}")
    ran = shop.apply()
    assert ran.code == 0, ran.text
    assert Hand(three).names() == {"orders.created"}


def test_deletes_wait_while_partitions_have_too_few_replicas_in_sync(three: KafkaCluster, shop: Shop) -> None:
    hand = Hand(three)
    hand.create("orders.old")
    shop.topics("orders.created: {partitions: 3, replicationFactor: 3, config: {min.insync.replicas: 3}}")
    assert shop.apply().code == 0
    # Another one than holds the topic that is to go, and than is asked first.
    [[holder]] = hand.replicas("orders.old")
    three.nodes[1 if holder == 3 else 2].stop()
    shop.topics(removed=("orders.old: {}",))
    ran = shop.run("apply", "--auto-approve")
    assert ran.code == 3, ran.text
    said = " ".join(ran.err.split())
    assert "MQ210" in said
    assert "3 partitions have fewer replicas in sync than `min.insync.replicas`: orders.created" in said
    assert "orders.old" in hand.names()
    ran = shop.run("apply", "--auto-approve", "--degraded")
    assert ran.code == 0, ran.text
    assert hand.names() == {"orders.created"}
