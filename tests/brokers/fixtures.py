"""Pytest fixtures over real brokers; load with `pytest_plugins = ["tests.brokers.fixtures"]`.

A broker starts when the first test asks for it and serves the rest of the session.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import pytest

from tests.brokers.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.brokers.kafka.cluster import KafkaCluster

_started: list[KafkaCluster] = []


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
    for cluster in _started:
        cluster.proxy.reset()
