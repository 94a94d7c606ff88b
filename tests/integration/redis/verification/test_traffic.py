"""Messages through copies of streams: what passes, what a run leaves, and who sees it."""

import threading

from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.verification.verified import keys, verify
from tests.integration.verified import results

STREAMS = {"{orders}": {"groups": {"billing": {}}, "deadLetter": True}, "eu:returns": {}}
OF_TRAFFIC = ("V02", "V03", "V04", "V05", "V06", "V07", "V11")


def test_healthy_streams_pass_what_traffic_proves_and_nothing_is_left(shop: Shop, deployment: RedisDeployment) -> None:
    shop.on(deployment)
    shop.declare(streams=STREAMS)
    shop.apply()
    before = keys(deployment)
    found = results(verify(shop, *(word for check in OF_TRAFFIC for word in ("--only", check))))
    names = ("{orders}", "{orders}:dlq", "eu:returns")
    assert found == {f"{check} {name}": "pass" for check in OF_TRAFFIC for name in names}
    assert keys(deployment) == before


def test_a_consumer_at_work_beside_sees_no_canary(shop: Shop, single: RedisDeployment) -> None:
    shop.on(single)
    shop.declare(streams=STREAMS)
    shop.apply()
    stop = threading.Event()
    seen: list[object] = []

    def consume() -> None:
        admin = single.nodes[0].admin
        while not stop.is_set():
            came = admin.call("XREADGROUP", "GROUP", "billing", "me", "BLOCK", "20", "STREAMS", "{orders}", ">")
            seen.extend(came or ())

    worker = threading.Thread(target=consume)
    worker.start()
    try:
        assert set(results(verify(shop, "--only", "V03")).values()) == {"pass"}
    finally:
        stop.set()
        worker.join()
    assert seen == []
    assert single.nodes[0].admin.call("XLEN", "{orders}") == 0
