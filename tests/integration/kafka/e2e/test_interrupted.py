"""Ctrl-C and SIGTERM: what is in flight is finished and said, the rest is not begun, and the next apply does it."""

from __future__ import annotations

import signal
import threading

import pytest

from tests.brokers.kafka.cluster import KafkaCluster
from tests.brokers.kafka.protocol import KafkaRequest
from tests.command import Running
from tests.integration.kafka.e2e.conftest import written
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop, outcomes


def prepare(cluster: KafkaCluster, shop: Shop, hand: Hand) -> None:
    """Save a plan whose deletes follow its creates."""
    hand.create("orders.legacy")
    shop.topics("orders.a: {}", "orders.b: {}", removed=("orders.legacy: {}",))
    shop.save_plan()
    cluster.proxy.reset()


class InFlight:
    """Tells when the first create is on its way, and holds it until it is let go.

    The first CreateTopics of an apply is the dry run of the plan that it makes again.
    """

    def __init__(self, cluster: KafkaCluster) -> None:
        self._begun, self._go = threading.Event(), threading.Event()
        cluster.proxy.on_request = self._hold

    def _hold(self, number: int, request: KafkaRequest) -> None:
        if (number, request.name) == (2, "CreateTopics"):
            self._begun.set()
            self._go.wait(20.0)

    def wait(self) -> None:
        assert self._begun.wait(20.0), "no CreateTopics came"

    def let_go(self) -> None:
        self._go.set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_one_signal_finishes_what_is_in_flight(
    number: signal.Signals, live_4: KafkaCluster, shop: Shop, hand_4: Hand
) -> None:
    prepare(live_4, shop, hand_4)
    flight = InFlight(live_4)
    running = shop.start("apply", "plan.json", "-o", "json")
    flight.wait()
    running.signal(number)
    flight.let_go()
    ran = running.end()
    assert ran.code == 130, ran.text
    assert outcomes(ran) == {"orders.a": "applied", "orders.b": "applied", "orders.legacy": "not attempted"}
    assert ran.json()["interrupted"] is True
    assert "interrupted: sending nothing new" in ran.err
    assert hand_4.names() == {"orders.a", "orders.b", "orders.legacy"}
    live_4.proxy.recorder.clear()
    ran = shop.apply_saved()
    assert (ran.code, written(live_4)) == (0, ["DeleteTopics"]), ran.text
    assert hand_4.names() == {"orders.a", "orders.b"}


def test_a_second_signal_ends_at_once_and_says_what_is_not_known(
    live_4: KafkaCluster, shop: Shop, hand_4: Hand
) -> None:
    prepare(live_4, shop, hand_4)
    flight = InFlight(live_4)
    running = shop.start("apply", "plan.json", "-o", "json")
    flight.wait()
    twice(running)
    ran = running.end(15.0)  # before the broker answers after all
    flight.let_go()
    assert ran.code == 130, ran.text
    assert ran.json()["reason"] == "stopped at once by a second interrupt"
    outcomes = {result["address"]: result["outcome"] for result in ran.json()["results"]}
    assert outcomes.keys() == {f"kafka/topics/{name}" for name in ("orders.a", "orders.b", "orders.legacy")}
    assert set(outcomes.values()) <= {"unknown", "not attempted"}
    assert "unknown" in outcomes.values()
    ran = shop.apply_saved("--lock-timeout", "30")  # the lock goes a while after whoever held it
    assert ran.code == 0, ran.text
    assert hand_4.names() == {"orders.a", "orders.b"}


def twice(running: Running) -> None:
    """Signals that arrive together are one: the second is for when the first was heard."""
    running.signal(signal.SIGINT)
    running.said("sending nothing new")
    running.signal(signal.SIGINT)


@pytest.mark.parametrize(
    ("command", "number"), [("plan", signal.SIGINT), ("apply", signal.SIGTERM)], ids=["plan-SIGINT", "apply-SIGTERM"]
)
def test_a_signal_while_a_cluster_hangs_ends_soon_and_wrote_nothing(
    command: str, number: signal.Signals, live_4: KafkaCluster, shop: Shop
) -> None:
    shop.topics("orders.a: {}")
    asked = threading.Event()
    live_4.proxy.faults.black_hole()
    live_4.proxy.on_request = lambda *_: asked.set()
    running = shop.start(command)
    assert asked.wait(20.0)
    running.signal(number)
    ran = running.end(30.0)
    assert (ran.code, ran.err.strip()) == (130, "interrupted")
    assert live_4.proxy.mutating() == []
