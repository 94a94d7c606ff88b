"""The least rights of docs/connections.md are enough, and what may not be seen is never taken for absent."""

import re

import pytest

from mqinfra.model.record import Owner
from mqinfra.providers.redis.records.names import lock_rights, record_rights
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop

CONNECT = "+info +cluster|info +cluster|nodes +config|get"
SEE_STREAMS = "+xinfo +type +command|info"
SEE_USERS = "+acl|cat +acl|getuser +acl|whoami"
CHANGE = "+xgroup +multi +exec +xtrim +del +xlen +client|list +acl|setuser +acl|deluser +acl|save +config|rewrite"
OWN = " ".join([*record_rights(Owner("shop", "it")), *lock_rights(Owner("shop", "it"))])
STREAMS = {"{shop}:a": {"groups": {"feed": {}}, "deadLetter": True}}
USERS = {"feed": {"commands": ["+ping"]}}


def login(shop: Shop, deployment: RedisDeployment, monkeypatch: pytest.MonkeyPatch, rules: str) -> None:
    for node in deployment.nodes:
        node.admin.call("ACL", "SETUSER", "deployer", "reset", "on", ">s3cret", *re.findall(r"\([^)]*\)|\S+", rules))
    monkeypatch.setenv("DEPLOYER", "s3cret")
    shop.on(deployment, username="deployer", password={"env": "DEPLOYER"})


def test_least_rights_to_plan_and_apply(
    shop: Shop, deployment: RedisDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    login(shop, deployment, monkeypatch, f"{CONNECT} {SEE_STREAMS} {SEE_USERS} {CHANGE} ~{{shop}}:* {OWN}")
    shop.declare(streams=STREAMS, users=USERS)
    shop.apply()
    removed: dict[str, object] = {"redis/users/feed": {}, "redis/streams/{shop}:a": {}}
    shop.declare(removed=removed, streams={"{shop}:b": {}})
    shop.apply()
    shop.settled(deployment)


def test_least_rights_to_plan(shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.on(single)
    shop.declare(streams=STREAMS, users=USERS)
    shop.apply()
    login(shop, single, monkeypatch, f"{CONNECT} {SEE_STREAMS} {SEE_USERS} %R~{{shop}}:*")
    assert shop.changes() == {}


def test_without_rights_on_a_stream_nothing_is_planned_for_it(
    shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    login(shop, single, monkeypatch, f"{CONNECT} {SEE_STREAMS} {CHANGE} ~other:*")
    shop.declare(streams=STREAMS)
    plan = shop.plan()
    assert plan["changes"] == []
    said = [found["message"] for found in plan["diagnostics"]]
    assert any("not allowed: this needs `+xinfo|stream` on `~{shop}:a`" in message for message in said), said


def test_without_a_right_to_compare_users_streams_are_planned_all_the_same(
    shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    login(shop, single, monkeypatch, f"{CONNECT} {SEE_STREAMS} +acl|getuser {CHANGE} ~{{shop}}:*")
    shop.declare(streams={"{shop}:a": {}}, users=USERS)
    plan = shop.plan()
    assert [change["address"] for change in plan["changes"]] == ["redis/streams/{shop}:a"]
    said = [found["message"] for found in plan["diagnostics"]]
    assert any("may not run `acl|cat`" in message for message in said), said


def test_a_write_that_is_not_allowed_says_what_to_grant(
    shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    login(shop, single, monkeypatch, f"{CONNECT} {SEE_STREAMS} {SEE_USERS} %R~{{shop}}:* +multi +exec {OWN}")
    shop.declare(streams={"{shop}:a": {}}, users=USERS)
    ran = shop.mq("apply", "--auto-approve")
    assert ran.code in {4, 1}
    assert "+acl|setuser" in ran.text
    assert "ACL SETUSER NAME +xgroup|create`" in ran.text
    assert single.nodes[0].admin.call("EXISTS", "{shop}:a") == 0


def test_an_export_that_leaves_out_what_may_not_be_read_says_so_and_fails(
    shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.on(single)
    shop.declare(streams={"{shop}:a": {}, "{shop}:b": {}}, users=USERS)
    shop.apply()
    login(shop, single, monkeypatch, f"{CONNECT} {SEE_STREAMS} +scan ~{{shop}}:a")
    ran = shop.mq("export")
    assert ran.code == 1, ran.text
    assert "{shop}:a" in ran.out
    assert "stream `{shop}:b` can't be seen: not allowed: this needs `+xinfo|stream` on `~{shop}:b`" in ran.err
    assert "`redis/users` can't be read: not allowed: this needs `+acl|users`" in ran.err
