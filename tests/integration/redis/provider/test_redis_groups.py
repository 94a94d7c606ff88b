"""Streams and groups at work: what an apply must leave alone, and what it says before it destroys."""

from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.model.loss import Counted, Loss
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.redis.api.connection import RedisConnection
from tests.brokers.redis.deployment import RedisDeployment
from tests.days import SOON
from tests.integration.redis.provider.conftest import Shop, no_secrets

STREAM = "orders"


def fill(deployment: RedisDeployment, count: int) -> list[str]:
    admin = deployment.nodes[0].admin
    return [str(admin.call("XADD", STREAM, f"{number}-0", "n", str(number))) for number in range(1, count + 1)]


def group_of(deployment: RedisDeployment, name: str) -> dict[str, Any]:
    rows = deployment.nodes[0].admin.call("XINFO", "GROUPS", STREAM)
    return next(row for row in (dict(zip(r[::2], r[1::2], strict=True)) for r in rows) if row["name"] == name)


def test_a_group_at_work_keeps_position_pending_entries_and_consumers(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={STREAM: {"groups": {"billing": {"startAt": "0"}}}})
    shop.apply()
    fill(single, 10)
    admin = single.nodes[0].admin
    admin.call("XREADGROUP", "GROUP", "billing", "worker-1", "COUNT", "6", "STREAMS", STREAM, ">")
    admin.call("XACK", STREAM, "billing", "1-0", "2-0")
    before = group_of(single, "billing")
    assert (before["pending"], before["last-delivered-id"], before["consumers"]) == (4, "6-0", 1)
    shop.declare(streams={STREAM: {"groups": {"billing": {"startAt": "$"}, "mail": {"startAt": "0"}}}})
    assert list(shop.changes()) == [f"groups/{STREAM}/mail"]
    shop.apply()
    assert group_of(single, "billing") == before
    shop.settled(single)


def test_a_group_that_begins_at_the_end_is_warned_of_where_there_are_entries(
    shop: Shop, single: RedisDeployment
) -> None:
    shop.on(single)
    shop.declare(streams={STREAM: {"groups": {"live": {"startAt": "$"}}}})
    assert "MQ320" not in shop.codes()
    fill(single, 3)
    assert "MQ320" in shop.codes()


