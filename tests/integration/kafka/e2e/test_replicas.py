"""A topic gets as many replicas as it declares, while it is in use, and nothing that was for the move stays behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.brokers.kafka.cluster import KafkaCluster
from tests.integration.kafka.e2e.conftest import nothing_written, ready
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop, outcomes

MESSAGES = 6_000
SIZE = 1_000


@pytest.fixture
def three(kafka_4_three: KafkaCluster, shop: Shop) -> Iterator[KafkaCluster]:
    yield ready(kafka_4_three, shop)
    kafka_4_three.start()


def limited(cluster: KafkaCluster, shop: Shop, rate: str) -> None:
    """Let mqinfra copy no faster than this."""
    shop.clusters(kafka=f'{{type: kafka, bootstrap: "{cluster.proxied_bootstrap}", moveRate: {rate}}}')


def topic(factor: int, more: str = "") -> str:
    return f"orders.a: {{partitions: 3, replicationFactor: {factor}{more}}}"


def test_a_move_that_was_killed_is_gone_on_with_and_leaves_nothing_behind(three: KafkaCluster, shop: Shop) -> None:
    hand = Hand(three)
    hand.create("orders.a", partitions=3)
    hand.fill("orders.a", MESSAGES, SIZE)
    shop.topics(topic(3))
    ran = shop.run("plan")
    assert ran.code == 0, ran.text
    assert "copies 6 replicas, 1" in ran.out, ran.text
    assert "to broker 1 (" in ran.out
    assert " free)" in ran.out
    limited(three, shop, "300kB")
    victim = shop.start("apply", "--auto-approve")
    victim.said("partitions moved")
    victim.kill()
    assert hand.throttles(), "it was over before it was killed"
    limited(three, shop, "50MB")
    ran = shop.apply("--no-lock")
    assert ran.code == 0, ran.text
    assert outcomes(ran) == {"orders.a": "applied"}
    assert hand.replicas("orders.a") == [[1, 2, 3]] * 3
    leaders = hand.leaders("orders.a")
    assert sorted(leader for leader, _ in leaders) == [1, 2, 3]
    assert all(leader == preferred for leader, preferred in leaders)
    assert hand.throttles() == {}
    shop.topics(topic(2))
    ran = shop.apply()
    assert ran.code == 0, ran.text
    assert sorted(map(len, hand.replicas("orders.a"))) == [2, 2, 2]
    assert hand.throttles() == {}
    assert hand.read("orders.a") == MESSAGES
    with nothing_written(three):
        assert shop.apply().code == 0
