"""An entry that the team's own consumer can't handle, through the real stream: buried, or in everybody's way."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.brokers.ports import HOST
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.verification.verified import verify
from tests.integration.verified import results

POISON = b"{not json"
GROUP, STREAM, GRAVE = "billing", "orders", "orders:dlq"


@contextmanager
def team(deployment: RedisDeployment, *, buries: bool) -> Iterator[None]:
    """A consumer that handles all but the poison, which it moves to the dead letters or tries for ever."""
    over = threading.Event()

    def work() -> None:
        with closing(redis.Redis(HOST, deployment.port, protocol=2)) as server:
            while not over.is_set():
                came: Any = server.xreadgroup(GROUP, "one", {STREAM: ">"}, count=1, block=100)
                for entry, fields in came[0][1] if came else ():
                    if fields.get(b"body") == POISON:
                        if not buries:
                            over.wait()
                            return
                        server.xadd(GRAVE, fields)
                    server.xack(STREAM, GROUP, entry)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join()


@pytest.mark.slow_faults
def test_poison_that_is_buried_passes_and_poison_that_stops_the_consumer_fails(
    shop: Shop, single: RedisDeployment, tmp_path: Path
) -> None:
    shop.on(single)
    shop.declare(streams={STREAM: {"deadLetter": True, "groups": {GROUP: {}}, "promises": {"canary": "accept"}}})
    shop.apply()
    (tmp_path / "poison.json").write_bytes(POISON)
    asked = ("--mode", "in-place", "--only", "V44", "--poison", str(tmp_path / "poison.json"), "--limit", "15s")
    with team(single, buries=True):
        found = verify(shop, *asked)
    assert results(found) == {f"V44 {STREAM}": "pass"}, found
    with team(single, buries=False):
        found = verify(shop, *asked, code=7)
    assert found[f"V44 {STREAM}"]["offenders"] == [
        "5 of 10 other messages not processed",
        "the poison message is not a dead letter",
    ]
