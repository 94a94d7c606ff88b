"""What only the newest servers have: databases of Valkey's users, and Redis's settings of idempotent producers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.release import installed
from tests.brokers.redis.settings import Settings
from tests.integration.redis.provider.conftest import Shop

FEED: dict[str, Any] = {"commands": ["+get"], "keys": ["~a"]}


@pytest.fixture
def valkey(valkey_9: RedisDeployment) -> RedisDeployment:
    valkey_9.wipe()
    return valkey_9


@pytest.fixture
def newest(redis_86: RedisDeployment) -> RedisDeployment:
    redis_86.wipe()
    return redis_86


def databases_of(deployment: RedisDeployment, user: str) -> str:
    reply = deployment.nodes[0].admin.call("ACL", "GETUSER", user)
    return str(dict(zip(reply[::2], reply[1::2], strict=True))["databases"])


def test_databases_that_nobody_speaks_of_stay(shop: Shop, valkey: RedisDeployment) -> None:
    shop.on(valkey)
    valkey.nodes[0].admin.call("ACL", "SETUSER", "feed", "on", "resetpass", "+get", "~a", "db=1,3")
    shop.declare(users={"feed": FEED})
    assert shop.changes() == {}
    shop.declare(users={"feed": {**FEED, "commands": ["+get", "+set"]}})
    shop.apply()
    assert databases_of(valkey, "feed") == "db=1,3"
    shop.settled(valkey)


def test_databases_are_declared_compared_and_exported(shop: Shop, valkey: RedisDeployment) -> None:
    shop.on(valkey)
    for said, held in ([1, 3], "db=1,3"), ([3, 1], "db=1,3"), ([], ""), ("all", "alldbs"), ([2], "db=2"):
        shop.declare(users={"feed": {**FEED, "databases": said}})
        shop.apply()
        assert databases_of(valkey, "feed") == held
        shop.settled(valkey)
    valkey.nodes[0].admin.call("ACL", "SETUSER", "feed", "alldbs")
    [difference] = shop.changes()["users/feed"]["differences"]
    assert (difference["path"], difference["inherited"], difference["after"]) == (["databases"], "all", [2])
    shop.apply()
    exported = yaml.safe_load(shop.mq("export", "-q").out)
    assert exported["redis"]["users"]["feed"]["databases"] == [2]
    assert "databases" not in exported["redis"]["users"].get("default", {})


def test_databases_of_selectors_are_never_widened_silently(shop: Shop, valkey: RedisDeployment) -> None:
    shop.on(valkey)
    selector: dict[str, Any] = {"commands": ["+set"], "keys": ["~b"], "databases": [3]}
    shop.declare(users={"feed": {**FEED, "selectors": [selector]}})
    shop.apply()
    shop.settled(valkey)
    shop.declare(users={"feed": {**FEED, "selectors": [{**selector, "databases": None}]}})
    plan = shop.plan()
    assert plan["changes"][0]["blockedBy"]
    assert any("a live selector is limited to databases [3]" in found["message"] for found in plan["diagnostics"])
    shop.declare(users={"feed": {**FEED, "selectors": [{**selector, "databases": "all"}]}})
    shop.apply()
    shop.settled(valkey)


def test_a_server_without_databases_of_users_is_told_so_while_planning(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(users={"feed": {**FEED, "databases": "all"}})
    shop.apply()
    shop.settled(single)
    shop.declare(users={"feed": {**FEED, "databases": [1]}})
    plan = shop.plan()
    assert plan["changes"][0]["blockedBy"]
    assert any("does not limit users to databases" in found["message"] for found in plan["diagnostics"])


def test_valkey_is_called_valkey(shop: Shop, valkey: RedisDeployment) -> None:
    shop.on(valkey)
    shop.declare(users={"feed": FEED})
    assert f"(valkey {valkey.version}, " in shop.mq("plan").out
    [cluster] = shop.plan()["clusters"]
    assert (cluster["type"], cluster["product"], cluster["version"]) == ("redis", "valkey", valkey.version)


def test_settings_of_idempotent_producers_are_read_set_and_reset(shop: Shop, newest: RedisDeployment) -> None:
    shop.on(newest)
    shop.declare(streams={"orders": {"idempotence": {"duration": "5m", "maxSize": 200}}})
    shop.apply()
    assert settings_of(newest) == (300, 200)
    shop.settled(newest)
    exported = yaml.safe_load(shop.mq("export", "-q").out)
    assert exported["redis"]["streams"]["orders"]["idempotence"] == {"duration": "5m", "maxSize": 200}
    shop.declare(streams={"orders": {"idempotence": {"duration": None, "maxSize": 200}}})
    [difference] = shop.changes()["streams/orders"]["differences"]
    assert (difference["before"], difference["after"], difference["inherited"]) == (300_000, None, 100_000)
    shop.apply()
    assert settings_of(newest) == (100, 200)
    shop.settled(newest)


def test_a_value_set_by_hand_is_no_default(shop: Shop, newest: RedisDeployment) -> None:
    shop.on(newest)
    admin = newest.nodes[0].admin
    shop.declare(streams={"orders": {}})
    shop.apply()
    admin.call("XCFGSET", "orders", "IDMP-DURATION", "50")
    assert shop.plan()["foreign"] == [{"address": "redis/streams/orders", "keys": {"idempotence.duration": 50_000}}]
    shop.declare(streams={"orders": {"idempotence": {"duration": "100s"}}})
    [difference] = shop.changes()["streams/orders"]["differences"]
    assert (difference["before"], difference["inherited"]) == (50_000, 100_000)


@pytest.fixture
def other_defaults(tmp_path: Path, newest: RedisDeployment) -> Iterator[RedisDeployment]:
    settings = Settings(config={"stream-idmp-duration": "30", "stream-idmp-maxsize": "7"})
    deployment = RedisDeployment(installed(newest.line), tmp_path / "redis", settings)
    try:
        deployment.start()
        yield deployment
    finally:
        deployment.close()


def test_the_servers_own_defaults_count(shop: Shop, other_defaults: RedisDeployment) -> None:
    shop.on(other_defaults)
    shop.declare(streams={"orders": {}})
    shop.apply()
    assert shop.plan()["foreign"] == []
    shop.declare(streams={"orders": {"idempotence": {"duration": "30s", "maxSize": 7}}})
    assert shop.changes() == {}
    shop.declare(streams={"orders": {"idempotence": {"duration": "100s", "maxSize": 7}}})
    shop.apply()
    assert settings_of(other_defaults) == (100, 7)
    shop.declare(streams={"orders": {"idempotence": {"duration": None}}})
    shop.apply()
    assert settings_of(other_defaults) == (30, 7)
    shop.settled(other_defaults)


def settings_of(deployment: RedisDeployment) -> tuple[int, int]:
    reply = deployment.nodes[0].admin.call("XINFO", "STREAM", "orders")
    known = dict(zip(reply[::2], reply[1::2], strict=True))
    return int(known["idmp-duration"]), int(known["idmp-maxsize"])
