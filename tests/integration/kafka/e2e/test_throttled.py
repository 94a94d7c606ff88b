"""A cluster that limits how fast it is changed is waited for, however short the patience with single answers is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.brokers.kafka import wire
from tests.brokers.kafka.cluster import KafkaCluster
from tests.brokers.kafka.messages import admin
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
    entry = admin.AlterClientQuotasRequest.EntryData
    client = entry.EntityData(entity_type="client-id", entity_name="mqinfra")
    limit = entry.OpData(key="controller_mutation_rate", value=rate or 0.0, remove=rate is None)
    request = admin.AlterClientQuotasRequest(entries=[entry(entity=[client], ops=[limit])], validate_only=False)
    answer = wire.call(cluster.nodes[0].ports.plaintext, request, admin.AlterClientQuotasResponse, 1)
    assert [item.error_code for item in answer.entries] == [0]


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
