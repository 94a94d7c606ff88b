"""Pytest fixtures over real brokers; load with `pytest_plugins = ["tests.brokers.fixtures"]`.

A broker starts when the first test asks for it and serves the rest of the session.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import pytest

from tests.brokers.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.brokers.kafka.cluster import KafkaCluster
    from tests.brokers.rabbitmq.server import RabbitServer
    from tests.brokers.redis.deployment import RedisDeployment
    from tests.brokers.redis.topology import Topology

_started: list[KafkaCluster | RabbitServer] = []
# Some suites of Debian move, so a run says what it ran on.
_titles: set[str] = set()


@contextmanager
def _cluster(line: str, nodes: int) -> Iterator[KafkaCluster]:
    # Imported late: most test runs need no broker, and kafka-python takes a while to load.
    from tests.brokers.kafka.cluster import KafkaCluster, Settings  # noqa: PLC0415
    from tests.brokers.kafka.release import installed  # noqa: PLC0415

    with scratch_folder(f"kafka-{line}-{nodes}") as folder:
        cluster = KafkaCluster(installed(line), folder, Settings(nodes=nodes))
        try:
            cluster.start()
            _started.append(cluster)
            _titles.add(f"Kafka {cluster.version}")
            yield cluster
        finally:
            if cluster in _started:
                _started.remove(cluster)
            cluster.close()


@pytest.fixture(scope="session")
def kafka_4() -> Iterator[KafkaCluster]:
    with _cluster("4", 1) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def kafka_39() -> Iterator[KafkaCluster]:
    with _cluster("3.9", 1) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def kafka_4_three() -> Iterator[KafkaCluster]:
    with _cluster("4", 3) as cluster:
        yield cluster


@pytest.fixture(scope="session", params=["kafka_4", "kafka_39"], ids=["4", "3.9"])
def kafka(request: pytest.FixtureRequest) -> KafkaCluster:
    """One node of each Kafka line in turn."""
    return cast("KafkaCluster", request.getfixturevalue(request.param))


@pytest.fixture(autouse=True)
def _brokers_without_faults() -> None:
    """Begin each test with no fault, no callback and nothing recorded in any proxy."""
    for broker in _started:
        broker.proxy.reset()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the exact versions of the brokers that ran."""
    if _titles:
        terminalreporter.line(f"brokers: {', '.join(sorted(_titles))}")


@contextmanager
def _redis(line: str, topology: Topology) -> Iterator[RedisDeployment]:
    from tests.brokers.redis.deployment import RedisDeployment, Settings  # noqa: PLC0415 - as above
    from tests.brokers.redis.release import installed  # noqa: PLC0415 - as above

    with scratch_folder(f"redis-{line}-{topology}") as folder:
        deployment = RedisDeployment(installed(line), folder, Settings(topology=topology))
        try:
            deployment.start()
            _titles.add(deployment.title)
            yield deployment
        finally:
            deployment.close()


def _is_matrix(config: pytest.Config) -> bool:
    return bool(config.getoption("--matrix", default=False)) or os.environ.get("MQINFRA_MATRIX", "") not in {"", "0"}


def _matrix_only(title: str) -> str:
    return f"{title} is tested in the matrix only: pytest --matrix, or MQINFRA_MATRIX=1"


def _only_in_the_matrix(request: pytest.FixtureRequest, title: str) -> None:
    if not _is_matrix(request.config):
        pytest.skip(_matrix_only(title))


@pytest.fixture(scope="session")
def redis_7() -> Iterator[RedisDeployment]:
    """Redis 7.0, one node."""
    with _redis("7.0", "single") as deployment:
        yield deployment


@pytest.fixture(scope="session")
def redis_7_pair() -> Iterator[RedisDeployment]:
    """Redis 7.0, a primary with a replica."""
    with _redis("7.0", "pair") as deployment:
        yield deployment


@pytest.fixture(scope="session")
def redis_7_sentinel() -> Iterator[RedisDeployment]:
    """Redis 7.0, a primary and a replica under three sentinels."""
    with _redis("7.0", "sentinel") as deployment:
        yield deployment


