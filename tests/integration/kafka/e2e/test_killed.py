"""`kill -9` at any point of an apply: the same command run again finishes what the first began.

Each request is a point before which the process dies and the request with it, and each answer one after which it
dies: the broker has acted, and nobody knows. An ordinary run tries the requests that write, and `--faults` all. What
comes before and after the killed process runs inside this one.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, count

import pytest

from mqinfra.cli.main import run
from tests.brokers.kafka.cluster import KafkaCluster
from tests.faults.crash import Crash, Moment, Point
from tests.faults.plugin import exhaustive
from tests.integration.kafka.e2e.conftest import empty, nothing_written, written
from tests.integration.kafka.e2e.hand import Hand, Topic
from tests.integration.kafka.e2e.shop import Shop

_STEP = 7
WRITES = ["CreateTopics", "CreatePartitions", "IncrementalAlterConfigs", "DeleteTopics"]
AFTER = {
    "orders.new": Topic(2, 1, {"retention.ms": "7200000"}),
    "orders.newer": Topic(1, 1, {}),
    "orders.old": Topic(3, 1, {"retention.ms": "7200000"}),
}


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
        empty(live)
        hand.create("orders.old", "orders.legacy")
        assert run(["plan", "-q", "-o", "json=plan.json"]) == 0

    return prepare


def crashed(live: KafkaCluster, shop: Shop, point: int, *, answered: bool) -> bool:
    """Apply the saved plan and kill it at a point; False when it ended before it came there."""
    live.proxy.reset()
    victim = shop.start("apply", "plan.json", "-q")
    Crash(live.proxy, victim, Point(point, Moment.REPLY if answered else Moment.REQUEST))
    code = victim.end().code
    live.proxy.reset()
    assert code in (0, -9)
    return code != 0


@pytest.mark.slow
def test_an_apply_that_was_killed_anywhere_is_finished_by_the_same_command(
    live: KafkaCluster,
    shop: Shop,
    hand: Hand,
    begin: Callable[[], None],
    cell: set[str],
    pytestconfig: pytest.Config,
) -> None:
    begin()
    live.proxy.reset()
    ran = shop.run("apply", "plan.json", "-q")
    assert ran.code == 0, ran.text
    assert written(live) == WRITES
    assert hand.live() == AFTER
    writes = [n for n, request in enumerate(live.proxy.recorder.requests, 1) if request.mutating]
    everywhere = exhaustive(pytestconfig)
    for answered in (False, True):
        killed = 0
        # Before the first write nothing can be half done: that is crashed into here and there.
        for point in chain(range(1, writes[0], _STEP), count(writes[0])) if everywhere else writes:
            begin()
            if not crashed(live, shop, point, answered=answered):
                break
            killed += 1
            assert run(["apply", "plan.json", "-q", "--no-lock"]) == 0, "whoever was killed keeps the lock for a while"
            assert hand.live() == AFTER, (point, answered)
        assert killed >= len(WRITES), "it was killed at every write"
    with nothing_written(live):
        assert run(["apply", "--auto-approve", "-q"]) == 0
    cell.add(f"kafka-{live.line}/topics/e2e-killed-anywhere")
