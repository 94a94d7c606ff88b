"""Whose things are on real servers: what nobody claims is asked for, what others claim stays, consent counts once."""

from typing import Any

import yaml

from tests.brokers.redis.deployment import RedisDeployment
from tests.days import SOON
from tests.integration.redis.provider.conftest import Shop

STREAM = "orders"


def asking(shop: Shop, *, name: str = "shop") -> None:
    """Adopt nothing unasked, and be the project of this name, which owns the same as the other one, on purpose."""
    path = shop.root / "mqinfra.yaml"
    project: dict[str, Any] = yaml.safe_load(path.read_text())
    project.pop("defaults", None)
    project["metadata"]["name"] = name
    project["scope"]["redis"]["sharedWith"] = ["shop", "billing"]
    path.write_text(yaml.safe_dump(project))


def test_a_user_that_was_made_by_hand_is_changed_only_once_it_is_adopted(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    asking(shop)
    admin = single.nodes[0].admin
    admin.call("ACL", "SETUSER", "feed", "on", ">by-hand", "+get")
    shop.declare(users={"feed": {"commands": ["+ping"]}})
    assert "MQ215" in shop.codes()
    assert shop.mq("apply", "--auto-approve").code == 3
    assert "+get" in str(admin.call("ACL", "LIST"))
    assert shop.mq("apply", "--auto-approve", "--adopt").code == 0
    assert "+get" not in str(admin.call("ACL", "LIST"))
    assert "1 resource: 0 created, 1 adopted, 0 found" in shop.mq("status").out
    shop.settled(single)


def test_the_servers_own_user_is_nobodys_until_somebody_changes_it(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    asking(shop)
    whole: dict[str, Any] = {"nopass": True, "commands": ["+@all"], "keys": ["~*"], "channels": ["&*"]}
    narrower = {**whole, "keys": ["~shop:*", "~{mqinfra*"]}
    shop.declare(users={"default": narrower})
    assert "MQ215" not in shop.codes()
    single.nodes[0].admin.call("ACL", "SETUSER", "default", "-object")
    try:
        assert "MQ215" in shop.codes()
    finally:
        single.nodes[0].admin.call("ACL", "SETUSER", "default", "+@all")


def test_a_user_has_one_owner_and_goes_with_nobody_else(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    asking(shop)
    user = {"feed": {"nopass": True, "commands": ["+ping"]}}
    shop.declare(users=user)
    shop.apply()
    asking(shop, name="billing")
    shop.declare(users=user)
    ran = shop.mq("apply", "--auto-approve", "--adopt")
    assert (ran.code, "user `feed` is claimed by `shop/it`" in ran.err) == (3, True)
    shop.declare(removed={"redis/users/feed": {}})
    ran = shop.mq("apply", "--auto-approve")
    assert (ran.code, "is not deleted: it is claimed by `shop/it`" in ran.err) == (0, True)
    assert "feed" in str(single.nodes[0].admin.call("ACL", "USERS"))


def test_a_consent_to_a_trim_counts_for_one_apply(shop: Shop, single: RedisDeployment) -> None:
    admin = single.nodes[0].admin
    shop.on(single)
    shop.declare(streams={STREAM: {}})
    shop.apply()
    allowed = {f"redis/streams/{STREAM}": {"evenIf": ["messages"], "by": {"trim": 4}, "until": SOON}}
    shop.declare(allowed=allowed, streams={STREAM: {"trim": {"maxLength": 4}}})
    for again in (False, True):
        for _ in range(10):
            admin.call("XADD", STREAM, "*", "n", "1")
        ran = shop.mq("apply", "--auto-approve")
        assert ran.code == (3 if again else 0), ran.text
        assert ("MQ209" in ran.err) is again
    assert admin.call("XLEN", STREAM) == 14
