"""What a killed run leaves behind, and how it is found and taken away from any machine."""

import subprocess
import sys
import time

import pytest

from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.verification.verified import keys, verify
from tests.integration.verified import results


@pytest.mark.parametrize("after", [0.0, 0.15, 0.4], ids="killed {0} s after its first key".format)
def test_what_a_killed_run_left_is_collected(after: float, shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={"orders": {"deadLetter": True}, "returns": {}})
    shop.apply()
    before = keys(single)
    command = [sys.executable, "-m", "mqinfra", "verify", "-q", "--messages", "20000"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        while keys(single) == before:
            assert run.poll() is None
            time.sleep(0.005)
        time.sleep(after)
        run.kill()
    assert keys(single) > before
    assert "canary" not in shop.mq("plan", "--undeclared").text
    assert "nothing to delete" in shop.mq("verify", "--gc").text
    assert shop.mq("verify", "--gc", "--older-than", "0s").code == 0
    assert keys(single) == before


def test_keys_that_only_look_alike_are_never_deleted(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={"orders": {}})
    shop.apply()
    alike = ("__mqinfra_canary.mine", "__mqinfra_canary.20200101T000000Z-short.x", "__mqinfra_canary")
    for key in alike:
        single.nodes[0].admin.call("SET", key, "kept")
    before = keys(single)
    assert "nothing to delete" in shop.mq("verify", "--gc", "--older-than", "0s").text
    assert keys(single) == before


def test_v40_fails_while_the_server_lets_nobody_delete_copies(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={"orders": {}})
    shop.apply()
    before, admin = keys(single), single.nodes[0].admin
    asked = ("--only", "V03:orders", "--only", "V40")
    admin.call("ACL", "SETUSER", "default", "-unlink")
    try:
        ran = shop.mq("verify", "-q", "-o", "json", "--messages", "50", *asked)
    finally:
        admin.call("ACL", "SETUSER", "default", "+unlink")
    [found] = [one for one in ran.json()["judgements"] if one["check"] == "V40"]
    assert (ran.code, found["result"], len(found["offenders"])) == (7, "fail", 1)
    assert shop.mq("verify", "--gc", "--older-than", "0s").code == 0
    assert keys(single) == before
    assert results(verify(shop, *asked)) == {"V03 orders": "pass", "V40 redis": "pass"}
