"""What only Redis has: each check passes on a healthy server, and fails where the server is made to break it."""

import pytest

from tests.brokers.redis.admin import Admin
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.verification.meddling import ADDS, meddling, script
from tests.integration.redis.verification.verified import meddled, verify
from tests.integration.verified import results

ROOT = {"enabled": True, "passwords": [{"sha256": "0" * 64}], "commands": ["+@all"], "keys": ["~*"], "channels": ["&*"]}


def shop_of(shop: Shop, single: RedisDeployment) -> Shop:
    shop.on(single)
    shop.declare(
        streams={"orders": {"deadLetter": True, "groups": {"billing": {}}, "expectedMaxLength": 1_000}, "returns": {}},
        access={"billing": {"consumes": ["orders"], "password": {"sha256": "1" * 64}}},
    )
    single.configure(appendonly="yes")
    shop.apply()
    return shop


def of(check: str, *names: str) -> dict[str, str]:
    return {f"{check} {name}": "pass" for name in names}


def test_a_healthy_server_passes_them(shop: Shop, single: RedisDeployment) -> None:
    shop_of(shop, single)
    wanted = ("V16", "V20", "V26", "V30", "V31", "V32", "V37", "V38")
    found = verify(shop, *(word for check in wanted for word in ("--only", check)))
    assert results(found) == {
        **of("V16", "orders"),
        **of("V20", "orders", "orders:dlq"),
        **of("V26", "redis", "billing"),
        **of("V30", "billing"),
        **of("V31", "billing"),
        **of("V32", "orders", "orders:dlq", "returns"),
        **of("V37", "billing", "dlq"),
        **of("V38", "billing", "dlq"),
    }


def judged(shop: Shop, check: str, name: str, code: int = 7) -> str:
    found = verify(shop, "--only", f"{check}:{name}", code=code)
    assert found[f"{check} {name}"]["result"] == {7: "fail", 8: "inconclusive", 0: "pass"}[code], found
    return str(found[f"{check} {name}"]["evidence"])


@pytest.mark.parametrize(
    ("setting", "value", "why"),
    [("appendonly", "no", "loses every entry"), ("appendfsync", "no", "half a minute")],
)
def test_v26_fails_where_nothing_is_written_to_disk(
    setting: str, value: str, why: str, shop: Shop, single: RedisDeployment
) -> None:
    shop_of(shop, single)
    before = single.nodes[0].admin.call("CONFIG", "GET", setting)[1]
    single.configure(**{setting: value})
    assert why in judged(shop, "V26", "redis")
    single.configure(**{setting: before})
    judged(shop, "V26", "redis", code=0)


def test_v29_fails_where_default_needs_no_password(shop: Shop, single: RedisDeployment) -> None:
    shop_of(shop, single)
    assert "work without a login: accepted as `default`" in judged(shop, "V29", "redis")
    single.nodes[0].admin.call("ACL", "SETUSER", "billing", "nopass")
    assert "wrong password: accepted" in judged(shop, "V29", "billing")
    single.nodes[0].admin.call("ACL", "SETUSER", "billing", "resetpass")
    assert "WRONGPASS" in judged(shop, "V29", "billing", code=0)


def test_v30_and_v31_fail_where_rights_are_narrower_and_wider_than_declared(
    shop: Shop, single: RedisDeployment
) -> None:
    shop_of(shop, single)
    admin = single.nodes[0].admin
    compared = ("--only", "V01:redis/users/billing")
    assert results(verify(shop, *compared)) == {"V01 billing": "pass"}
    admin.call("ACL", "SETUSER", "billing", "(~returns +@all)", "+flushall")
    assert results(verify(shop, *compared, code=7)) == {"V01 billing": "fail"}
    found = verify(shop, "--only", "V30:billing", "--only", "V31:billing", code=7)
    assert results(found) == {"V30 billing": "pass", "V31 billing": "fail"}
    assert {"xadd returns", "xrange returns", "flushall"} <= set(found["V31 billing"]["offenders"])
    admin.call("ACL", "SETUSER", "billing", "reset", "on", "nopass")
    found = verify(shop, "--only", "V30:billing", "--only", "V31:billing", code=7)
    assert results(found) == {"V30 billing": "fail", "V31 billing": "pass"}
    admin.call("ACL", "DELUSER", "billing")
    found = verify(shop, "--only", "V30:billing", "--only", "V31:billing", code=8)
    assert set(results(found).values()) == {"inconclusive"}


def grants(admin: Admin) -> None:
    """Give every user of a verification all rights."""
    for user in admin.call("ACL", "USERS"):
        if user.startswith("__mqinfra_canary."):
            admin.call("ACL", "SETUSER", user, "~*", "+@all")


