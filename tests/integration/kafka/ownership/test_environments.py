"""Two environments on one real Kafka: topics and groups of each have names of their own, and so have dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.ownership.environments import two_environments

if TYPE_CHECKING:
    from tests.integration.kafka.e2e.hand import Hand
    from tests.ownership.workspace import Workspace

TOPICS: dict[str, Any] = {"shop.a": {"partitions": 2, "replicationFactor": 1, "deadLetter": True}}


def test_environments_share_a_cluster_by_a_prefix(space: Workspace, hand: Hand) -> None:
    removed: dict[str, Any] = {"kafka/topics/shop.a.dlq": {}}
    plain: dict[str, Any] = {"shop.a": {"partitions": 2, "replicationFactor": 1}}
    names = {"kafka/topics": {"prefix": "stg."}}
    two_environments(space, names, {"kafka": {"topics": TOPICS}}, {"kafka": {"topics": plain}, "removed": removed})
    assert sorted(hand.live()) == ["shop.a", "shop.a.dlq", "stg.shop.a"]
