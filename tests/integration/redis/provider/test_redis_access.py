"""A real consumer and a real producer with what `access` gives them: each right that is taken makes something fail."""

from collections.abc import Callable

import pytest
import redis

from mqinfra.providers.redis.users.access import ALWAYS, CONSUME, PRODUCE
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop

STREAM = "{shop}:activity"
DEAD = f"{STREAM}:dlq"
Client = redis.Redis


def declare(shop: Shop, deployment: RedisDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED", "feed-secret")
    shop.on(deployment)
    shop.declare(
        streams={STREAM: {"groups": {"feed": {}}, "deadLetter": True}},
        access={
            "feed": {"password": {"env": "FEED"}, "consumes": [STREAM]},
            "api": {"passwords": [{"env": "FEED"}], "publishes": [STREAM]},
        },
    )
    shop.apply()


def connect(deployment: RedisDeployment, user: str) -> Client:
    return redis.Redis(
        host=deployment.host, port=deployment.port, username=user, password="feed-secret", client_name=user
    )


def work(deployment: RedisDeployment) -> None:
    """What a consumer and a producer do in their lives."""
    with connect(deployment, "api") as producer, connect(deployment, "feed") as consumer:
        producer.ping()
        for number in range(3):
            producer.xadd(STREAM, {"n": str(number)})
        assert producer.xlen(STREAM) >= 3
        assert consumer.ping()
        entries = consumer.xreadgroup("feed", "worker-1", {STREAM: ">"}, count=3)
        ids = [entry for entry, _ in entries[0][1]]
        consumer.xack(STREAM, "feed", ids[0])
        assert consumer.xpending(STREAM, "feed")["pending"] >= 2
        consumer.xautoclaim(STREAM, "feed", "worker-2", 0)
        consumer.xclaim(STREAM, "feed", "worker-3", 0, [ids[1]])
        consumer.xinfo_groups(STREAM)
        with consumer.pipeline(transaction=True) as move:
            move.xadd(DEAD, {"n": "1"})
            move.xack(STREAM, "feed", ids[1])
            move.execute()


def test_they_can_do_their_work_and_nothing_else(
    shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(shop, single, monkeypatch)
    work(single)
    refused: list[Callable[[Client], object]] = [
        lambda consumer: consumer.xadd(STREAM, {"n": "1"}),
        lambda consumer: consumer.xdel(STREAM, "1-0"),
        lambda consumer: consumer.xtrim(STREAM, maxlen=0),
        lambda consumer: consumer.xread({DEAD: "0"}),
        lambda consumer: consumer.delete(STREAM),
        lambda consumer: consumer.flushall(),
        lambda consumer: consumer.get("other"),
        lambda consumer: consumer.xgroup_destroy(STREAM, "feed"),
    ]
    with connect(single, "feed") as consumer:
        for forbidden in refused:
            with pytest.raises(redis.exceptions.NoPermissionError):
                forbidden(consumer)
    with connect(single, "api") as producer, pytest.raises(redis.exceptions.NoPermissionError):
        producer.xreadgroup("feed", "w", {STREAM: ">"})
    shop.settled(single)


def rights() -> list[tuple[str, str]]:
    always = [("feed", rule) for rule in ALWAYS if rule in ("+ping", "+multi", "+client|setname")]
    return [
        *always,
        *(("feed", rule) for rule in CONSUME),
        *(("api", rule) for rule in PRODUCE),
        ("dead letters", "+xadd"),
    ]


@pytest.mark.parametrize(("who", "rule"), rights())
def test_each_right_is_needed(
    shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch, who: str, rule: str
) -> None:
    declare(shop, single, monkeypatch)
    work(single)
    admin = single.nodes[0].admin
    user = "feed" if who == "dead letters" else who
    held = dict(zip(*[iter(admin.call("ACL", "GETUSER", user))] * 2, strict=True))
    selectors = [dict(zip(*[iter(item)] * 2, strict=True)) for item in held["selectors"]]
    dead = [item for item in selectors if item["keys"].endswith(":dlq")]
    live = [item for item in selectors if item not in dead]
    taken = rule.replace("+", "-", 1)
    if who == "dead letters":
        kept = [(item["keys"], item["commands"], "") for item in live]
    else:
        kept = [(item["keys"], item["commands"], taken) for item in live]
        kept += [(item["keys"], item["commands"], "") for item in dead]
    parts = [f"({keys} {commands} {less})".replace(" )", ")") for keys, commands, less in kept]
    admin.call("ACL", "SETUSER", user, "clearselectors", *([taken] if who != "dead letters" else []), *parts)
    with pytest.raises(redis.exceptions.ResponseError, match=r"no permissions|EXEC without MULTI"):
        work(single)
    assert list(shop.changes()) == [f"users/{user}"], "the drift is seen"
    shop.apply()
    work(single)