def test_v32_fails_where_something_grants_rights_to_strangers(shop: Shop, single: RedisDeployment) -> None:
    shop_of(shop, single)
    with meddling(single, grants):  # which may come too late for some of the acts, and for all of them now and then
        found = [shop.mq("verify", "-q", "--only", "V32:returns").code for _ in range(5)]
    assert 7 in found
    # What grants rights may make a user again that is gone already: `--gc` takes it away.
    assert shop.mq("verify", "--gc", "--older-than", "0s").code == 0
    assert results(verify(shop, "--only", "V32:returns")) == {"V32 returns": "pass"}
    assert [user for user in single.nodes[0].admin.call("ACL", "USERS") if user.startswith("__")] == []


def test_v16_fails_where_the_dead_letters_are_trimmed(shop: Shop, single: RedisDeployment) -> None:
    shop_of(shop, single)
    trims = script("if string.sub(key, -4) == ':dlq' then redis.call('XTRIM', key, 'MAXLEN', '0') end")
    with meddling(single, trims):
        assert results(meddled(shop, "--only", "V16:orders")) == {"V16 orders": "fail"}


def test_v20_fails_where_producers_do_not_trim(shop: Shop, single: RedisDeployment) -> None:
    shop_of(shop, single)
    with meddling(single, ADDS):
        assert results(meddled(shop, "--only", "V20:orders")) == {"V20 orders": "fail"}
    admin = single.nodes[0].admin
    for at in range(1_200):
        admin.call("XADD", "orders", "*", "n", str(at))
    assert "no producer trims it" in judged(shop, "V20", "orders")


def test_v37_and_v38_fail_where_nobody_reads(shop: Shop, single: RedisDeployment) -> None:
    shop_of(shop, single)
    admin = single.nodes[0].admin
    admin.call("XADD", "orders", "*", "n", "1")
    only = ("--only", "V37:billing", "--only", "V38:billing")
    assert set(results(verify(shop, *only, code=7)).values()) == {"fail"}
    admin.call("XREADGROUP", "GROUP", "billing", "me", "STREAMS", "orders", ">")
    assert set(results(verify(shop, *only)).values()) == {"pass"}
    admin.call("XGROUP", "DESTROY", "orders", "billing")
    found = verify(shop, *only, code=7)
    assert results(found) == {"V37 billing": "fail", "V38 billing": "inconclusive"}


def test_v38b_fails_where_entries_wait_for_longer_than_promised(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)

    def promise(most: str) -> None:
        shop.declare(streams={"orders": {"groups": {"billing": {"promises": {"maxDelay": most}}}}})
        shop.apply()

    promise("1h")
    assert judged(shop, "V38b", "billing", code=0) == "no entry waits"
    admin = single.nodes[0].admin
    admin.call("XADD", "orders", "*", "n", "1")
    assert "at most `1h` promised" in judged(shop, "V38b", "billing", code=0)
    promise("1ms")
    assert "at most `1ms` promised" in judged(shop, "V38b", "billing")
    admin.call("XREADGROUP", "GROUP", "billing", "me", "STREAMS", "orders", ">")
    judged(shop, "V38b", "billing")
    admin.call("XACK", "orders", "billing", admin.call("XRANGE", "orders", "-", "+")[0][0])
    assert judged(shop, "V38b", "billing", code=0) == "no entry waits"


def test_a_group_that_works_in_batches_may_be_empty_and_no_further_behind_than_it_promises(
    shop: Shop, single: RedisDeployment
) -> None:
    shop.on(single)

    def promised(most: int, code: int, **more: bool) -> dict[str, str]:
        shop.declare(streams={"orders": {"groups": {"billing": {}}, "promises": {"maxLag": most, **more}}})
        return results(verify(shop, "--only", "V37:billing", "--only", "V38:billing", code=code))

    shop.declare(streams={"orders": {"groups": {"billing": {}}}})
    shop.apply()
    for at in range(5):
        single.nodes[0].admin.call("XADD", "orders", "*", "n", str(at))
    assert promised(5, 0, batch=True) == {"V37 billing": "pass", "V38 billing": "pass"}
    assert promised(4, 7, batch=True) == {"V37 billing": "pass", "V38 billing": "fail"}
    assert promised(5, 7) == {"V37 billing": "fail", "V38 billing": "fail"}


def test_a_stream_keeps_all_messages_in_order(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={"orders": {"promises": {"order": "total"}}})
    shop.apply()
    found = verify(shop, "--only", "V11")
    assert results(found) == {"V11 orders": "pass"}
    assert found["V11 orders"]["evidence"].endswith(", all in order")
