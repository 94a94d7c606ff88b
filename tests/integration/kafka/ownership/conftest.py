"""A project on a real Kafka, of which a part is declared and the rest is others'."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.kafka.e2e.hand import Hand
from tests.ownership.workspace import Workspace

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

SCOPE = {"kafka": {"topics": ["shop.*"], "principals": ["User:*"]}}


@pytest.fixture
def space(kafka_4: KafkaCluster, tmp_path: Path) -> Workspace:
    kafka_4.wipe()
    found = Workspace(tmp_path / "project")
    found.project({"kafka": {"type": "kafka", "bootstrap": kafka_4.bootstrap}}, SCOPE)
    return found


@pytest.fixture
def hand(kafka_4: KafkaCluster) -> Hand:
    return Hand(kafka_4)
