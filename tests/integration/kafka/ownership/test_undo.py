"""The way back on a real cluster, and what has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.ownership.undo import goes_back

if TYPE_CHECKING:
    from tests.integration.kafka.e2e.hand import Hand
    from tests.ownership.workspace import Workspace


def test_creates_changes_and_dropped_settings_are_undone(space: Workspace, hand: Hand) -> None:
    before = {
        "shop.a": {"partitions": 1, "config": {"retention.ms": "3d"}},
        "shop.b": {"partitions": 1, "config": {"cleanup.policy": "compact"}},
    }
    after = {
        "shop.a": {"partitions": 1, "config": {"retention.ms": "9d", "max.message.bytes": "2MiB"}},
        "shop.b": {"partitions": 1},
        "shop.new": {"partitions": 2, "deadLetter": True},
    }
    goes_back(space, {"kafka": {"topics": before}}, {"kafka": {"topics": after}}, lambda: dict(hand.live()))


def test_partitions_that_were_added_stay_and_it_is_said(space: Workspace) -> None:
    space.declare(t={"kafka": {"topics": {"shop.a": {"partitions": 1}}}})
    space.apply()
    space.declare(t={"kafka": {"topics": {"shop.a": {"partitions": 4}}}})
    ran = space.mq("apply", "--auto-approve", "-o", "before=before.json")
    assert ran.code == 0, ran.text
    assert "not undone by that: kafka/topics/shop.a" in ran.err
    [change] = space.plan("--desired", "before.json")["changes"]
    assert change["blockedBy"]
