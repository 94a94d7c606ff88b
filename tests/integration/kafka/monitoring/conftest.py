"""A project with groups on real clusters."""

import pytest

from tests.brokers.kafka.cluster import KafkaCluster
from tests.integration.kafka.e2e.conftest import ready
from tests.integration.kafka.e2e.groups import GroupShop


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> GroupShop:
    found = GroupShop(tmp_path_factory.mktemp("watched") / "shop")
    monkeypatch.chdir(found.root)
    return found


@pytest.fixture
def live_4(kafka_4: KafkaCluster, shop: GroupShop) -> KafkaCluster:
    return ready(kafka_4, shop)
