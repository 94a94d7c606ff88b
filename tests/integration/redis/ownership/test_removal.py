"""What is taken out of the manifest is gone from a real server in the end, and nothing else is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.plugin import exhaustive
from tests.integration.redis.ownership.live import held
from tests.ownership.brokers import removes, removes_at_random

if TYPE_CHECKING:
    from tests.brokers.redis.deployment import RedisDeployment
    from tests.ownership.workspace import Workspace

READER = {"r": {"password": {"env": "R"}, "consumes": ["shop:s"]}}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "access": ({"streams": {"shop:s": {}}, "access": READER}, {"streams": {"shop:s": {}}}),
    "a group and dead letters": (
        {"streams": {"shop:s": {"groups": {"g": {}, "h": {}}, "deadLetter": True}}},
        {"streams": {"shop:s": {"groups": {"g": {}}}}},
    ),
    "a stream with its groups": (
        {"streams": {"shop:s": {"groups": {"g": {}}, "deadLetter": True}, "shop:t": {}}},
        {"streams": {"shop:t": {}}},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_was_taken_out_is_gone_in_the_end(name: str, space: Workspace, redis_7: RedisDeployment) -> None:
    before, after = CASES[name]
    removes(space, {"redis": before}, {"redis": after}, redis_7.wipe, partial(held, redis_7))


def test_random_topologies_shrink_to_what_is_declared(
    space: Workspace, redis_7: RedisDeployment, pytestconfig: pytest.Config
) -> None:
    removes_at_random(space, "redis", redis_7.wipe, partial(held, redis_7), many=exhaustive(pytestconfig))


def test_a_stream_that_holds_messages_is_refused_and_what_it_holds_is_said(
    space: Workspace, redis_7: RedisDeployment
) -> None:
    space.declare(t={"redis": {"streams": {"shop:s": {}, "shop:t": {}}}})
    space.apply()
    redis_7.nodes[0].admin.call("XADD", "shop:s", "*", "a", "1")
    space.declare(t={"redis": {"streams": {"shop:t": {}}}, "removed": {"redis/streams/shop:s": {}}})
    [found] = [each for each in space.plan()["diagnostics"] if each["severity"] == "error"]
    assert found["address"] == "redis/streams/shop:s"
    assert "1 message" in found["message"]
    assert space.mq("apply", "--auto-approve").code == 3
