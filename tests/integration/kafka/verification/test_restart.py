"""A broker that is killed: started again between sending and reading, or gone in the middle of a run."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.kafka.e2e.shop import Shop
from tests.integration.kafka.verification.verified import listing, verify

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

# Asks the test for a restart by one file, and waits for another.
ASK = "import pathlib, time; a, b = map(pathlib.Path, {files!r}); a.touch()\nwhile not b.exists(): time.sleep(0.05)"
TOPIC = "orders.new: {partitions: 1, replicationFactor: 1}"


@contextmanager
def restarting(cluster: KafkaCluster, folder: Path, *, lose: bool) -> Iterator[str]:
    """A command that kills the broker and starts it again, with or without what it had of copies."""
    ask, done, script = folder / "ask", folder / "done", folder / "ask.py"
    script.write_text(ASK.format(files=(str(ask), str(done))), encoding="utf-8")
    stop = threading.Event()

    def obey() -> None:
        while not ask.exists():
            if stop.wait(0.05):
                return
        cluster.kill()
        if lose:
            for log in cluster.nodes[0].data.rglob("__mqinfra_canary.*"):
                shutil.rmtree(log)
        cluster.start()
        done.touch()

    worker = threading.Thread(target=obey)
    worker.start()
    try:
        yield f"'{sys.executable}' '{script}'"
    finally:
        stop.set()
        worker.join()


@pytest.mark.slow_faults
@pytest.mark.parametrize(("lose", "result", "code"), [(False, "pass", 0), (True, "fail", 7)])
def test_what_was_acknowledged_survives_a_kill_unless_the_disk_is_lost(
    lose: bool,  # noqa: FBT001 - a parameter of the test
    result: str,
    code: int,
    live_4: KafkaCluster,
    shop: Shop,
    tmp_path: Path,
) -> None:
    shop.topics(TOPIC)
    assert shop.apply().code == 0
    with restarting(live_4, tmp_path, lose=lose) as command:
        found = verify(shop, "--only", "V25", "--restart-cmd", command, "--limit", "120s", code=code)
    assert found["V25 orders.new"]["result"] == result, found


@pytest.mark.slow_faults
def test_a_broker_that_goes_in_the_middle_passes_nothing_and_what_is_left_is_collected(
    live_4: KafkaCluster, shop: Shop
) -> None:
    shop.topics(TOPIC)
    assert shop.apply().code == 0
    before = listing(live_4)
    short = ("--limit", "8s", "--timeout", "5")
    run = shop.start("verify", "-q", "-o", "json", "--only", "V03", "--only", "V04", "--messages", "50000", *short)
    while listing(live_4) == before:
        assert run.alive
        time.sleep(0.01)
    live_4.kill()
    ran = run.end(120)
    assert ran.code in (1, 7, 8), ran.text
    judged = ran.json()["judgements"] if ran.out else []
    assert {one["result"] for one in judged} <= {"fail", "inconclusive", "skipped"}, ran.text
    live_4.start()
    assert shop.run("verify", "--gc", "--older-than", "0s").code == 0
    assert listing(live_4) == before
