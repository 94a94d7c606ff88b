"""After many topics were made at once, brokers learn of them one after the other: no export is short, no plan wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from tests.brokers.fixtures import is_matrix
from tests.brokers.kafka.cluster import KafkaCluster
from tests.brokers.ports import HOST
from tests.integration.kafka.e2e.conftest import ready
from tests.integration.kafka.e2e.shop import Shop

SOME, ALL = 400, 1_200
"""Topics in an ordinary run and in the matrix, of a single partition, or an eighth of them of twenty."""


@pytest.fixture
def names(request: pytest.FixtureRequest) -> list[str]:
    return [f"orders.t{number:04}" for number in range(ALL if is_matrix(request.config) else SOME)]


@pytest.fixture
def three(kafka_4_three: KafkaCluster, shop: Shop) -> Iterator[KafkaCluster]:
    yield ready(kafka_4_three, shop)
    kafka_4_three.wipe()


def make(cluster: KafkaCluster, names: list[str], partitions: int) -> None:
    """Make topics and return as soon as the controller has them, which is long before all brokers know."""
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap, "enable.metrics.push": False})
    for start in range(0, len(names), 400):
        new = [NewTopic(name, partitions, 3) for name in names[start : start + 400]]
        for future in admin.create_topics(new).values():
            future.result()


def test_an_export_right_after_is_whole_whichever_broker_is_asked(
    three: KafkaCluster, shop: Shop, names: list[str]
) -> None:
    make(three, names, 1)
    for node in three.nodes:
        shop.clusters(kafka=f'{{type: kafka, bootstrap: "{HOST}:{node.ports.plaintext}"}}')
        ran = shop.run("export", "--timeout", "60")
        assert ran.code == 0, ran.text
        assert ran.out.count("\n    orders.t") == len(names)


def test_plans_right_after_see_no_topic_as_missing(three: KafkaCluster, shop: Shop, names: list[str]) -> None:
    names = names[::8]
    shop.topics(*(f"{name}: {{partitions: 20, replicationFactor: 3}}" for name in names))
    make(three, names, 20)
    for node in three.nodes:
        shop.clusters(kafka=f'{{type: kafka, bootstrap: "{HOST}:{node.ports.plaintext}"}}')
        ran = shop.run("plan", "--detailed-exitcode", "--timeout", "60")
        assert ran.code == 0, ran.text
