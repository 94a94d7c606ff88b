"""Every kind is created, changed, drifts, is repaired and deleted; each second apply sends no write."""

from typing import Any

import pytest

from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.node import RedisNode
from tests.integration.redis.provider.conftest import Shop, sha256

STREAM = "{shop}:activity"
STREAMS: dict[str, Any] = {
    STREAM: {"expectedMaxLength": 100, "groups": {"feed": {"startAt": "0"}}, "deadLetter": True},
    "{shop}:audit": {},
}
USERS: dict[str, Any] = {
    "auditor": {
        "passwords": [{"sha256": sha256("auditor")}],
        "commands": ["+@read", "+@connection", "-@dangerous"],
        "keys": ["%R~{shop}:*"],
        "selectors": [{"commands": ["+xadd"], "keys": ["~{shop}:audit"]}],
    }
}


def home(deployment: RedisDeployment, key: str) -> RedisNode:
    """The master that has a key."""
    if deployment.topology != "cluster":
        return deployment.primaries[0]
    for node in deployment.primaries:
        slots = node.admin.call("CLUSTER", "COUNTKEYSINSLOT", str(node.admin.call("CLUSTER", "KEYSLOT", key)))
        if slots:
            return node
    raise AssertionError(f"nobody has {key}")


def test_resources_are_made_and_nothing_is_left_to_do(shop: Shop, deployment: RedisDeployment) -> None:
    shop.on(deployment)
    shop.declare(streams=STREAMS, users=USERS)
    assert {change["action"] for change in shop.changes().values()} == {"create"}
    shop.apply()
    admin = home(deployment, STREAM).admin
    assert admin.call("TYPE", STREAM) == "stream"
    assert admin.call("XLEN", STREAM) == 0
    info = admin.call("XINFO", "STREAM", STREAM)
    assert info[info.index("entries-added") + 1] == 0, "making it left a trace"
    assert [group[1] for group in admin.call("XINFO", "GROUPS", STREAM)] == ["feed"]
    assert [group[1] for group in admin.call("XINFO", "GROUPS", f"{STREAM}:dlq")] == ["dlq"]
    for node in deployment.nodes:
        assert "auditor" in node.admin.call("ACL", "USERS"), node.name
    shop.settled(deployment)


def test_a_change_of_the_manifest_is_brought_about_in_place(shop: Shop, deployment: RedisDeployment) -> None:
    shop.on(deployment)
    shop.declare(streams=STREAMS, users=USERS)
    shop.apply()
    more = {"auditor": {**USERS["auditor"], "commands": [*USERS["auditor"]["commands"], "+xgroup|create"]}}
    groups = {"feed": {"startAt": "0"}, "mail": {"startAt": "$"}}
    shop.declare(streams={**STREAMS, STREAM: {**STREAMS[STREAM], "groups": groups}}, users=more)
    changes = shop.changes()
    assert {name: change["action"] for name, change in changes.items()} == {
        f"groups/{STREAM}/mail": "create",
        "users/auditor": "update",
    }
    [difference] = changes["users/auditor"]["differences"]
    assert difference["note"] == "adds `xgroup|create`"
    shop.apply()
    shop.settled(deployment)


def test_drift_is_named_and_repaired(shop: Shop, deployment: RedisDeployment) -> None:
    shop.on(deployment)
    shop.declare(streams=STREAMS, users=USERS)
    shop.apply()
    admin = home(deployment, STREAM).admin
    admin.call("XGROUP", "DESTROY", STREAM, "feed")
    home(deployment, "{shop}:audit").admin.call("DEL", "{shop}:audit")
    for node in deployment.nodes:
        node.admin.call("ACL", "SETUSER", "auditor", "+set", "-get")
    changes = shop.changes()
    assert {name: change["action"] for name, change in changes.items()} == {
        f"groups/{STREAM}/feed": "create",
        "streams/{shop}:audit": "create",
        "users/auditor": "update",
    }
    assert [item["note"] for item in changes["users/auditor"]["differences"]] == ["adds `get`; takes away `set`"]
    shop.apply()
    shop.settled(deployment)


def test_a_user_that_differs_on_one_node_is_named_with_the_node(shop: Shop, deployment: RedisDeployment) -> None:
    if len(deployment.nodes) < 2:
        pytest.skip("there is one node only")
    shop.on(deployment)
    shop.declare(users=USERS)
    shop.apply()
    last = deployment.nodes[-1]
    last.admin.call("ACL", "SETUSER", "auditor", "+set")
    [difference] = shop.changes()["users/auditor"]["differences"]
    assert difference["note"] == f"differs on {last.address}: takes away `set`"
    shop.apply()
    shop.settled(deployment)
    last.admin.call("ACL", "SETUSER", "auditor", ">another")
    [difference] = shop.changes()["users/auditor"]["differences"]
    assert (difference["path"], difference["note"]) == (["passwords"], f"differs on {last.address}")
    shop.apply()
    last.admin.call("ACL", "DELUSER", "auditor")
    notes = {item["note"] for item in shop.changes()["users/auditor"]["differences"]}
    assert f"missing on {last.address}" in notes
    shop.apply()
    shop.settled(deployment)


def test_tombstones_delete_everywhere(shop: Shop, deployment: RedisDeployment) -> None:
    shop.on(deployment)
    shop.declare(streams=STREAMS, users=USERS)
    shop.apply()
    removed: dict[str, Any] = {
        "redis/users/auditor": {},
        "redis/streams/{shop}:audit": {},
        f"redis/groups/{STREAM}/feed": {},
    }
    shop.declare(removed=removed, streams={STREAM: {"deadLetter": True}})
    assert {name: change["action"] for name, change in shop.changes().items()} == {
        "users/auditor": "delete",
        "streams/{shop}:audit": "delete",
        f"groups/{STREAM}/feed": "delete",
    }
    shop.apply()
    for node in deployment.nodes:
        assert node.admin.call("ACL", "USERS") == ["default"], node.name
    assert home(deployment, STREAM).admin.call("XINFO", "GROUPS", STREAM) == []
    shop.settled(deployment)


@pytest.mark.parametrize("how", ["export", "render"])
def test_what_is_written_as_a_manifest_plans_no_change(shop: Shop, deployment: RedisDeployment, how: str) -> None:
    shop.on(deployment)
    shop.declare(streams=STREAMS, users=USERS, access={"feed": {"consumes": [STREAM]}})
    shop.apply()
    ran = shop.mq(how)
    assert ran.code == 0, ran.text
    (shop.root / "topology" / "shop.yaml").write_text(ran.out, encoding="utf-8")
    assert "users" in ran.out
    assert shop.changes() == {}
    assert shop.mq(how).out == ran.out
