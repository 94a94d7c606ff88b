"""Whole verifications: of each topology, over and over, and of a server that dies meanwhile."""

import threading
import time
from pathlib import Path

import pytest

from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.bare import BareServer
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.verification.verified import keys

_RUNS = 200


def declared(shop: Shop) -> None:
    shop.declare(
        streams={
            "{orders}": {"deadLetter": True, "groups": {"billing": {}}, "expectedMaxLength": 1_000},
            "returns": {},
        },
        access={"billing": {"consumes": ["{orders}"], "password": {"sha256": "1" * 64}}},
    )
    shop.apply()


def test_of_a_healthy_deployment_all_holds_but_that_default_needs_no_password(
    shop: Shop, deployment: RedisDeployment, request: pytest.FixtureRequest
) -> None:
    if deployment.topology != "single" and not is_matrix(request.config):
        pytest.skip(matrix_only("a whole verification of more than one server"))
    shop.on(deployment)
    deployment.configure(appendonly="yes")
    declared(shop)
    before = keys(deployment)
    ran = shop.mq("verify", "-q", "-o", "json", "--messages", "300", "--timeout", "10")
    worse = {(one["check"], one["result"]) for one in ran.json()["judgements"]} - {("V29", "fail")}
    assert {result for _, result in worse} <= {"pass", "skipped"}, ran.out
    assert (ran.json()["left"], keys(deployment)) == ([], before)
    made = {one["check"] for one in ran.json()["judgements"]}
    unasked = {one["check"]: one["option"] for one in ran.json()["unasked"]}
    assert unasked["V25"] == "--restart-cmd COMMAND"
    assert not made & {*unasked}


def test_a_healthy_stream_never_fails(shop: Shop, single: RedisDeployment, request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--faults", default=False):
        pytest.skip("two hundred runs: pytest --faults")
    shop.on(single)
    declared(shop)
    only = [word for check in ("V02", "V03", "V04", "V05", "V06", "V07", "V11", "V16") for word in ("--only", check)]
    for seed in range(_RUNS):
        ran = shop.mq("verify", "-q", "-o", "json", "--seed", str(seed), "--messages", "200", *only)
        assert ran.code == 0, ran.text


@pytest.mark.parametrize("after", [0.0, 0.2])
def test_a_server_that_dies_meanwhile_passes_nothing(after: float, shop: Shop, tmp_path: Path) -> None:
    with BareServer(tmp_path / "redis") as server:
        shop.connect({"nodes": [f"127.0.0.1:{server.port}"]})
        shop.declare(streams={"orders": {}})
        shop.apply()

        def kill() -> None:
            while not server.call("KEYS", "__mqinfra_canary.*"):
                time.sleep(0.005)
            time.sleep(after)
            server.stop()

        killer = threading.Thread(target=kill)
        killer.start()
        ran = shop.mq("verify", "-q", "-o", "json", "--messages", "20000", "--only", "V03", "--limit", "8s")
        killer.join()
    assert ran.code in (7, 8)
    assert {one["result"] for one in ran.json()["judgements"]} <= {"fail", "inconclusive", "skipped"}
    assert "could not be listed" in ran.json()["left"][0]
