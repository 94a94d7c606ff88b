"""Replicas go to racks that a partition is not in yet, and of two in one rack one goes, on brokers that have racks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.release import installed
from tests.brokers.scratch import scratch_folder
from tests.integration.kafka.e2e.conftest import nothing_written, ready
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop, outcomes
from tests.integration.kafka.e2e.test_reassignments import placed
from tests.waiting import until

RACKS = ("a", "a", "b", "c")
PARTITIONS = 8
MESSAGES = 800


@pytest.fixture(scope="module", params=["4", "3.9"])
def started(request: pytest.FixtureRequest) -> Iterator[KafkaCluster]:
    if not is_matrix(request.config):
        pytest.skip(matrix_only("brokers in racks"))
    with scratch_folder(f"kafka-racks-{request.param}") as folder:
        settings = Settings(nodes=len(RACKS), racks=RACKS, heap="256m")
        cluster = KafkaCluster(installed(request.param), folder, settings)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.close()


@pytest.fixture
def racked(started: KafkaCluster, shop: Shop) -> KafkaCluster:
    return ready(started, shop)


def settled(hand: Hand, factor: int) -> list[list[int]]:
    """Where the replicas are, once the broker that is asked knows that they are as many as they should be."""
    found: list[list[int]] = []

    def seen() -> bool:
        found[:] = hand.replicas("orders.a")
        return {len(brokers) for brokers in found} == {factor}

    until(seen)
    return found


def racks(brokers: list[int]) -> list[str]:
    return sorted(RACKS[broker - 1] for broker in brokers)


def test_from_one_to_three_to_two_every_partition_lies_in_as_many_racks_as_it_can(
    racked: KafkaCluster, shop: Shop
) -> None:
    hand = Hand(racked)
    hand.create("orders.a", partitions=PARTITIONS)
    hand.fill("orders.a", MESSAGES, 100)
    # As Kafka would never lay it out: all on the two brokers that share a rack.
    placed(racked, "orders.a", {number: [1 + number % 2] for number in range(PARTITIONS)})
    for factor in (3, 2):
        before = settled(hand, 1 if factor == 3 else 3)
        shop.topics(f"orders.a: {{partitions: {PARTITIONS}, replicationFactor: {factor}}}")
        ran = shop.apply()
        assert (ran.code, outcomes(ran)) == (0, {"orders.a": "applied"}), ran.text
        after = settled(hand, factor)
        assert [len(set(racks(brokers))) for brokers in after] == [factor] * PARTITIONS, after
        smaller = zip(*((before, after) if factor == 3 else (after, before)), strict=True)
        assert all(set(few) <= set(many) for few, many in smaller), "more moved than had to"
        assert hand.throttles() == {}
    with nothing_written(racked):
        assert shop.apply().code == 0
    assert hand.read("orders.a") == MESSAGES


def test_of_two_replicas_in_one_rack_one_goes(racked: KafkaCluster, shop: Shop) -> None:
    hand = Hand(racked)
    hand.create("orders.a", partitions=2)
    placed(racked, "orders.a", {0: [1, 2, 3], 1: [4, 1, 2]})
    shop.topics("orders.a: {partitions: 2, replicationFactor: 2}")
    ran = shop.apply()
    assert ran.code == 0, ran.text
    assert [racks(brokers) for brokers in settled(hand, 2)] == [["a", "b"], ["a", "c"]]
