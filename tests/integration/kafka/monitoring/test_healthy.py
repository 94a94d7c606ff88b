"""Healthy traffic, with consumers that are restarted and brokers that are, is never called bad."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest
from confluent_kafka import Producer

from tests.integration.healthy import LONG, SHORT, Length, coming_and_going, never_bad
from tests.integration.kafka.e2e.conftest import ready
from tests.integration.kafka.e2e.groups import GroupShop, Readers
from tests.integration.kafka.e2e.hand import QUIET, consumer, polling

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

TOPIC, GROUP = "orders.new", "billing"
_PARTITIONS = 3


def watched(cluster: KafkaCluster, shop: GroupShop, length: Length, *, nodes: int = 0) -> None:
    """Watch some hundred records a second, and those who read them."""
    topic = f"{TOPIC}: {{partitions: {_PARTITIONS}, replicationFactor: {max(1, nodes)}, deadLetter: true}}"
    shop.groups({GROUP: {"topics": [TOPIC]}}, topics=(topic,))
    assert shop.apply().code == 0
    readers = Readers(cluster)
    readers.produce(TOPIC, *[1] * _PARTITIONS)
    readers.commit(GROUP, TOPIC, *[1] * _PARTITIONS)

    def produce(over: threading.Event) -> None:
        producer = Producer({"bootstrap.servers": cluster.bootstrap, "acks": "all", **QUIET})
        while not over.wait(0.1):
            for number in range(10):
                producer.produce(TOPIC, b"x", partition=number % _PARTITIONS)
            producer.poll(0)

    def member(_: str) -> AbstractContextManager[None]:
        one = consumer(cluster.bootstrap, GROUP)
        one.subscribe([TOPIC])
        return polling(one)

    never_bad(length, (produce, coming_and_going(member)), cluster.nodes[:nodes])


def test_restarts_of_consumers_are_never_called_bad(live_4: KafkaCluster, shop: GroupShop) -> None:
    watched(live_4, shop, SHORT)


@pytest.mark.slow_faults
def test_half_an_hour_with_a_rolling_restart_is_never_called_bad(kafka_4_three: KafkaCluster, shop: GroupShop) -> None:
    watched(ready(kafka_4_three, shop), shop, LONG, nodes=3)
