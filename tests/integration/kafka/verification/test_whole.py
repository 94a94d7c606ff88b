"""Verifications of a healthy topology, over and over: none may fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.kafka.e2e.shop import Shop
from tests.integration.kafka.verification.verified import listing

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

_RUNS = 20
"""Seeds of each part; there are ten parts."""
_CHECKS = ("V02", "V03", "V04", "V05", "V06", "V07", "V11", "V23", "V40")


@pytest.mark.slow_faults
@pytest.mark.parametrize("part", range(10))
def test_a_healthy_topic_never_fails(part: int, live_4: KafkaCluster, shop: Shop) -> None:
    shop.topics("orders.new: {partitions: 3, replicationFactor: 1}")
    assert shop.apply().code == 0
    before = listing(live_4)
    only = [word for check in _CHECKS for word in ("--only", check)]
    for seed in range(part * _RUNS, (part + 1) * _RUNS):
        ran = shop.run("verify", "-q", "-o", "json", "--seed", str(seed), "--messages", "200", *only)
        assert ran.code == 0, (seed, ran.text)
    assert listing(live_4) == before
