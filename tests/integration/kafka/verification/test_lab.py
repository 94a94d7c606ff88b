"""Nodes that are lost and restarted, and storms of connections, on real brokers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.kafka.e2e.conftest import ready
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop
from tests.integration.kafka.verification.verified import ARGUMENTS, listing, verify
from tests.integration.lab import commands
from tests.integration.verified import judged, results

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster


@pytest.fixture
def three(kafka_4_three: KafkaCluster, shop: Shop) -> Iterator[KafkaCluster]:
    yield ready(kafka_4_three, shop)
    kafka_4_three.start()


@pytest.mark.slow_faults
def test_the_loss_of_a_leader_is_survived_by_three_replicas_and_not_by_one(
    three: KafkaCluster, shop: Shop, tmp_path: Path
) -> None:
    shop.topics(
        "orders.safe: {partitions: 1, replicationFactor: 3, config: {min.insync.replicas: 2}}",
        "orders.alone: {partitions: 1, replicationFactor: 1}",
    )
    assert shop.apply().code == 0
    before = listing(three)
    with commands(three, tmp_path / "lab", ("1", "2", "3")) as stopping:
        run = shop.start(*ARGUMENTS, "--only", "V41", "--limit", "150s", *stopping)
        found = judged(run.end(400), 7)
    told = {name: one["evidence"] for name, one in found.items()}
    assert results(found) == {"V41 orders.safe": "pass", "V41 orders.alone": "fail"}, told
    assert "no message was sent afterwards" in found["V41 orders.alone"]["offenders"]
    assert listing(three) == before


@pytest.mark.slow_faults
def test_lag_stays_bounded_while_three_brokers_are_restarted_one_by_one(
    three: KafkaCluster, shop: Shop, tmp_path: Path
) -> None:
    shop.topics("orders.safe: {partitions: 3, replicationFactor: 3, config: {min.insync.replicas: 2}}")
    assert shop.apply().code == 0
    with commands(three, tmp_path / "lab", ("1", "2", "3")) as stopping:
        run = shop.start(*ARGUMENTS, "--only", "V43", "--limit", "240s", *stopping)
        found = judged(run.end(500), 0)
    assert "3 nodes restarted" in found["V43 orders.safe"]["evidence"]


@pytest.mark.usefixtures("live_4")
def test_a_storm_of_connections_passes_below_the_limit_of_an_address_and_fails_above(hand_4: Hand, shop: Shop) -> None:
    shop.topics("orders.new: {partitions: 1, replicationFactor: 1}")
    assert shop.apply().code == 0
    only = ("--only", "V47", "--connections", "150")
    assert results(verify(shop, *only)) == {"V47 kafka": "pass"}
    hand_4.give(1, max_connections_per_ip="100")
    try:
        found = verify(shop, *only, code=7)
    finally:
        hand_4.give(1, max_connections_per_ip=None)
    assert "does not take it" in found["V47 kafka"]["evidence"]
