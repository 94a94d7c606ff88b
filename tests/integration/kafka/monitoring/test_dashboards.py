"""The dashboards of the examples on real brokers: every query returns data, of our exporter and RabbitMQ's plugin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.rabbitmq.release import NEWEST, installed
from tests.brokers.rabbitmq.server import FAST_STATISTICS, METRICS, PLUGINS, RabbitServer, Settings
from tests.brokers.scratch import scratch_folder
from tests.cli.conftest import mq
from tests.command import Ran
from tests.integration.asking import ask
from tests.integration.exporting import exporting
from tests.integration.fed import Brokers, examples, feed, placed
from tests.integration.kafka.e2e.conftest import empty

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster
    from tests.brokers.redis.deployment import RedisDeployment

__all__ = ["mq"]

NAMES = examples("kafka", "rabbitmq", "redis")


@pytest.fixture(scope="module")
def rabbit(request: pytest.FixtureRequest) -> Iterator[RabbitServer]:
    if not is_matrix(request.config):
        pytest.skip(matrix_only("the dashboard of every example"))
    settings = Settings(plugins=(*PLUGINS, METRICS), config=FAST_STATISTICS, proxied=False)
    with (
        scratch_folder("rabbitmq-dashboards") as folder,
        closing(RabbitServer(installed(NEWEST), folder, settings)) as one,
    ):
        one.start()
        yield one


@pytest.fixture
def brokers(rabbit: RabbitServer, request: pytest.FixtureRequest) -> Brokers:
    """All of them, empty: three nodes of Kafka, since some examples have that many replicas."""
    kafka: KafkaCluster = request.getfixturevalue("kafka_4_three")
    redis: RedisDeployment = request.getfixturevalue("redis_7")
    empty(kafka)
    rabbit.wipe()
    redis.wipe()
    return Brokers(kafka, rabbit, redis)


@pytest.mark.parametrize("name", NAMES)
def test_every_query_returns_data(
    name: str, brokers: Brokers, tmp_path: Path, mq: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / name
    environment, secrets = placed(name, root, brokers)
    for variable, value in secrets.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("MQINFRA_ENV", environment)
    monkeypatch.chdir(root)
    ran = mq("apply", "--auto-approve")
    assert ran.code == 0, ran.err
    feed(brokers)
    assert brokers.rabbit is not None
    with exporting(root, "--interval", "1s") as (_, url):
        addresses = {"mqinfra.example.com:9808": url, "rabbitmq.example.com:15692": brokers.rabbit.metrics_url}
        dialects = [("--exporter", "mqinfra")]
        if name in examples("rabbitmq"):
            dialects.insert(0, ("--exporter", "rabbitmq_prometheus"))
        assert ask(mq, tmp_path / "watch", dialects, addresses)
