"""What a killed run leaves behind, and how it is found and taken away from any machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop
from tests.integration.kafka.verification.verified import listing

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster


_LATER = (pytest.param(after, marks=pytest.mark.slow_faults) for after in (0.0, 1.0))


@pytest.mark.parametrize("after", [0.3, *_LATER], ids="killed {0} s after its first topic".format)
def test_what_a_killed_run_left_is_collected(after: float, live_4: KafkaCluster, shop: Shop) -> None:
    shop.topics(
        "orders.new: {partitions: 3, replicationFactor: 1}", "orders.old: {partitions: 1, replicationFactor: 1}"
    )
    assert shop.apply().code == 0
    before = listing(live_4)
    run = shop.start("verify", "-q", "--messages", "20000")
    while listing(live_4) == before:
        assert run.alive
    time.sleep(after)
    run.kill()
    run.end()
    assert listing(live_4) > before
    assert "nothing to delete" in shop.run("verify", "--gc").text
    assert shop.run("verify", "--gc", "--older-than", "0s").code == 0
    assert listing(live_4) == before


def test_topics_that_only_look_alike_are_never_deleted(live_4: KafkaCluster, hand_4: Hand, shop: Shop) -> None:
    shop.topics()
    alike = ("__mqinfra_canary.mine", "__mqinfra_canary.20200101T000000Z-short.x", "__mqinfra_canary")
    for name in alike:
        hand_4.create_records(name)
    before = listing(live_4)
    assert "nothing to delete" in shop.run("verify", "--gc", "--older-than", "0s").text
    assert listing(live_4) == before
