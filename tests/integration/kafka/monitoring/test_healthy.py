"""Healthy traffic, with consumers that are restarted and a broker that is, is never called bad."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest
from confluent_kafka import Producer

from mqinfra.model.health import State
from mqinfra.monitor.thresholds import DEFAULT
from tests.integration.kafka.e2e.conftest import ready
from tests.integration.kafka.e2e.groups import GroupShop
from tests.integration.kafka.e2e.hand import QUIET, consumer, polling
from tests.integration.watching import watching

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

TOPIC, GROUP = "orders.new", "billing"
_RESTARTED_EVERY, _AWAY = 10.0, 3.0
_SHORT, _LONG = 24.0, 1_800.0
"""Seconds that it is watched; half an hour in `make test-faults`."""


@contextmanager
def traffic(cluster: KafkaCluster) -> Iterator[None]:
    """Some hundred records a second."""
    over = threading.Event()
    producer = Producer({"bootstrap.servers": cluster.bootstrap, **QUIET})

    def produce() -> None:
        while not over.wait(0.1):
            for number in range(10):
                producer.produce(TOPIC, b"x", partition=number % 3)
            producer.poll(0)

    thread = threading.Thread(target=produce, name="traffic")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def restarted(cluster: KafkaCluster, over: threading.Event) -> None:
    """Two members, of which one after the other leaves and comes again; now and then both."""
    with ExitStack() as steady:
        steady.enter_context(member(cluster))
        while not over.is_set():
            with member(cluster):
                over.wait(_RESTARTED_EVERY)
            over.wait(_AWAY)
            steady.pop_all().close()
            over.wait(_AWAY)
            steady.enter_context(member(cluster))


def member(cluster: KafkaCluster) -> AbstractContextManager[None]:
    one = consumer(cluster.bootstrap, GROUP)
    one.subscribe([TOPIC])
    return polling(one)


def watched(cluster: KafkaCluster, shop: GroupShop, seconds: float, every: float, nodes: int) -> None:
    """Watch traffic with restarts of its consumers, and halfway of the brokers, one after the other."""
    shop.groups(
        {GROUP: {"topics": [TOPIC]}}, topics=(f"{TOPIC}: {{partitions: 3, replicationFactor: {max(1, nodes)}}}",)
    )
    assert shop.apply().code == 0
    over = threading.Event()
    members = threading.Thread(target=restarted, args=(cluster, over), name="members")
    with traffic(cluster), watching(every=every, thresholds=DEFAULT) as watch:
        members.start()
        try:
            began, left = time.monotonic(), cluster.nodes[:nodes]
            while (gone := time.monotonic() - began) < seconds:
                if left and gone > seconds / 2:
                    node, left = left[0], left[1:]
                    node.stop()
                    node.start()
                for name, seen in watch.look().items():
                    assert not seen.judged.verdict.state.bad, (name, seen.judged, seen.series.samples)
        finally:
            over.set()
            members.join()
    assert watch.states[State.OK] > 4 * watch.states[State.UNKNOWN]


def test_restarts_of_consumers_are_never_called_bad(live_4: KafkaCluster, shop: GroupShop) -> None:
    watched(live_4, shop, _SHORT, 2.0, 0)


def test_half_an_hour_with_a_rolling_restart_is_never_called_bad(
    request: pytest.FixtureRequest, shop: GroupShop
) -> None:
    if not request.config.getoption("--faults", default=False):
        pytest.skip("half an hour: make test-faults")
    three: KafkaCluster = request.getfixturevalue("kafka_4_three")
    watched(ready(three, shop), shop, _LONG, 10.0, 3)
