"""Two environments on one real Redis: keys, groups, users and rights of each have names of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.integration.redis.ownership.live import held
from tests.ownership.environments import two_environments

if TYPE_CHECKING:
    from tests.brokers.redis.deployment import RedisDeployment
    from tests.ownership.workspace import Workspace

STREAMS: dict[str, Any] = {"shop:s": {"groups": {"g": {}}, "deadLetter": True}}
READER = {"r": {"password": {"env": "R"}, "consumes": ["shop:s"]}}


def test_environments_share_a_server_by_a_prefix(space: Workspace, redis_7: RedisDeployment) -> None:
    names = {"redis/streams": {"prefix": "stg:"}, "redis/users": {"prefix": "stg-"}}
    document = {"redis": {"streams": STREAMS, "access": READER}}
    two_environments(space, names, document, {"redis": {"streams": STREAMS}})
    assert "user r" in held(redis_7)
    assert sorted(redis_7.nodes[0].admin.call("KEYS", "*shop:s*")) == [
        "shop:s",
        "shop:s:dlq",
        "stg:shop:s",
        "stg:shop:s:dlq",
    ]
    assert "stg-r" not in redis_7.nodes[0].admin.call("ACL", "USERS")