@pytest.fixture(scope="session")
def redis_7_cluster() -> Iterator[RedisDeployment]:
    """Redis 7.0, a Cluster of three masters with a replica each."""
    with _redis("7.0", "cluster") as deployment:
        yield deployment


@pytest.fixture(scope="session")
def redis_8(request: pytest.FixtureRequest) -> Iterator[RedisDeployment]:
    """Redis 8.0, one node; only in the matrix."""
    _only_in_the_matrix(request, "Redis 8.0")
    with _redis("8.0", "single") as deployment:
        yield deployment


@pytest.fixture(scope="session")
def valkey_8(request: pytest.FixtureRequest) -> Iterator[RedisDeployment]:
    """Valkey 8.1, one node; only in the matrix."""
    _only_in_the_matrix(request, "Valkey 8.1")
    with _redis("valkey-8.1", "single") as deployment:
        yield deployment


@pytest.fixture(scope="session")
def redis_86(request: pytest.FixtureRequest) -> Iterator[RedisDeployment]:
    """Redis 8.6 or newer, one node; only in the matrix."""
    _only_in_the_matrix(request, "Redis 8.6")
    with _redis("8.6", "single") as deployment:
        yield deployment


@pytest.fixture(scope="session")
def valkey_9(request: pytest.FixtureRequest) -> Iterator[RedisDeployment]:
    """Valkey 9.1 or newer, one node; only in the matrix."""
    _only_in_the_matrix(request, "Valkey 9.1")
    with _redis("valkey-9.1", "single") as deployment:
        yield deployment


@pytest.fixture(
    scope="session",
    params=["redis_7", "redis_8", "redis_86", "valkey_8", "valkey_9"],
    ids=["7.0", "8.0", "8.6", "valkey-8.1", "valkey-9.1"],
)
def redis_each(request: pytest.FixtureRequest) -> RedisDeployment:
    """One node of each release in turn; those of the matrix are skipped outside it."""
    return cast("RedisDeployment", request.getfixturevalue(request.param))


@contextmanager
def _rabbitmq(line: str) -> Iterator[RabbitServer]:
    from tests.brokers.rabbitmq.release import installed  # noqa: PLC0415 - as above
    from tests.brokers.rabbitmq.server import RabbitServer  # noqa: PLC0415 - as above

    with scratch_folder(f"rabbitmq-{line}") as folder:
        server = RabbitServer(installed(line), folder)
        try:
            server.start()
            _started.append(server)
            _titles.add(server.title)
            yield server
        finally:
            if server in _started:
                _started.remove(server)
            server.close()


@pytest.fixture(scope="session")
def rabbitmq_3() -> Iterator[RabbitServer]:
    """RabbitMQ 3.10, one node."""
    with _rabbitmq("3.10") as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq_4(request: pytest.FixtureRequest) -> Iterator[RabbitServer]:
    """RabbitMQ 4.0, one node; only in the matrix."""
    _only_in_the_matrix(request, "RabbitMQ 4.0")
    with _rabbitmq("4.0") as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq_43() -> Iterator[RabbitServer]:
    """RabbitMQ 4.3 or whatever newer one Debian's testing has, one node."""
    with _rabbitmq("4.3") as server:
        yield server


# Lines -> their fixtures.
RABBITMQ = {"3.10": "rabbitmq_3", "4.0": "rabbitmq_4", "4.3": "rabbitmq_43"}


@pytest.fixture(scope="session", params=RABBITMQ)
def rabbitmq(request: pytest.FixtureRequest) -> RabbitServer:
    """One node of each release in turn; outside the matrix without 4.0, and without 4.3 where `newest` is missing."""
    return cast("RabbitServer", request.getfixturevalue(RABBITMQ[request.param]))


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "newest: outside the matrix, too, runs on the newest RabbitMQ")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the matrix what an ordinary run need not prove on the newest RabbitMQ."""
    if _is_matrix(config):
        return
    for item in items:
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if parameters.get("rabbitmq") == "4.3" and item.get_closest_marker("newest") is None:
            item.add_marker(pytest.mark.skip(reason=_matrix_only("RabbitMQ 4.3")))
