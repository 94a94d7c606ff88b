"""A user whose `access` is taken out of the manifest: what it may do after the next apply, new and connected."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import redis

from tests.ownership.topologies import SECRETS
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.redis.deployment import RedisDeployment
    from tests.ownership.workspace import Workspace

NAMES = ("idle", "busy", "consuming")
READ: dict[str, Any] = {"groupname": "g", "consumername": "c", "streams": {"shop:s": ">"}}


def document(*, access: bool) -> dict[str, Any]:
    entry = {"access": {"r": {"password": {"env": "R"}, "consumes": ["shop:s"], "publishes": ["shop:s"]}}}
    return {"redis": {"streams": {"shop:s": {"groups": {"g": {}}}}, **(entry if access else {})}}


def client(server: RedisDeployment, name: str) -> redis.Redis:
    """A client that does not connect again."""
    retry = redis.retry.Retry(redis.backoff.NoBackoff(), 0)
    return redis.Redis(
        host=server.host, port=server.port, username="r", password=SECRETS["R"], client_name=name, retry=retry
    )


def test_what_is_new_is_refused_and_what_is_connected_is_named_and_closed(
    space: Workspace, redis_7: RedisDeployment
) -> None:
    space.declare(t=document(access=True))
    space.apply()
    some = {name: client(redis_7, name) for name in NAMES}
    ended = threading.Event()

    def consume() -> None:
        with suppress(redis.RedisError):
            some["consuming"].xreadgroup(**READ, block=30_000)
        ended.set()

    thread = threading.Thread(target=consume)
    try:
        some["idle"].ping()
        some["busy"].xadd("shop:s", {"a": "1"})
        some["busy"].xreadgroup(**READ)
        thread.start()
        with redis.Redis(host=redis_7.host, port=redis_7.port) as admin:
            until(lambda: sum(row["user"] == "r" for row in admin.client_list()) == len(NAMES))
        space.declare(t=document(access=False))
        [change] = space.plan()["changes"]
        assert (change["address"], change["action"]) == ("redis/users/r", "delete")
        costs = " ".join(cost["text"] for cost in change["costs"])
        assert all(name in costs for name in NAMES), costs
        ran = space.mq("apply", "--close-connections", "--expect", space.plan()["digest"])
        assert ran.code == 0, ran.text
        assert ended.wait(20.0), "whoever waits for messages is cut off"
        for each in some.values():
            with pytest.raises((redis.ConnectionError, redis.AuthenticationError)):
                each.xadd("shop:s", {"a": "2"})
        with pytest.raises(redis.AuthenticationError):
            client(redis_7, "new").ping()
    finally:
        for each in some.values():
            each.close()
        if thread.ident is not None:
            thread.join(40.0)
