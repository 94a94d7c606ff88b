"""A server that refuses writes for a while: it is told in its words, and the next apply finishes."""

import pytest

from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop


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
