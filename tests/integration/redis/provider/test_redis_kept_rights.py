"""Connections that keep what an apply takes from a user are named in the plan, and closed by `--close-connections`."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import redis

from tests.brokers.redis.deployment import RedisDeployment
from tests.days import SOON
from tests.integration.redis.provider.conftest import Shop
from tests.waiting import until

USER = "feed"
ADDRESS = f"redis/users/{USER}"
OPEN = {"keys": ["~*"], "commands": ["+@all"]}


def declare(shop: Shop, variable: str = "FEED", **rules: object) -> None:
    shop.declare(users={USER: {"passwords": [{"env": variable}], **OPEN, **rules}})


def connect(deployment: RedisDeployment, name: str) -> redis.Redis:
    retry = redis.retry.Retry(redis.backoff.NoBackoff(), 0)
    return redis.Redis(
        host=deployment.host, port=deployment.port, username=USER, password="feed", client_name=name, retry=retry
    )


class Clients:
    """An idle client, one that works, and one that waits for a message, each on one connection of its own."""

    def __init__(self, deployment: RedisDeployment) -> None:
        self.pools = [connect(deployment, name) for name in ("idle", "busy", "consuming")]
        self.idle, self.busy, self.waiting = self.pools
        self.ended = threading.Event()
        self.idle.ping()
        self.busy.set("a", "1")
        self.waiting.ping()
        self.thread = threading.Thread(target=self._wait)
        self.thread.start()

    def _wait(self) -> None:
        with suppress(redis.RedisError):
            self.waiting.blpop(["empty"], timeout=20)
        self.ended.set()

    def alive(self) -> list[bool]:
        return [_works(self.idle), _works(self.busy), not self.ended.is_set()]

    def close(self, admin: redis.Redis) -> None:
        with suppress(redis.RedisError):
            admin.rpush("empty", "over")
        self.thread.join()
        for pool in self.pools:
            pool.close()


def _works(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except (redis.ConnectionError, redis.AuthenticationError):  # it would have to log in anew
        return False


@contextmanager
def clients(deployment: RedisDeployment) -> Iterator[Clients]:
    some = Clients(deployment)
    with redis.Redis(host=deployment.host, port=deployment.port) as admin:
        try:
            until(lambda: sum(row["user"] == USER for row in admin.client_list()) == 3)
            yield some
        finally:
            some.close(admin)


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED", "feed")
    monkeypatch.setenv("OTHER", "other")


@pytest.mark.usefixtures("secrets")
def test_a_login_that_is_no_longer_good_is_kept_until_it_is_closed(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    declare(shop)
    shop.apply()
    with clients(single) as some:
        declare(shop, "OTHER")
        planned = shop.mq("plan", "--timeout", "10")
        assert "3 connections keep what is taken until closed: busy (feed@" in planned.out, planned.text
        shop.apply()
        assert some.alive() == [True, True, True]
        declare(shop, "OTHER", enabled=False)
        closed = shop.mq("apply", "--auto-approve", "--close-connections", "--timeout", "10")
        assert closed.code == 0, closed.text
        assert f"closed 3 connections for `{ADDRESS}`" in closed.text
        until(lambda: some.alive() == [False, False, False])


@pytest.mark.usefixtures("secrets")
def test_of_narrowed_rights_only_a_command_that_waits_keeps_anything(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    declare(shop)
    shop.apply()
    with clients(single) as some:
        declare(shop, keys=["~mine:*"])
        planned = shop.mq("plan", "--timeout", "10")
        assert "1 connection keeps what is taken until closed: consuming (feed@" in planned.out, planned.text
        closed = shop.mq("apply", "--auto-approve", "--close-connections", "--timeout", "10")
        assert closed.code == 0, closed.text
        until(lambda: some.alive() == [True, True, False])
        with pytest.raises(redis.exceptions.NoPermissionError):
            some.busy.set("a", "2")


@pytest.mark.usefixtures("secrets")
def test_the_server_closes_the_connections_of_a_user_that_is_deleted(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    declare(shop)
    shop.apply()
    with clients(single) as some:
        shop.declare(removed={ADDRESS: {"evenIf": ["consumers"], "until": SOON}})
        shop.apply()
        until(lambda: some.alive() == [False, False, False])
