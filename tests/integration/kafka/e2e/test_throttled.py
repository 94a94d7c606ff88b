"""A cluster that limits how fast it is changed is waited for, however short the patience with single answers is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.brokers.kafka import wire
from tests.brokers.kafka.cluster import KafkaCluster
from tests.integration.kafka.e2e.conftest import written
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop, outcomes

RATE = 2.0
PARTITIONS = 30
"""The brokers let 11 seconds' worth through at once, here 22; 8 more take 4 s to earn."""


@contextmanager
def slowed(cluster: KafkaCluster) -> Iterator[None]:
    """Partitions may be made at `RATE` a second by clients that call themselves mqinfra."""
    _limit(cluster, RATE)
    try:
        yield
    finally:
        _limit(cluster, None)


def _limit(cluster: KafkaCluster, rate: float | None) -> None:
    limits = {"controller_mutation_rate": rate}
    wire.alter_quotas(cluster.nodes[0].ports.plaintext, {(("client-id", "mqinfra"),): limits})


@pytest.mark.slow
def test_an_apply_over_the_quota_takes_its_time_and_ends_well(
    live: KafkaCluster, shop: Shop, hand: Hand, cell: set[str]
) -> None:
    shop.topics(f"orders.wide: {{partitions: {PARTITIONS}}}", "orders.next: {}")
    shop.save_plan()
    live.proxy.recorder.clear()
    with slowed(live):
        ran = shop.apply_saved("--timeout", "2")
    assert ran.code == 0, ran.text
    assert outcomes(ran) == {"orders.wide": "applied", "orders.next": "applied"}
    assert hand.live()["orders.wide"].partitions == PARTITIONS
    assert written(live) == ["CreateTopics"]
    assert ran.seconds > (PARTITIONS - 11 * RATE) / RATE, "the quota did not bite"
    cell.add(f"kafka-{live.line}/topics/e2e-throttled")
