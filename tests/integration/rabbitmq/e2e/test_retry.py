"""`retry` loses nothing and delivers nothing twice, however consumers fail; the design that most people use does.

All ways of failing run side by side on queues of their own, with 100 messages each.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from itertools import pairwise
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.rabbitmq.e2e.failing import (
    NACKS,
    Failing,
    Log,
    counts_returned,
    publish,
    reject_once,
    watching,
)
from tests.integration.rabbitmq.e2e.project import Project
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

pytestmark = pytest.mark.newest

VHOST = "/retry"
RETURNED = 200
# The server waits by whole milliseconds of a clock of its own.
EARLY = 0.02
DELAYS = (600, 700, 800)
MESSAGES = 100
TTL = 300
LONGEST = 5
CONSUMED = ("reject", "nack", "requeue", "crash", "once", "mixed")
# TTL and length are meant for others as well: what the sugar makes has to be kept out of them.
POLICIES: dict[str, Any] = {
    "limit": {"pattern": "^", "applyTo": "queues", "definition": {"delivery-limit": 3}},
    "short": {
        "pattern": "^(expire|late|others)",
        "applyTo": "queues",
        "priority": 1,
        "definition": {"message-ttl": TTL, "delivery-limit": 3},
    },
    "small": {"pattern": "^(full|others)", "applyTo": "queues", "priority": 1, "definition": {"max-length": LONGEST}},
}
QUEUES = (*CONSUMED, "expire", "late", "full")


def declare(project: Project, *queues: str) -> None:
    delays: dict[str, object] = {"delays": [f"{delay}ms" for delay in DELAYS]}
    if not counts_returned(project.server):
        delays["returned"] = f"{RETURNED}ms"
    retry: dict[str, object] = {"type": "quorum", "retry": delays}
    others: dict[str, object] = {"others": {}, "others-too": {}, "full-too": {}, "expire-too": {}}
    topology = {"vhosts": {VHOST: {"queues": {**dict.fromkeys(queues, retry), **others}, "policies": POLICIES}}}
    project.declare(topology)
    project.converge()


def lengths(server: RabbitServer) -> dict[str, int]:
    """Queues that hold messages, with their number."""
    rows = server.management.get("queues", VHOST, query="disable_stats=true&enable_queue_totals=true")
    return {row["name"]: row["messages"] for row in rows if row.get("messages")}


def run(server: RabbitServer) -> dict[str, Log]:
    """Fail in every way at once, until every message has come to its end."""
    logs = {queue: Log() for queue in QUEUES}
    for queue in QUEUES:
        if queue in CONSUMED:
            publish(server, VHOST, queue, MESSAGES)
    with watching(server, VHOST, logs), ExitStack() as working:
        for queue in CONSUMED:
            consumer = Failing(server, VHOST, queue, queue, logs[queue])
            consumer.start()
            working.callback(consumer.stop)
        for queue in ("expire", "full"):
            publish(server, VHOST, queue, MESSAGES)
        rest = Failing(server, VHOST, "full", "reject", logs["full"])
        rest.start()
        working.callback(rest.stop)
        # Side by side: on a busy machine publishing them all takes longer than the first of them live.
        publishing = Thread(target=publish, args=(server, VHOST, "late", MESSAGES))
        publishing.start()
        reject_once(server, VHOST, "late", MESSAGES, logs["late"])
        publishing.join()
        until(
            lambda: all(log.ended == MESSAGES for log in logs.values()),
            lambda: f"messages are missing: {missing(logs)}, in queues: {lengths(server)}",
            within=20,
        )
        # Whatever comes twice comes now.
        time.sleep(max(DELAYS) / 1000)
    return logs


def missing(logs: dict[str, Log]) -> dict[str, int]:
    return {queue: MESSAGES - log.ended for queue, log in logs.items() if log.ended != MESSAGES}


def straight(log: Log, reason: str, queue: str) -> bool:
    """Whether all letters died once only, where they were meant to be consumed."""
    return all(letter.deaths == ((queue, reason),) for letters in log.letters.values() for letter in letters)


def test_every_message_ends_once_however_its_consumer_fails(project: Project, cell: set[str]) -> None:
    server = project.server
    declare(project, *QUEUES)
    logs = run(server)
    for queue, log in logs.items():
        ends = {number: log.acked[number] + len(log.letters[number]) for number in range(MESSAGES)}
        assert ends == dict.fromkeys(range(MESSAGES), 1), queue
    # The numbers that the server tells of are seconds old.
    until(lambda: not lengths(server), lambda: f"messages are left: {lengths(server)}")

    for times in logs["reject"].delivered.values():
        waits = [later - earlier for earlier, later in pairwise(times)]
        assert len(waits) == len(DELAYS)
        assert all(wait >= delay / 1000 for wait, delay in zip(waits, DELAYS, strict=True)), waits
    straight_on = ("nack", "requeue", "crash") if counts_returned(server) else ("requeue", "crash")
    for queue in straight_on:
        log = logs[queue]
        assert {len(times) for times in log.delivered.values()} == {4}, queue
        assert straight(log, "delivery_limit", queue)
        waits = [letters[0].at - log.delivered[number][-1] for number, letters in log.letters.items()]
        assert max(waits) < DELAYS[0] / 1000, queue
    if not counts_returned(server):
        for times in logs["nack"].delivered.values():
            assert len(times) == NACKS + 1 + len(DELAYS)
            returned = [later - earlier for earlier, later in pairwise(times)][:NACKS]
            assert all(wait >= RETURNED / 1000 - EARLY for wait in returned), returned
    assert logs["crash"].crashes > 0
    assert logs["mixed"].crashes > 0
    assert logs["mixed"].acked
    assert logs["mixed"].letters
    assert straight(logs["expire"], "expired", "expire")
    assert {number for number, times in logs["late"].delivered.items() if len(times) == 1} == set(range(MESSAGES))
    pushed = [letters[0] for letters in logs["full"].letters.values() if letters[0].deaths == (("full", "maxlen"),)]
    assert len(pushed) >= MESSAGES - 10 * LONGEST
    cell.add(f"rabbitmq-{server.line}/queues/e2e-retry-loses-nothing")


def test_the_usual_design_loses_what_is_over_the_delivery_limit(project: Project, cell: set[str]) -> None:
    server = project.server
    declare(project, "requeue")
    policy = server.management.get("policies", VHOST, "requeue.policy")
    policy["definition"]["dead-letter-exchange"] = "requeue.retry"
    server.management.call("PUT", "policies", VHOST, "requeue.policy", body=policy)
    log = failed(server, "requeue", "requeue", patience=sum(DELAYS) / 1000 + 1)
    assert {len(times) for times in log.delivered.values()} == {4}
    assert lengths(server) == {}
    assert log.ended == 0
    cell.add(f"rabbitmq-{server.line}/queues/e2e-usual-retry-loses")


def test_what_is_rejected_again_after_it_was_over_the_limit_is_not_lost(project: Project) -> None:
    # RabbitMQ 3.10 tells only why a message died first: `rejected`. It is then led to a delay when it is over the
    # limit, and taken for a cycle after the next reject. It stays in the last delay, of which a plan warns (MQ437).
    server = project.server
    declare(project, "between")
    log = failed(server, "between", "between", patience=2 * sum(DELAYS) / 1000)
    if server.since("4.0"):
        assert (log.ended, lengths(server)) == (5, {})
        return
    assert log.ended == 0
    last = f"between.retry.{len(DELAYS)}.{DELAYS[-1]}ms"
    until(
        lambda: server.management.get("queues", VHOST, last).get("messages_dlx") == 5,
        "the messages are in the last delay queue, on their way to dead letters",
    )
    assert "MQ437" in project.mq("plan").err


def failed(server: RabbitServer, queue: str, way: str, patience: float) -> Log:
    """What becomes of five messages whose consumer fails in one way."""
    log = Log()
    publish(server, VHOST, queue, 5)
    with watching(server, VHOST, {queue: log}):
        consumer = Failing(server, VHOST, queue, way, log)
        consumer.start()
        deadline = time.monotonic() + patience
        while log.ended < 5 and time.monotonic() < deadline:
            time.sleep(0.05)
        consumer.stop()
    return log
