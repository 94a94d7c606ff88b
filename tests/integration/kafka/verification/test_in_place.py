"""Canaries through a real topic that says it accepts them: no group moves, and no key of others gives way to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.integration.kafka.verification.verified import listing, verify
from tests.integration.verified import results

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster
    from tests.integration.kafka.e2e.hand import Hand
    from tests.integration.kafka.e2e.shop import Shop

OF_TRAFFIC = ("V02", "V03", "V04", "V06", "V07", "V11")
CANARY = "promises: {canary: accept}"


def test_a_topic_that_accepts_canaries_is_verified_itself_and_others_by_copies(
    live: KafkaCluster, hand: Hand, shop: Shop
) -> None:
    shop.topics(
        f"orders.new: {{partitions: 3, replicationFactor: 1, {CANARY}}}",
        f"orders.latest: {{partitions: 1, replicationFactor: 1, config: {{cleanup.policy: compact}}, {CANARY}}}",
        "orders.old: {partitions: 1, replicationFactor: 1}",
    )
    assert shop.apply().code == 0
    before = listing(live)
    found = verify(shop, "--mode", "in-place", *(word for check in OF_TRAFFIC for word in ("--only", check)))
    assert set(results(found).values()) == {"pass"}
    assert {name: one["mode"] for name, one in found.items() if name.startswith("V03")} == {
        "V03 orders.new": "in-place",
        "V03 orders.latest": "in-place",
        "V03 orders.old": "clone",
    }
    assert listing(live) == before
    keys = 50
    assert (hand.read("orders.new"), hand.read("orders.latest"), hand.read("orders.old")) == (100, 100 + keys, 0)
