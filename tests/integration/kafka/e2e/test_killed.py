"""`kill -9` at any point of an apply: the same command run again finishes what the first began.

Each request is a point before which the process dies and the request with it, and each answer one after which it
dies: the broker has acted, and nobody knows. What comes before and after the killed process runs inside this one,
which makes a hundred crashes a matter of a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, count

import pytest

from mqinfra.cli.main import run
from tests.brokers.kafka.cluster import KafkaCluster
from tests.brokers.kafka.protocol import KafkaRequest
from tests.integration.kafka.e2e.conftest import nothing_written
from tests.integration.kafka.e2e.hand import Hand, Topic
from tests.integration.kafka.e2e.shop import Running, Shop

_STEP = 7
WRITES = ["CreateTopics", "CreatePartitions", "IncrementalAlterConfigs", "DeleteTopics"]
AFTER = {
    "orders.new": Topic(2, 1, {"retention.ms": "7200000"}),
    "orders.newer": Topic(1, 1, {}),
    "orders.old": Topic(3, 1, {"retention.ms": "7200000"}),
}


class Killer:
    """Kills a process at its n-th request, which is lost with it, or when the broker has answered that."""

    def __init__(self, cluster: KafkaCluster, victim: Running, point: int, *, answered: bool) -> None:
        self._cluster, self._victim, self._point = cluster, victim, point
        self._seen = 0
        if answered:
            cluster.proxy.on_reply = self._reply
        else:
            cluster.proxy.on_request = self._request

    def _request(self, _: int, __: KafkaRequest) -> None:
        self._seen += 1
        if self._seen == self._point:
            self._victim.kill()
            self._cluster.proxy.cut_all()

    def _reply(self, _: int, __: KafkaRequest) -> None:
        self._seen += 1
        if self._seen == self._point:
            self._victim.kill()


@pytest.fixture
def begin(live: KafkaCluster, shop: Shop, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Puts the cluster back to where the manifests begin, and saves a plan."""
    shop.topics(
        "orders.new: {partitions: 2, config: {retention.ms: 2h}}",
        "orders.newer: {}",
        "orders.old: {partitions: 3, config: {retention.ms: 2h}}",
        removed=("orders.legacy: {reason: OPS-1}",),
    )
    monkeypatch.chdir(shop.root)

    def prepare() -> None:
        live.wipe()
        hand.create("orders.old", "orders.legacy")
        assert run(["plan", "-q", "-o", "json=plan.json"]) == 0

    return prepare


def crashed(live: KafkaCluster, shop: Shop, point: int, *, answered: bool) -> bool:
    """Apply the saved plan and kill it at a point; False when it ended before it came there."""
    live.proxy.reset()
    victim = shop.start("apply", "plan.json", "-q")
    Killer(live, victim, point, answered=answered)
    code = victim.end().code
    live.proxy.reset()
    assert code in (0, -9)
    return code != 0


def test_an_apply_that_was_killed_anywhere_is_finished_by_the_same_command(
    live: KafkaCluster, shop: Shop, hand: Hand, begin: Callable[[], None], cell: set[str]
) -> None:
    begin()
    live.proxy.reset()
    assert shop.run("apply", "plan.json", "-q").code == 0
    assert [request.name for request in live.proxy.mutating()] == WRITES
    assert hand.live() == AFTER
    first = next(n for n, request in enumerate(live.proxy.recorder.requests, 1) if request.mutating)
    # Before the first write nothing can be half done: that is crashed into here and there, on one version only.
    before = range(1, first, _STEP) if live.line == "4" else range(0)
    for answered in (False, True):
        for point in chain(before, count(first)):
            begin()
            if not crashed(live, shop, point, answered=answered):
                break
            assert run(["apply", "plan.json", "-q"]) == 0
            assert hand.live() == AFTER, (point, answered)
        assert point > first + len(WRITES), "it was killed at every write"
    with nothing_written(live):
        assert run(["apply", "--auto-approve", "-q"]) == 0
    cell.add(f"kafka-{live.line}/topics/e2e-killed-anywhere")
