"""Load on a real Redis: what a healthy one sustains, and one that stands still now and then does not."""

import pytest

from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.verification.meddling import meddling, pauses

PROMISED = ("--throughput", "1000", "--latency", "p50=200ms", "--only", "V27", "--only", "V28", "--limit", "20s")


@pytest.fixture(autouse=True)
def _in_the_matrix(request: pytest.FixtureRequest) -> None:
    if not is_matrix(request.config):
        pytest.skip(matrix_only("load"))


def test_a_healthy_stream_sustains_a_thousand_a_second(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={"orders": {}})
    shop.apply()
    ran = shop.mq("verify", "-q", "-o", "json", *PROMISED)
    assert {one["check"]: one["result"] for one in ran.json()["judgements"]} == {"V27": "pass", "V28": "pass"}, ran.text
    evidence = {one["check"]: one["evidence"] for one in ran.json()["judgements"]}
    assert "unthrottled: " in evidence["V27"]
    assert ran.json()["unasked"] == []
    measured = [(one["name"], one["offered"], one["promised"], one["bounds"]) for one in ran.json()["latencies"]]
    assert measured == [
        ("publish at 1,100/s", pytest.approx(1_100), 1_000, {}),
        ("end to end at 1,100/s", pytest.approx(1_100), 1_000, {}),
        ("publish at 1,000/s", 1_000, 1_000, {}),
        ("end to end at 1,000/s", 1_000, 1_000, {"p50": 200}),
    ]


def test_a_server_that_stands_still_sustains_nothing(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams={"orders": {}})
    shop.apply()
    with meddling(single, pauses, every=2.0):
        ran = shop.mq("verify", "-q", "-o", "json", *PROMISED)
    single.nodes[0].admin.call("CLIENT", "UNPAUSE")
    for one in ran.json()["judgements"]:
        if one["result"] != "skipped":
            # Where others keep the machine busy, the check says so and does not know.
            assert one["result"] == "fail" or "is the limit" in one["evidence"], one
