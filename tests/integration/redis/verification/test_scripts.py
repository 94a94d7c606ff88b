"""Scripts of a stream against a real server."""

from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.scripts import Scripts


def test_scripts_add_work_bury_add_again_and_measure(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={"orders": {"deadLetter": True, "groups": {"billing": {}}, "expectedMaxLength": 1_000}})
    shop.apply()
    assert shop.mq("verify", "--scripts", str(shop.root / "scripts")).code == 0
    scripts = Scripts(shop.root / "scripts" / "redis" / "orders")
    scripts.drill("order", "dead letters", "added again")
    told = scripts.run("load", "--go", "--rate", "50", "--seconds", "2")
    assert told.startswith("read after: p50 ")
    assert told.endswith("of 100")
