"""Consumers and pipelines that are killed, on real brokers: what passes, and what is seen to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop
from tests.integration.kafka.verification.verified import listing, verify
from tests.integration.verified import results

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

ONE = ("orders.new: {partitions: 3, replicationFactor: 1}",)


@pytest.mark.slow_faults
def test_killed_consumers_and_new_groups_get_what_they_are_promised(live: KafkaCluster, shop: Shop) -> None:
    shop.topics(*ONE)
    assert shop.apply().code == 0
    before = listing(live)
    found = verify(shop, "--only", "V08", "--only", "V09", "--only", "V45")
    assert results(found) == dict.fromkeys(("V08 orders.new", "V09 orders.new", "V45 orders.new"), "pass")
    assert "redelivered after the consumer was killed" in found["V08 orders.new"]["evidence"]
    assert listing(live) == before


@pytest.mark.slow_faults
def test_a_pipeline_in_transactions_gives_each_message_once(live: KafkaCluster, hand: Hand, shop: Shop) -> None:
    shop.topics(*ONE)
    assert shop.apply().code == 0
    hand.use_transactions()
    before = listing(live)
    found = verify(shop, "--only", "V10")
    assert results(found) == {"V10 orders.new": "pass"}, found
    assert "400 messages, each delivered once after 3 kills" in found["V10 orders.new"]["evidence"]
    assert listing(live) == before
