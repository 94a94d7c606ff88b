"""A server that restarts in the middle, or refuses writes for a while: it is said, and the next apply finishes."""

from typing import Any

import pytest

from tests.brokers.proxy import Proxy
from tests.brokers.redis.deployment import RedisDeployment
from tests.faults.sweep import some_writes, undisturbed
from tests.faults.troubles import at_request, survives
from tests.integration.redis.faults.subject import Streams
from tests.integration.redis.provider.conftest import Shop


@pytest.mark.slow_faults
def test_a_server_that_restarts_in_the_middle_is_no_loss(subject: Streams, redis_7: RedisDeployment) -> None:
    course = undisturbed(subject)

    def restarting(proxy: Proxy[Any], number: int) -> None:
        proxy.on_request = at_request(number, redis_7.restart)

    for number in some_writes(course):
        survives(subject, course, restarting, number)


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("min-replicas-to-write", "1", "Not enough good replicas to write"),
        ("maxmemory", "1", "command not allowed when used memory > 'maxmemory'"),
    ],
)
def test_writes_that_the_server_refuses_are_told_in_its_words(
    setting: str, value: str, says: str, shop: Shop, redis_7: RedisDeployment
) -> None:
    redis_7.wipe()
    shop.on(redis_7)
    shop.declare(streams={"orders": {"groups": {"billing": {}}}})
    redis_7.configure(**{setting: value})
    ran = shop.mq("apply", "--auto-approve", "--timeout", "5")
    assert (ran.code, says in ran.text) == (1, True), ran.text
    redis_7.wipe()
    shop.apply()
    shop.settled(redis_7)
