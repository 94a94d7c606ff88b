"""What a quorum queue delays by itself, from RabbitMQ 4.3.1: a plan says what comes back without end, and it does."""

from __future__ import annotations

import time
from contextlib import ExitStack
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.integration.rabbitmq.e2e.failing import NACKS, Failing, Log, publish, watching
from tests.integration.rabbitmq.e2e.project import WHOLE, Project
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.brokers.rabbitmq.server import RabbitServer

VHOST = "/delayed"
MESSAGES = 60
STEP = 300
# The server waits by whole milliseconds of a clock of its own.
EARLY = 0.02
DELAYS = (STEP, 2 * STEP, 2 * STEP)
WAYS = ("reject", "requeue", "nack", "crash", "once", "mixed")


@pytest.fixture
def project(rabbitmq_43: RabbitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    rabbitmq_43.wipe()
    made = Project(tmp_path / "shop", rabbitmq_43, monkeypatch)
    made.owns(WHOLE)
    return made


def declare(project: Project, retry: dict[str, object], *queues: str) -> str:
    """Declare queues with these retries; what the plan says."""
    entry = {"type": "quorum", "retry": retry}
    project.declare({"vhosts": {VHOST: {"queues": dict.fromkeys(queues, entry)}}})
    said = project.plan().text
    project.converge()
    return said


def run(server: RabbitServer) -> dict[str, Log]:
    """Fail in every way at once, until every message has come to its end."""
    logs = {way: Log() for way in WAYS}
    for way in WAYS:
        publish(server, VHOST, way, MESSAGES)
    with watching(server, VHOST, logs), ExitStack() as working:
        for way, log in logs.items():
            consumer = Failing(server, VHOST, way, way, log)
            consumer.start()
            working.callback(consumer.stop)
        until(
            lambda: all(log.ended == MESSAGES for log in logs.values()),
            lambda: f"ended: { {way: log.ended for way, log in logs.items()} }",
            within=30,
        )
        # Whatever comes twice comes now.
        time.sleep(max(DELAYS) / 1000)
    return logs


def waits(log: Log) -> list[tuple[float, ...]]:
    """Per message, the seconds between its deliveries."""
    return [tuple(later - earlier for earlier, later in pairwise(times)) for times in log.delivered.values()]


def test_the_queue_itself_delays_what_fails_and_every_message_ends_once(project: Project, cell: set[str]) -> None:
    server = project.server
    said = declare(project, {"delays": [f"{delay}ms" for delay in DELAYS], "via": "broker"}, *WAYS)
    assert "MQ448" in said
    assert "without requeue goes to the dead letters at once" in " ".join(said.split())
    queues = {row["name"] for row in server.management.get("queues", VHOST, query="disable_stats=true&columns=name")}
    assert queues == {*WAYS, *(f"{way}.dlq" for way in WAYS)}
    logs = run(server)
    for way, log in logs.items():
        ends = {number: log.acked[number] + len(log.letters[number]) for number in range(MESSAGES)}
        assert ends == dict.fromkeys(range(MESSAGES), 1), way
    assert {len(times) for times in logs["reject"].delivered.values()} == {1}
    assert {len(times) for times in logs["once"].delivered.values()} == {1}
    for way in ("requeue", "crash"):
        log = logs[way]
        assert {len(times) for times in log.delivered.values()} == {len(DELAYS) + 1}, way
        assert all(letter.deaths == ((way, "delivery_limit"),) for [letter] in log.letters.values()), way
        for each in waits(log) if way == "requeue" else ():
            assert all(wait >= delay / 1000 - EARLY for wait, delay in zip(each, DELAYS, strict=True)), each
    for each in waits(logs["nack"]):
        assert len(each) == NACKS
        assert all(wait >= STEP / 1000 - EARLY for wait in each), each
    assert logs["crash"].crashes > 0
    assert logs["mixed"].acked
    assert logs["mixed"].letters
    cell.add(f"rabbitmq-{server.line}/queues/e2e-retry-by-broker-loses-nothing")


@pytest.mark.parametrize("returned", [None, "500ms"])
def test_what_is_returned_comes_back_without_end_and_the_plan_says_how_soon(
    project: Project, returned: str | None
) -> None:
    server = project.server
    retry: dict[str, object] = {"delays": ["1s"]} if returned is None else {"returned": returned}
    said = declare(project, retry, "work")
    assert ("warning[MQ448]" in said) is (returned is None), said
    assert ("info[MQ448]" in said) is (returned is not None), said
    publish(server, VHOST, "work", MESSAGES)
    log = Log()
    with watching(server, VHOST, {"work": log}):
        consumer = Failing(server, VHOST, "work", "nack", log, patience=1_000_000)
        consumer.start()
        time.sleep(2.2)
        consumer.stop()
        assert log.ended == 0
    times = max(len(each) for each in log.delivered.values())
    assert times > 20 if returned is None else 2 <= times <= 5
