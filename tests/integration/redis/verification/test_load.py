"""Load on a real Redis: what a healthy one sustains, and one that stands still now and then does not."""

import pytest

from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.verification.meddling import meddling, pauses
from tests.integration.redis.verification.verified import results, verify

PROMISED = ("--throughput", "1000", "--latency", "p50=200ms", "--only", "V27", "--only", "V28", "--limit", "20s")


@pytest.fixture(autouse=True)
def _in_the_matrix(request: pytest.FixtureRequest) -> None:
    if not is_matrix(request.config):
        pytest.skip(matrix_only("load"))


def test_a_healthy_stream_sustains_a_thousand_a_second(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={"orders": {}})
    shop.apply()
    found = verify(shop, *PROMISED)
    assert results(found) == {"V27 orders": "pass", "V28 orders": "pass"}
    assert "unthrottled: " in found["V27 orders"]["evidence"]


def test_a_server_that_stands_still_sustains_nothing(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={"orders": {}})
    shop.apply()
    with meddling(single, pauses, every=2.0):
        ran = shop.mq("verify", "-q", "-o", "json", *PROMISED)
    single.nodes[0].admin.call("CLIENT", "UNPAUSE")
    for one in ran.json["judgements"]:
        if one["result"] != "skipped":
            # Where others keep the machine busy, the check says so and does not know.
            assert one["result"] == "fail" or "is the limit" in one["evidence"], one
