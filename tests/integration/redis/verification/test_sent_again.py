"""Producers that hear no answer and send again, with and without ids that the stream remembers."""

from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.verification import meddling as by
from tests.integration.redis.verification.verified import keys, meddled, verify


def test_entries_are_there_twice_and_none_is_lost_where_nobody_remembers_ids(
    shop: Shop, single: RedisDeployment
) -> None:
    shop.on(single)
    shop.declare(streams={"orders": {}})
    shop.apply()
    before = keys(single)
    found = verify(shop, "--only", "V23")["V23 orders"]
    assert found["result"] == "pass"
    assert "200 stored twice, as the broker does not deduplicate" in found["evidence"]
    with by.meddling(single, by.TRIMS):
        found = meddled(shop, "--only", "V23")["V23 orders"]
    assert found["result"] == "fail"
    assert keys(single) == before


def test_entries_are_there_once_where_the_stream_remembers_ids_and_twice_once_it_forgets_them(
    shop: Shop, redis_86: RedisDeployment
) -> None:
    redis_86.wipe()
    shop.on(redis_86)
    shop.declare(streams={"orders": {"idempotence": {"duration": "100s", "maxSize": 100}}})
    shop.apply()
    found = verify(shop, "--only", "V23")["V23 orders"]
    assert (found["result"], "none lost, each stored once" in found["evidence"]) == ("pass", True)
    with by.meddling(redis_86, by.FORGETS):
        found = meddled(shop, "--only", "V23")["V23 orders"]
    assert found["result"] == "fail"
