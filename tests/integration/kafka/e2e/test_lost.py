"""A reply that never comes, a request that never arrives, a connection that goes: what counts is what can be seen."""

from __future__ import annotations

import pytest

from tests.brokers.kafka.cluster import KafkaCluster
from tests.command import Ran
from tests.integration.kafka.e2e.conftest import written
from tests.integration.kafka.e2e.hand import Hand, Topic
from tests.integration.kafka.e2e.shop import Shop, outcomes

# Each with the number of its first request that writes: before comes the dry run of the plan that an apply makes again.
WRITES = {"CreateTopics": 2, "CreatePartitions": 2, "IncrementalAlterConfigs": 2, "DeleteTopics": 1}
AFTER = {
    "orders.new": Topic(3, 1, {}),
    "orders.growing": Topic(4, 1, {}),
    "orders.set": Topic(1, 1, {"retention.ms": "7200000"}),
}
FAST = ("--timeout", "3")


def prepare(cluster: KafkaCluster, shop: Shop, hand: Hand) -> None:
    """Save a plan that needs one write of each api."""
    hand.create("orders.growing", "orders.set", "orders.legacy")
    shop.topics(
        "orders.new: {partitions: 3}",
        "orders.growing: {partitions: 4}",
        "orders.set: {config: {retention.ms: 2h}}",
        removed=("orders.legacy: {}",),
    )
    shop.save_plan()
    cluster.proxy.reset()


def all_applied(ran: Ran, hand: Hand) -> None:
    assert ran.code == 0, ran.text
    assert outcomes(ran) == dict.fromkeys((*AFTER, "orders.legacy"), "applied")
    assert hand.live() == AFTER


@pytest.mark.slow
def test_lost_replies_are_made_up_for_by_looking_and_nothing_is_sent_twice(
    live: KafkaCluster, shop: Shop, hand: Hand, cell: set[str]
) -> None:
    prepare(live, shop, hand)
    for api, nth in WRITES.items():
        live.proxy.faults.swallow_reply(nth, api)
    all_applied(shop.apply_saved(*FAST), hand)
    assert written(live) == list(WRITES)
    cell.add(f"kafka-{live.line}/topics/e2e-lost-reply")


@pytest.mark.slow
def test_requests_that_never_arrived_are_sent_again(live: KafkaCluster, shop: Shop, hand: Hand, cell: set[str]) -> None:
    prepare(live, shop, hand)
    for api, nth in WRITES.items():
        live.proxy.faults.drop_request(nth, api)
    all_applied(shop.apply_saved(*FAST), hand)
    assert sorted(written(live)) == sorted([*WRITES, *WRITES])
    cell.add(f"kafka-{live.line}/topics/e2e-dropped-request")


def test_connections_cut_after_the_request_are_made_up_for(
    live: KafkaCluster, shop: Shop, hand: Hand, cell: set[str]
) -> None:
    prepare(live, shop, hand)
    for api, nth in WRITES.items():
        live.proxy.faults.cut_after(nth, api)
    all_applied(shop.apply_saved(*FAST), hand)
    cell.add(f"kafka-{live.line}/topics/e2e-connection-cut")
