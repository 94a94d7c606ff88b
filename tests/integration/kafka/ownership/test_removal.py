"""What is taken out of the manifest is gone from a real cluster in the end, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.plugin import exhaustive
from tests.integration.kafka.e2e.hand import Hand
from tests.ownership.brokers import removes, removes_at_random

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster
    from tests.ownership.workspace import Workspace

KEPT = {"shop.b": {"partitions": 3}}
PAIR = {"retention.ms": "1h", "cleanup.policy": "compact"}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a topic with its dead letters": ({"shop.a": {"partitions": 3, "deadLetter": True}, **KEPT}, KEPT),
    "a setting": ({"shop.b": {"partitions": 3, "config": {"retention.ms": "3d"}}}, KEPT),
    "all settings and a topic": ({"shop.a": {"partitions": 1}, "shop.b": {"partitions": 3, "config": PAIR}}, KEPT),
}


def held(hand: Hand) -> Mapping[str, object]:
    return dict(hand.live())


@pytest.mark.parametrize("name", CASES)
def test_what_was_taken_out_is_gone_in_the_end(name: str, space: Workspace, kafka_4: KafkaCluster, hand: Hand) -> None:
    before, after = ({"kafka": {"topics": topics}} for topics in CASES[name])
    removes(space, before, after, kafka_4.wipe, lambda: held(hand))


def test_random_topologies_shrink_to_what_is_declared(
    space: Workspace, kafka_4: KafkaCluster, hand: Hand, pytestconfig: pytest.Config
) -> None:
    removes_at_random(space, "kafka", kafka_4.wipe, lambda: held(hand), many=exhaustive(pytestconfig))


def test_a_topic_that_holds_messages_is_refused_and_what_it_holds_is_said(space: Workspace, hand: Hand) -> None:
    space.declare(t={"kafka": {"topics": {"shop.a": {"partitions": 1}, **KEPT}}})
    space.apply()
    hand.produce("shop.a", 3)
    space.declare(t={"kafka": {"topics": KEPT}, "removed": {"kafka/topics/shop.a": {}}})
    [found] = [each for each in space.plan()["diagnostics"] if each["severity"] == "error"]
    assert found["address"] == "kafka/topics/shop.a"
    assert "3 messages" in found["message"]
    assert space.mq("apply", "--auto-approve").code == 3
    assert hand.read("shop.a") == 3
