"""The way back on a real server, and what has none."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.integration.redis.ownership.live import held
from tests.ownership.undo import goes_back

if TYPE_CHECKING:
    from tests.brokers.redis.deployment import RedisDeployment
    from tests.ownership.workspace import Workspace


def test_creates_and_changes_are_undone(space: Workspace, redis_7: RedisDeployment) -> None:
    before = {"streams": {"shop:s": {"groups": {"g": {}}}}, "users": {"s": {"commands": ["+get"], "keys": ["~shop:s"]}}}
    after = {
        "streams": {"shop:s": {"groups": {"g": {}, "h": {}}}, "shop:t": {}},
        "users": {"s": {"commands": ["+get", "+set"], "keys": ["~shop:s", "~shop:t"]}},
    }
    goes_back(space, {"redis": before}, {"redis": after}, partial(held, redis_7))


def test_a_stream_that_was_deleted_comes_back_empty_and_it_is_said(space: Workspace, redis_7: RedisDeployment) -> None:
    space.declare(t={"redis": {"streams": {"shop:s": {}, "shop:t": {}}}})
    space.apply()
    space.declare(t={"redis": {"streams": {"shop:s": {}}}, "removed": {"redis/streams/shop:t": {}}})
    ran = space.mq("apply", "--auto-approve", "-o", "before=before.json")
    assert ran.code == 0, ran.text
    assert "not undone by that: redis/streams/shop:t: what was in it is gone" in ran.err
    space.declare(t={"redis": {"streams": {"shop:s": {}, "shop:t": {}}}})
    space.apply("--desired", "before.json")
    assert {"shop:s", "shop:t"} <= held(redis_7).keys()
