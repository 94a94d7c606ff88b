"""Advice on a real server: lengths, what is pending, and how the server replicates get into it."""

from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop


def test_what_is_pending_and_who_would_lose_it_are_seen(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={"orders": {"deadLetter": True, "groups": {"billing": {}}, "expectedMaxLength": 100}})
    shop.apply()
    admin = single.nodes[0].admin
    for number in range(90):
        admin.call("XADD", "orders", "*", "body", "x" * 20_000 if number else "x")
    admin.call("XREADGROUP", "GROUP", "billing", "mailer-1", "COUNT", "60", "STREAMS", "orders", ">")
    ran = shop.mq("verify", "-q", "-o", "json", "--mode", "passive")
    found = {(one["name"], one["address"]): one["evidence"] for one in ran.json()["advice"]}
    assert found == {
        ("length", "redis/streams/orders"): (
            "group `billing` has 60 pending and 30 to read, `expectedMaxLength` is 100"
        ),
        ("loss of a node", "redis/streams/orders"): "0 replicas, `min-replicas-to-write` 0, 1 group",
    }
