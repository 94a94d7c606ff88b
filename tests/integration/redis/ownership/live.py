"""What a Redis server holds, as somebody sees it who asks past mqinfra."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.brokers.redis.deployment import RedisDeployment


def held(server: RedisDeployment) -> Mapping[str, object]:
    """Its streams with their groups, and its users; records and the lock are left out."""
    call = server.nodes[0].admin.call
    state: dict[str, object] = {}
    for key in call("KEYS", "shop:*"):
        state[key] = (call("XLEN", key), sorted(str(group) for group in call("XINFO", "GROUPS", key)))
    for user in call("ACL", "USERS"):
        state[f"user {user}"] = str(call("ACL", "GETUSER", user))
    return state
