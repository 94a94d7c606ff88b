"""A project that gives rights on a real broker, and users who try them out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.kafka.e2e.conftest import empty, proxied
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster


class RightsShop(Shop):
    """The project `shop`, or another, which owns principals too."""

    scope = '{topics: ["orders.*"], principals: ["User:deployer-*", "User:shop-*"], sharedWith: [shop, billing, other]}'
    defaults = "{}"

    def __init__(self, root: Path, name: str = "shop") -> None:
        super().__init__(root)
        self.name = name

    def declare(self, *, topics: tuple[str, ...] = (), access: Mapping[str, str] | None = None, more: str = "") -> None:
        """Write the topology: topics, and entries of `access` as YAML flow mappings by their names."""
        lines = ["kafka:", *(["  topics:"] if topics else []), *(f"    {name}: {{}}" for name in topics)]
        lines += ["  access:"] if access else []
        lines += [f"    {name}: {entry}" for name, entry in (access or {}).items()]
        self.topology("\n".join(lines) + "\n" + more, "kafka")


@pytest.fixture
def shop(tmp_path: Path) -> RightsShop:
    return RightsShop(tmp_path / "shop")


@pytest.fixture
def live(kafka: KafkaCluster, shop: RightsShop) -> KafkaCluster:
    """Each Kafka line in turn, empty."""
    empty(kafka)
    shop.clusters(kafka=proxied(kafka))
    return kafka


@pytest.fixture
def live_4(kafka_4: KafkaCluster, shop: RightsShop) -> KafkaCluster:
    """Kafka 4 alone, empty."""
    empty(kafka_4)
    shop.clusters(kafka=proxied(kafka_4))
    return kafka_4


@pytest.fixture
def hand(live: KafkaCluster) -> Hand:
    return Hand(live)
