"""The conformance suite for topics: the sandbox, Kafka 4.x and Kafka 3.9 keep the same promises."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.base.session import Session
from mqinfra.providers.catalogue import builtin
from mqinfra.providers.conformance.driver import Driver
from mqinfra.providers.conformance.levels import LEVELS, Level
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.topics.sample import TOPICS
from mqinfra.providers.sandbox.model_session import model_facts
from mqinfra.providers.sandbox.session import SandboxSession
from tests.brokers.kafka.cluster import KafkaCluster


def no_secrets(_reference: object) -> object:
    raise AssertionError("a plaintext connection asks for no secret")


def sandbox(path: Path) -> Callable[[], Session]:
    facts = model_facts("it", "test", brokers=1, version=builtin().providers["kafka"].newest)
    return lambda: SandboxSession.open(path / "it.json", "it", "kafka", facts, builtin())


def broker(cluster: KafkaCluster) -> Callable[[], Session]:
    provider = builtin().providers["kafka"]
    connection = KafkaConnection.model_validate({"type": "kafka", "bootstrap": cluster.bootstrap})
    return lambda: provider.connect(Cluster("it", connection), no_secrets, 30.0)  # type: ignore[arg-type]


@pytest.fixture(params=["sandbox", "kafka-4", "kafka-3.9"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Driver]:
    if request.param == "sandbox":
        opener = sandbox(tmp_path)
    else:
        cluster: KafkaCluster = request.getfixturevalue({"kafka-4": "kafka_4", "kafka-3.9": "kafka_39"}[request.param])
        cluster.wipe()
        opener = broker(cluster)
    return request.param, Driver(builtin(), "kafka", opener, TOPICS)


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_level(level: Level, target: tuple[str, Driver], cell: set[str]) -> None:
    name, driver = target
    cell.add(f"{name}/{driver.sample.kind}/{level.name}")
    level.prove(driver)
