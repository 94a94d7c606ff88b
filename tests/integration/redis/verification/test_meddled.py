"""Each check of traffic is seen to fail on a real Redis, where somebody does to the copy what it is there to find."""

import pytest

from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.verification import meddling as by
from tests.integration.redis.verification.verified import meddled, verify


@pytest.mark.parametrize(
    ("check", "act"),
    [
        ("V02", by.SKIPS),
        ("V03", by.TRIMS),
        ("V04", by.COPIES),
        ("V05", by.REPEATS),
        ("V06", by.ADDS),
        ("V07", by.CHANGES),
        ("V08", by.ACCEPTS),
        ("V09", by.GIVES_AGAIN),
        ("V11", by.TURNS),
        ("V45", by.GIVES_NOTHING),
    ],
)
def test_a_copy_that_somebody_meddles_with_fails(check: str, act: by.Act, shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={"orders": {}})
    shop.apply()
    with by.meddling(single, act):
        # As many messages as leave the meddler the time to meddle.
        found = meddled(shop, "--only", f"{check}:orders", "--limit", "5s", "--messages", "4000")
    assert found[f"{check} orders"]["result"] == "fail"
    assert verify(shop, "--only", f"{check}:orders")[f"{check} orders"]["result"] == "pass"
