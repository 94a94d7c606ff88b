"""A project whose apply faults are played on."""

from pathlib import Path

import pytest

from tests.brokers.kafka.cluster import KafkaCluster
from tests.integration.kafka.e2e.conftest import proxied
from tests.integration.kafka.e2e.shop import Shop
from tests.integration.kafka.faults.subject import Topics


@pytest.fixture
def subject(kafka_4: KafkaCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Topics:
    shop = Shop(tmp_path / "shop")
    kafka_4.wipe()
    shop.clusters(kafka=proxied(kafka_4))
    monkeypatch.chdir(shop.root)
    return Topics(kafka_4, shop)
