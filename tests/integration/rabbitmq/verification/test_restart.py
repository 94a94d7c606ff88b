"""A node that is killed: started again between sending and reading, or gone in the middle of a run."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import pika
import pytest

from tests.integration.rabbitmq.e2e.amqp import channel
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST, listing, verify
from tests.integration.verified import results

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

pytestmark = [pytest.mark.slow_faults, pytest.mark.newest]
# Asks the test for a restart by one file, and waits for another.
ASK = """
import pathlib, time
ask, done = map(pathlib.Path, {files!r})
done.unlink(missing_ok=True)
ask.touch()
while not done.exists():
    time.sleep(0.05)
"""
STREAM = {"audit": {"type": "stream"}}
QUEUES = {"orders": {"type": "quorum"}, "returns": {"type": "classic"}}
PATIENCE = 2.0
AGAIN = 2.0
"""Seconds after which a server has written down that a quorum queue is there."""


@contextmanager
def restarting(server: RabbitServer, folder: Path, *, lose: bool) -> Iterator[str]:
    """A command that kills the node and starts it again, each time that it is called, with or without its messages."""
    ask, done, script = folder / "ask", folder / "done", folder / "ask.py"
    script.write_text(ASK.format(files=(str(ask), str(done))), encoding="utf-8")
    stop = threading.Event()

    def obey() -> None:
        while not stop.wait(0.05):
            if ask.exists():
                ask.unlink()
                server.kill()
                if lose:
                    lost(server)
                server.start()
                done.touch()

    worker = threading.Thread(target=obey)
    worker.start()
    try:
        yield f"'{sys.executable}' '{script}'"
    finally:
        stop.set()
        worker.join()


def declared(project: Project) -> dict[str, object]:
    """Queues that a node finds again which is killed: RabbitMQ 3.10 doesn't find streams."""
    queues: dict[str, object] = {**QUEUES, **(STREAM if project.server.since("4.0") else {})}
    project.declare({"vhosts": {VHOST: {"queues": queues}}})
    project.apply()
    return queues


def lost(server: RabbitServer) -> None:
    """What a node has of messages goes; that there are queues is written elsewhere."""
    data = server.node.folder / "data"
    for folder in [*data.rglob("quorum"), *data.rglob("stream"), *data.rglob("msg_stores")]:
        shutil.rmtree(folder, ignore_errors=True)


def test_what_was_confirmed_survives_a_kill(project: Project, tmp_path: Path) -> None:
    queues = declared(project)
    with restarting(project.server, tmp_path, lose=False) as command:
        found = verify(project, "--only", "V25", "--restart-cmd", command, "--limit", "60s")
    assert results(found) == {f"V25 {name}": "pass" for name in queues}, found


def test_what_was_on_a_disk_that_is_lost_fails(project: Project, tmp_path: Path) -> None:
    declared(project)
    with restarting(project.server, tmp_path, lose=True) as command:
        found = verify(project, "--only", "V25:returns", "--restart-cmd", command, "--limit", "60s", code=7)
    assert results(found) == {"V25 returns": "fail"}, found


@pytest.mark.parametrize(("age", "kept"), [(0.0, 0), (AGAIN, 100)])
def test_a_quorum_queue_forgets_what_it_confirmed_when_its_node_is_killed_at_once(
    age: float, kept: int, rabbitmq: RabbitServer
) -> None:
    """Not of ours: the server writes down that there is such a queue half a second late. Canaries wait for it."""
    if not rabbitmq.since("4.3"):
        pytest.skip("older releases answer with an internal error for a while")
    rabbitmq.wipe()
    with channel(rabbitmq, "/") as line:
        line.confirm_delivery()
        line.queue_declare("new", durable=True, arguments={"x-queue-type": "quorum"})
        for number in range(100):
            line.basic_publish("", "new", b"%d" % number, pika.BasicProperties(delivery_mode=2), mandatory=True)
    time.sleep(age)
    rabbitmq.kill()
    rabbitmq.start()
    with channel(rabbitmq, "/") as line:
        messages = line.consume("new", inactivity_timeout=PATIENCE)
        came = list(takewhile(lambda one: one[0] is not None, messages))
    assert len(came) == kept


def test_a_node_that_goes_in_the_middle_passes_nothing_and_what_is_left_is_collected(project: Project) -> None:
    queues = declared(project)
    before = listing(project.server)
    wish = ("--only", "V03", "--messages", "50000", "--limit", "8s", "--timeout", "5")
    run = project.start("verify", "-q", *wish, "-o", "json")
    while len(listing(project.server)) < len(before) + len(queues):
        assert run.alive
        time.sleep(0.05)
    project.server.kill()
    ran = run.end(120)
    project.server.start()
    assert ran.code in (7, 8), ran.text
    assert {one["result"] for one in ran.json()["judgements"]} <= {"fail", "inconclusive"}, ran.text
    assert project.mq("verify", "--gc", "--older-than", "0s").code == 0
    assert listing(project.server) == before
