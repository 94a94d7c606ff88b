"""The cleaners of real brokers, waited for: which values of a key are kept, and when what is old goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.kafka.verification.verified import listing, results, verify

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster
    from tests.integration.kafka.e2e.shop import Shop

pytestmark = pytest.mark.slow_faults


def test_compaction_keeps_the_last_value_of_each_key(live: KafkaCluster, shop: Shop) -> None:
    shop.topics("orders.new: {partitions: 1, replicationFactor: 1, config: {cleanup.policy: compact}}")
    assert shop.apply().code == 0
    before = listing(live)
    found = verify(shop, "--slow", "--only", "V22")
    assert results(found) == {"V22 orders.new": "pass"}, found
    assert listing(live) == before
