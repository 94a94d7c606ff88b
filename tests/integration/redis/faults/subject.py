"""What faults are played on: streams, groups and users that are made, changed and go."""

from __future__ import annotations

from typing import Any

from mqinfra.model.address import Address
from tests.brokers.proxy import Proxy
from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.protocol import RedisRequest
from tests.command import Running, started
from tests.faults.sweep import State, Subject
from tests.integration.redis.provider.conftest import Shop, sha256

BEFORE: dict[str, Any] = {
    "streams": {"orders": {"groups": {"billing": {"startAt": "0"}, "old": {}}}, "legacy": {}},
    "users": {"feed": {"commands": ["+ping"]}, "gone": {}},
}
AFTER: dict[str, Any] = {
    "streams": {
        "orders": {"groups": {"billing": {"startAt": "0"}, "mail": {"startAt": "0"}}, "deadLetter": True},
        **{f"new-{number}": {"groups": {"feed": {"startAt": "0"}}} for number in range(1, 5)},
    },
    "users": {
        "feed": {"commands": ["+ping", "+get"], "keys": ["~orders"]},
        "auditor": {"passwords": [{"sha256": sha256("auditor")}], "commands": ["+@read"], "keys": ["%R~orders"]},
    },
}
REMOVED: dict[str, Any] = {"redis/streams/legacy": {}, "redis/groups/orders/old": {}, "redis/users/gone": {}}


class Streams(Subject):
    """Streams, groups and users that are made, changed and go."""

    def __init__(self, shop: Shop, server: RedisDeployment) -> None:
        self.root, self._shop, self._server = shop.root, shop, server

    @property
    def proxy(self) -> Proxy[RedisRequest]:
        return self._server.proxy

    def begin(self) -> None:
        self._server.wipe()
        self._shop.on(self._server, nodes=[self._server.proxied_address])
        self._shop.declare(**BEFORE)
        self._shop.apply()
        self._shop.declare(removed=REMOVED, **AFTER)

    def start(self, *arguments: str) -> Running:
        return started(self.root, *arguments)

    def live(self) -> State:
        call = self._server.nodes[0].admin.call
        state: dict[str, object] = {}
        for key in call("KEYS", "*"):
            if call("TYPE", key) != "stream":
                continue
            state[str(Address("redis", "streams", (key,)))] = call("XLEN", key)
            for group in call("XINFO", "GROUPS", key):
                state[str(Address("redis", "groups", (key, group[1])))] = group
        for user in call("ACL", "USERS"):
            if user != "default":
                told = call("ACL", "GETUSER", user)
                # Rules that add single commands come in another order from each process of a server before 7.2.
                found = dict(zip(told[::2], told[1::2], strict=True))
                state[str(Address("redis", "users", (user,)))] = {
                    **found,
                    "commands": sorted(found["commands"].split()),
                }
        return state
