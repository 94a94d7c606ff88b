"""Settings and replicas as they are, on one broker and on three."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.integration.kafka.e2e.conftest import ready
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop
from tests.integration.kafka.verification.verified import verify
from tests.integration.verified import results
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

PASSIVE = ("--mode", "passive", "--only", "V19", "--only", "V26", "--only", "V42")
COMPARED = ("--mode", "passive", "--only", "V01")


@pytest.fixture
def three(kafka_4_three: KafkaCluster, shop: Shop) -> Iterator[KafkaCluster]:
    yield ready(kafka_4_three, shop)
    kafka_4_three.start()


@pytest.mark.usefixtures("live_4")
def test_a_retention_that_somebody_changed_fails(hand_4: Hand, shop: Shop) -> None:
    shop.topics("orders.new: {partitions: 1, replicationFactor: 1, config: {retention.ms: 7d}}")
    assert shop.apply().code == 0
    assert results(verify(shop, *PASSIVE)) == {"V19 orders.new": "pass", "V42 orders.new": "pass"}
    hand_4.configure("orders.new", retention_ms="1000")
    found = verify(shop, *PASSIVE, code=7)
    assert found["V19 orders.new"]["offenders"] == ["retention.ms: 1000 instead of 604800000"]
    assert results(verify(shop, *COMPARED, code=7)) == {"V01 orders.new": "fail"}
    assert shop.apply().code == 0
    assert results(verify(shop, *COMPARED)) == {"V01 orders.new": "pass"}


@pytest.mark.slow_faults
def test_settings_that_keep_one_copy_fail_and_a_node_that_is_down_is_seen(three: KafkaCluster, shop: Shop) -> None:
    shop.topics(
        "orders.safe: {partitions: 1, replicationFactor: 3, config: {min.insync.replicas: 2}}",
        "orders.weak: {partitions: 1, replicationFactor: 3, config: {min.insync.replicas: 1}}",
        "orders.alone: {partitions: 1, replicationFactor: 1}",
    )
    assert shop.apply().code == 0
    names = ("orders.safe", "orders.weak", "orders.alone")
    found = verify(shop, *PASSIVE, code=7)
    assert results(found) == dict.fromkeys((f"V42 {name}" for name in names), "pass") | {
        "V26 orders.safe": "pass",
        "V26 orders.weak": "fail",
        "V26 orders.alone": "fail",
    }
    three.nodes[2].stop()
    until(lambda: verify(shop, *PASSIVE, code=7)["V42 orders.safe"]["result"] == "fail")