def test_going_back_happens_once(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    fill(single, 5)
    shop.declare(streams={STREAM: {"groups": {"billing": {}}}})
    shop.apply()
    admin = single.nodes[0].admin
    admin.call("XREADGROUP", "GROUP", "billing", "w", "STREAMS", STREAM, ">")
    shop.declare(streams={STREAM: {"groups": {"billing": {"resetTo": {"from": "5-0", "to": "2"}}}}})
    change = shop.changes()[f"groups/{STREAM}/billing"]
    assert change["costs"][0]["text"] == "entries after `2-0` up to `5-0` are delivered again"
    assert change["undo"] == "no"
    shop.apply()
    assert group_of(single, "billing")["last-delivered-id"] == "2-0"
    shop.settled(single)
    admin.call("XREADGROUP", "GROUP", "billing", "w", "COUNT", "1", "STREAMS", STREAM, ">")
    assert shop.changes() == {}
    assert "MQ324" in shop.codes()


def test_going_forward_says_what_is_skipped(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    fill(single, 5)
    shop.declare(streams={STREAM: {"groups": {"billing": {}}}})
    shop.apply()
    shop.declare(streams={STREAM: {"groups": {"billing": {"resetTo": {"from": "0", "to": "$"}}}}})
    [cost] = shop.changes()[f"groups/{STREAM}/billing"]["costs"]
    assert (cost["kind"], cost["number"]) == ("messages-lost", 5)
    assert cost["text"] == "5 entries after `0-0` up to now are skipped: this group never gets them"
    shop.apply()
    assert group_of(single, "billing")["last-delivered-id"] == "5-0"
    shop.settled(single)


def test_deletes_say_what_they_cost_and_need_consent(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    fill(single, 5)
    shop.declare(streams={STREAM: {"groups": {"billing": {}}}})
    shop.apply()
    single.nodes[0].admin.call("XREADGROUP", "GROUP", "billing", "worker-1", "COUNT", "2", "STREAMS", STREAM, ">")
    shop.declare(removed={f"redis/groups/{STREAM}/billing": {}}, streams={STREAM: {}})
    change = shop.changes()[f"groups/{STREAM}/billing"]
    assert [cost["text"] for cost in change["costs"]] == [
        "2 messages would be lost",
        "1 active consumer would be cut off: billing/worker-1",
    ]
    assert change["blockedBy"] == ["MQ201", "MQ202"] or len(change["blockedBy"]) == 2
    assert shop.mq("apply", "--auto-approve").code == 3
    assert group_of(single, "billing")["pending"] == 2
    shop.declare(removed={f"redis/streams/{STREAM}": {"evenIf": ["messages"], "until": SOON}})
    messages, consumers, *details = shop.changes()[f"streams/{STREAM}"]["costs"]
    assert (messages["number"], consumers["number"]) == (5, 1)
    assert {cost["kind"] for cost in details} == {"detail"}
    entries, waiting = (cost["text"] for cost in details)
    assert entries == "5 entries; 1 group goes too: `billing`"
    assert waiting.startswith(
        "2 entries are delivered and not acknowledged; of those who hold some, `billing/worker-1`"
    )
    assert f"cost: {entries}" in shop.mq("plan").out
    assert shop.mq("apply", "--auto-approve").code == 3
    shop.declare(removed={f"redis/streams/{STREAM}": {"evenIf": ["messages", "consumers"], "until": SOON}})
    shop.apply()
    assert single.nodes[0].admin.call("EXISTS", STREAM) == 0
    shop.settled(single)


def test_a_stream_is_cut_only_when_asked_and_with_consent(shop: Shop, redis_each: RedisDeployment) -> None:
    redis_each.wipe()
    shop.on(redis_each)
    fill(redis_each, 10)
    admin, address = redis_each.nodes[0].admin, f"redis/streams/{STREAM}"
    admin.call("XGROUP", "CREATE", STREAM, "billing", "3-0", "ENTRIESREAD", "3")
    shop.declare(streams={STREAM: {"expectedMaxLength": 4}})
    assert (shop.changes(), shop.codes()) == ({}, ["MQ321"])
    cut: dict[str, Any] = {STREAM: {"trim": {"maxLength": 4}}}
    shop.declare(streams=cut)
    [cost, unread] = shop.changes()[f"streams/{STREAM}"]["costs"]
    assert (cost["kind"], cost["number"]) == ("messages-lost", 6)
    assert cost["text"] == "6 messages would be lost (all but the newest 4 are dropped)"
    assert unread["text"] == "3 of them were never read by group `billing`"
    [found] = [item for item in shop.plan()["diagnostics"] if item["severity"] == "error"]
    assert found["code"] == "MQ208"
    assert f"{address}: {{evenIf: [messages], by: {{trim.maxLength: 4}}, until: " in found["help"][0]
    others: list[dict[str, Any]] = [{"trim.maxLength": 5}, {"trim": 3}, {"trim.minId": "4"}]
    for other in others:
        shop.declare(allowed={address: {"evenIf": ["messages"], "by": other, "until": SOON}}, streams=cut)
        assert shop.mq("apply", "--auto-approve").code == 3
    assert admin.call("XLEN", STREAM) == 10
    shop.declare(allowed={address: {"evenIf": ["messages"], "by": {"trim": 4}, "until": SOON}}, streams=cut)
    shop.apply()
    assert admin.call("XLEN", STREAM) == 4
    assert shop.codes() == ["MQ211"]
    shop.settled(redis_each)
    cut = {STREAM: {"trim": {"minId": "9"}}}
    shop.declare(streams=cut)
    [cost, unread] = shop.changes()[f"streams/{STREAM}"]["costs"]
    assert cost["text"] == "2 messages would be lost (those before `9-0` are dropped)"
    assert unread["text"] == "group `billing` may not have read all of them"
    assert shop.mq("apply", "--auto-approve").code == 3
    shop.declare(allowed={address: {"evenIf": ["messages"], "by": {"trim.minId": "9"}, "until": SOON}}, streams=cut)
    shop.apply()
    assert admin.call("XLEN", STREAM) == 2
    shop.settled(redis_each)


def test_a_cut_planned_on_a_short_stream_is_none_of_a_long_one(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    fill(single, 4)
    admin = single.nodes[0].admin
    shop.declare(streams={STREAM: {"trim": {"maxLength": 4}}, "other": {"trim": {"maxLength": 1}}})
    shop.mq("plan", "-o", "json=plan.json")
    for number in range(5, 9):
        admin.call("XADD", STREAM, f"{number}-0", "n", str(number))
    admin.call("XADD", "other", "1-0", "n", "1")
    admin.call("XADD", "other", "2-0", "n", "1")
    ran = shop.mq("apply", "plan.json", "--auto-approve")
    assert ran.code != 0
    assert "`redis/streams/other` changed since the plan was made" in ran.text
    assert (admin.call("XLEN", STREAM), admin.call("XLEN", "other")) == (8, 2)


def test_a_cut_is_counted_again_right_before_it(single: RedisDeployment) -> None:
    """The guard is the count itself: where nothing went while planning, something going now is another class."""
    address = Address("it", "streams", (STREAM,))
    loss = Loss(address, ("trim", "minId"), "those before `3-0` are dropped", limit="3-0")
    connection = RedisConnection.model_validate(single.block)
    with installed().providers["redis"].connect(Cluster("it", connection), no_secrets, 10.0) as session:
        assert session.count([loss]) == {loss: Counted(0)}
        fill(single, 5)
        assert session.count([loss]) == {loss: Counted(2)}
        script = "for n = 100, 10199 do redis.call('XADD', KEYS[1], n .. '-0', 'n', '1') end"
        single.nodes[0].admin.call("EVAL", script, "1", STREAM)
        late = Loss(address, ("trim", "minId"), "those before `99999-0` are dropped", limit="99999-0")
        assert session.count([late]) == {late: Counted(10_105, exact=False)}


@pytest.mark.parametrize("removed", [False, True])
def test_a_key_of_another_type_is_in_the_way_and_never_touched(
    shop: Shop, single: RedisDeployment, *, removed: bool
) -> None:
    shop.on(single)
    single.nodes[0].admin.call("RPUSH", STREAM, "precious")
    if removed:
        shop.declare(removed={f"redis/streams/{STREAM}": {"evenIf": ["messages", "consumers"], "until": SOON}})
    else:
        shop.declare(streams={STREAM: {"groups": {"billing": {}}}})
    plan = shop.plan()
    assert [change["address"] for change in plan["changes"]] == []
    said = [found["message"] for found in plan["diagnostics"]]
    assert any("the key holds a `list`, not a stream" in message for message in said), said
    assert shop.mq("apply", "--auto-approve").code != 0
    assert single.nodes[0].admin.call("LRANGE", STREAM, "0", "-1") == ["precious"]


def test_what_the_server_does_not_store_is_found_while_planning(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={STREAM: {"idempotence": {"duration": "5m"}}})
    plan = shop.plan()
    assert plan["changes"][0]["blockedBy"]
    assert any("does not store settings of idempotent producers" in found["message"] for found in plan["diagnostics"])


def test_a_policy_that_evicts_is_warned_of(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={STREAM: {}})
    single.configure(**{"maxmemory-policy": "allkeys-lru"})
    assert "MQ410" in shop.codes()


def test_dead_letters_need_the_same_hash_tag_on_a_cluster(shop: Shop, redis_7_cluster: RedisDeployment) -> None:
    redis_7_cluster.wipe()
    shop.on(redis_7_cluster)
    shop.declare(streams={"orders": {"deadLetter": True}})
    assert "MQ323" in shop.codes()
    assert shop.mq("apply", "--auto-approve").code != 0
    shop.declare(streams={"{orders}": {"deadLetter": True}})
    assert shop.codes() == []
