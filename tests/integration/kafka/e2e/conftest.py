"""A project against real brokers, behind a proxy that sees and spoils what goes between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop")


@pytest.fixture
def live(kafka: KafkaCluster, shop: Shop) -> KafkaCluster:
    """Each Kafka line in turn, empty, and under the alias `kafka` in the project."""
    return ready(kafka, shop)


@pytest.fixture
def live_4(kafka_4: KafkaCluster, shop: Shop) -> KafkaCluster:
    """The same for Kafka 4 alone, for what does not depend on the broker's version."""
    return ready(kafka_4, shop)


@pytest.fixture
def hand(live: KafkaCluster) -> Hand:
    return Hand(live)


@pytest.fixture
def hand_4(live_4: KafkaCluster) -> Hand:
    return Hand(live_4)


def ready(cluster: KafkaCluster, shop: Shop) -> KafkaCluster:
    empty(cluster)
    shop.clusters(kafka=proxied(cluster))
    return cluster


def empty(cluster: KafkaCluster) -> None:
    """Leave nothing but the topic of the project's records, in which there are none."""
    cluster.wipe()
    hand = Hand(cluster)
    hand.keep_records()
    hand.keep_offsets()


def proxied(cluster: KafkaCluster) -> str:
    """The block of a cluster that is reached through the proxy."""
    return f'{{type: kafka, bootstrap: "{cluster.proxied_bootstrap}"}}'


@contextmanager
def nothing_written(cluster: KafkaCluster, *, but_records: bool = False) -> Iterator[None]:
    """No request that would change anything goes through the proxy, and the cluster's metadata log stays as it is.

    Args:
        cluster: the cluster.
        but_records: records and the lock may be written, as an apply does before it finds that it must not go on.
    """
    cluster.proxy.recorder.clear()
    before = cluster.metadata_end_offset()
    yield
    assert (written(cluster) if but_records else [request.name for request in cluster.proxy.mutating()]) == []
    assert cluster.proxy.recorder.requests, "nothing went through the proxy at all"
    assert cluster.metadata_end_offset() == before


def written(cluster: KafkaCluster) -> list[str]:
    """The requests that asked for a change of topics since the proxy was reset or cleared; records are produced."""
    return [request.name for request in cluster.proxy.mutating() if request.name != "Produce"]
