"""Messages through copies of topics: what passes, what a run leaves, and who sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.integration.kafka.e2e.groups import Readers
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop
from tests.integration.kafka.verification.verified import listing, verify
from tests.integration.verified import results

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

TOPICS = ("orders.new: {partitions: 3, replicationFactor: 1, deadLetter: true}",)
OF_TRAFFIC = ("V02", "V03", "V04", "V05", "V06", "V07", "V11")
ONLY = tuple(word for check in OF_TRAFFIC for word in ("--only", check))


def test_healthy_topics_pass_what_traffic_proves_and_nothing_is_left(live: KafkaCluster, shop: Shop) -> None:
    shop.topics(*TOPICS)
    assert shop.apply().code == 0
    before = listing(live)
    found = verify(shop, *ONLY)
    assert results(found) == {
        f"{check} {name}": "pass" for check in OF_TRAFFIC for name in ("orders.new", "orders.new.dlq")
    }
    assert found["V02 orders.new"]["evidence"] == "400 messages delivered from 3 partitions"
    assert listing(live) == before


def test_a_consumer_at_work_beside_sees_no_canary(live_4: KafkaCluster, hand_4: Hand, shop: Shop) -> None:
    shop.topics(*TOPICS)
    assert shop.apply().code == 0
    readers = Readers(live_4)
    with readers.working("billing", "orders.new"):
        assert set(results(verify(shop, "--only", "V03")).values()) == {"pass"}
        hand_4.produce("orders.new", 1)
    assert hand_4.read("orders.new") == 1
    assert sum(offset for offset in readers.offsets("billing").values() if offset > 0) <= 1
