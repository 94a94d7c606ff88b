"""A broker that freezes, stops and comes back, or stops for good in the middle of an apply.

Topics have names of their own: a Kafka broker that is started again gives a topic the settings that an earlier,
deleted topic of the same name had (3.9.2 and 4.4.0 do), which is no concern of these tests.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from mqinfra.providers.kafka.records.heart import EVERY, NEAR
from tests.brokers.kafka.cluster import KafkaCluster
from tests.brokers.kafka.protocol import KafkaRequest
from tests.command import Ran
from tests.integration.kafka.e2e.hand import Hand, Topic
from tests.integration.kafka.e2e.shop import Shop, outcomes


class Trouble:
    """A saved plan of four changes, and something that happens to the broker when the second of them reaches it."""

    def __init__(self, cluster: KafkaCluster, shop: Shop, name: str) -> None:
        self.new, self.growing, self.set, self.legacy = (
            f"orders.{name}.{part}" for part in ("new", "growing", "set", "legacy")
        )
        self._proxy, self._hand = cluster.proxy, Hand(cluster)
        self._hand.create(self.growing, self.set, self.legacy)
        shop.topics(
            f"{self.new}: {{partitions: 3}}",
            f"{self.growing}: {{partitions: 4}}",
            f"{self.set}: {{config: {{retention.ms: 2h}}}}",
            removed=(f"{self.legacy}: {{}}",),
        )
        shop.save_plan()
        self._proxy.reset()

    def strikes(self, happens: Callable[[], None]) -> None:
        def at(number: int, request: KafkaRequest) -> None:
            # The first is the dry run of the plan that an apply makes again.
            if (number, request.name) == (2, "CreatePartitions"):
                happens()

        self._proxy.on_request = at

    def is_over(self, ran: Ran) -> None:
        """Everything was applied, and is there."""
        assert ran.code == 0, ran.text
        assert self._hand.live() == {
            self.new: Topic(3, 1, {}),
            self.growing: Topic(4, 1, {}),
            self.set: Topic(1, 1, {"retention.ms": "7200000"}),
        }


@pytest.fixture
def broker(live_4: KafkaCluster) -> Iterator[KafkaCluster]:
    """A broker that runs again afterwards, whatever happened to it."""
    yield live_4
    live_4.proxy.reset()
    live_4.resume()
    live_4.start()


def test_a_broker_that_freezes_for_two_seconds_is_waited_for(broker: KafkaCluster, shop: Shop) -> None:
    trouble = Trouble(broker, shop, "frozen")
    thaw = threading.Timer(2.0, broker.resume)

    def freeze() -> None:
        broker.pause()
        thaw.start()

    trouble.strikes(freeze)
    ran = shop.apply_saved("--timeout", "1")
    thaw.join()
    assert set(outcomes(ran).values()) == {"applied"}
    trouble.is_over(ran)


def test_a_broker_that_stops_and_comes_back_in_time_is_waited_for(broker: KafkaCluster, shop: Shop) -> None:
    trouble = Trouble(broker, shop, "back")
    away: list[float] = []

    def start() -> None:
        broker.start()
        away.append(time.monotonic())

    restart = threading.Thread(target=start)

    def stop() -> None:
        away.append(time.monotonic())
        broker.stop()
        restart.start()

    trouble.strikes(stop)
    ran = shop.apply_saved("--timeout", "20")
    restart.join()
    gone, back = away
    if ran.code and back - gone > NEAR - EVERY:
        # On a busy machine a broker may take longer to start than the lock waits for its next heartbeat.
        assert ran.code == 4, ran.text
        assert "could not be renewed" in ran.text
        ran = shop.apply_saved()
    else:
        assert set(outcomes(ran).values()) == {"applied"}, ran.text
    trouble.is_over(ran)


def test_a_broker_that_never_comes_back_ends_the_apply_with_every_change_accounted_for(
    broker: KafkaCluster, shop: Shop
) -> None:
    trouble = Trouble(broker, shop, "gone")
    trouble.strikes(broker.stop)
    ran = shop.apply_saved("--timeout", "1")
    assert ran.code == 4, ran.text
    assert outcomes(ran) == {
        trouble.new: "unknown",
        trouble.growing: "unknown",
        trouble.set: "not attempted",
        trouble.legacy: "not attempted",
    }, ran.text
    assert all(result["message"] for result in ran.json()["results"]), ran.text
    broker.proxy.reset()
    broker.start()
    trouble.is_over(shop.apply_saved("--lock-timeout", "60"))  # the broker ends the lock of the first one by itself
