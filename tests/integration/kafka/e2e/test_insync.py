"""More replicas in sync asked for than there are: writes go through, so it is a warning, before an apply and after."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from confluent_kafka import Producer

from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.release import installed
from tests.integration.kafka.e2e.conftest import ready
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop

TWO_IN_SYNC = {"min.insync.replicas": "2", "default.replication.factor": "1"}


@pytest.fixture(scope="module", params=["4", "3.9"])
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    folder = tmp_path_factory.mktemp("strict")
    cluster = KafkaCluster(installed(request.param), folder, Settings(properties=TWO_IN_SYNC))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.close()


@pytest.fixture
def strict(started: KafkaCluster, shop: Shop) -> KafkaCluster:
    """A single broker whose default asks for two replicas in sync, as many hosted clusters do."""
    return ready(started, shop)


@pytest.mark.slow
def test_the_verdict_is_the_same_before_and_after_an_apply_and_writes_go_through(
    strict: KafkaCluster, shop: Shop
) -> None:
    shop.topics("orders.a: {}", "orders.b: {config: {min.insync.replicas: 2}}", "orders.c: {replicationFactor: 1}")
    before = shop.run("plan", "-q", "-o", "json")
    assert before.code == 0, before.text
    assert shop.apply().code == 0
    after = shop.run("plan", "-q", "-o", "json")
    assert (after.code, after.json()["changes"]) == (0, []), after.text
    said = [[(found["code"], found["address"]) for found in ran.json()["diagnostics"]] for ran in (before, after)]
    assert said[0] == said[1] == [("MQ400", "kafka/topics/orders.b"), ("MQ400", "kafka/topics/orders.c")]
    producer = Producer({"bootstrap.servers": strict.bootstrap, "acks": "all", "enable.metrics.push": False})
    failed: list[object] = []
    for name in ("orders.a", "orders.b", "orders.c"):
        producer.produce(name, b"x", on_delivery=lambda error, _: failed.append(error) if error else None)
    assert producer.flush(20) == 0
    assert failed == []


@pytest.mark.slow
def test_what_is_live_can_be_adopted(strict: KafkaCluster, shop: Shop) -> None:
    Hand(strict).create("orders.exported", config={"min.insync.replicas": "2"})
    assert shop.run("export", "-o", "yaml=topology/kafka.yaml").code == 0
    ran = shop.run("plan", "--detailed-exitcode")
    assert ran.code == 0, ran.text
    assert "MQ400" in ran.err
