"""Many connections at once to a real server."""

from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.verification.verified import keys, verify
from tests.integration.verified import results


def test_a_storm_of_connections_passes_below_the_limit_of_the_server_and_fails_above(
    shop: Shop, single: RedisDeployment
) -> None:
    shop.on(single)
    shop.declare(streams={"orders": {}})
    shop.apply()
    before, admin = keys(single), single.nodes[0].admin
    only = ("--only", "V47", "--connections", "60")
    found = verify(shop, *only)
    assert results(found) == {"V47 redis": "pass"}
    assert "clients" in found["V47 redis"]["evidence"]
    most = dict(zip(*[iter(admin.call("CONFIG", "GET", "maxclients"))] * 2, strict=True))["maxclients"]
    admin.call("CONFIG", "SET", "maxclients", "40")
    try:
        found = verify(shop, *only, code=7)
    finally:
        admin.call("CONFIG", "SET", "maxclients", str(most))
    assert "max number of clients" in found["V47 redis"]["evidence"]
    assert keys(single) == before
