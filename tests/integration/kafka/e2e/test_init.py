"""A project that begins with what a running Kafka has."""

from __future__ import annotations

import os
from pathlib import Path

from tests.brokers.kafka.cluster import KafkaCluster
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.taken_over import taken_over


def test_a_project_begins_with_what_kafka_has(live_4: KafkaCluster, hand_4: Hand, tmp_path: Path) -> None:
    hand_4.create("orders.created", partitions=3, config={"retention.ms": "604800000"})
    hand_4.create("payments")
    text = taken_over(tmp_path / "taken", f"kafka=kafka://{live_4.bootstrap}", os.environ)
    assert "orders.created:" in text
    assert "payments:" in text
    assert "retention.ms: 7d" in text
