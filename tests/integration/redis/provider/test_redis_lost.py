"""Replies and commands that are lost on the way: an apply says what it does not know, and another finishes."""

from collections.abc import Callable

import pytest

from tests.brokers.faults import Faults
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop

STREAM = "orders"
LOST: dict[str, Callable[[Faults, int], None]] = {
    "reply": lambda faults, nth: faults.swallow_reply(nth),
    "command": lambda faults, nth: faults.drop_request(nth),
    "connection": lambda faults, nth: faults.cut_after(nth),
}


@pytest.mark.parametrize("what", LOST)
def test_what_is_lost_is_said_or_made_up_for_and_the_next_apply_finishes(
    what: str, shop: Shop, single: RedisDeployment
) -> None:
    shop.on(single, nodes=[single.proxied_address])
    shop.declare(streams={STREAM: {"groups": {"billing": {}}}}, users={"feed": {"commands": ["+ping"]}})
    shop.apply()
    writes = len(single.proxy.mutating())
    assert writes > 2
    for nth in range(1, writes + 1):
        single.wipe()
        single.proxy.reset()
        LOST[what](single.proxy.faults, nth)
        ran = shop.mq("apply", "--auto-approve", "--timeout", "2")
        assert ran.code == 0 or "unknown" in ran.text or "no answer" in ran.text, (nth, ran.text)
        single.proxy.reset()
        if ran.code != 0:
            shop.apply()
        shop.settled(single)
        assert single.nodes[0].admin.call("XLEN", STREAM) == 0
