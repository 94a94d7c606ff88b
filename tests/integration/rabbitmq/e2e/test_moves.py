"""Routes and retries change while messages flow: none is lost and none comes twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pika
import pytest

from mqinfra.model.address import Address
from mqinfra.providers.rabbitmq.sugar.retry import Chain
from tests.integration.rabbitmq.e2e.amqp import channel
from tests.integration.rabbitmq.e2e.failing import Failing, Log, publish, watching
from tests.integration.rabbitmq.e2e.project import Project
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

pytestmark = pytest.mark.newest

VHOST = "/moves"
RATE = 150
LONG, SHORT = (400, 500, 600), (300,)
LAST = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()


class Publisher:
    """Publishes numbers at a steady rate, each one confirmed."""

    def __init__(self, server: RabbitServer, exchange: str, key: str) -> None:
        self._server, self._exchange, self._key = server, exchange, key
        self._over = threading.Event()
        self.sent = 0
        self._trouble: Exception | None = None
        self._thread = threading.Thread(target=self._work, name="publisher")

    def _work(self) -> None:
        try:
            with channel(self._server, VHOST, name="publisher") as line:
                line.confirm_delivery()
                begun = time.monotonic()
                while not self._over.is_set():
                    body = str(self.sent).encode()
                    # Mandatory: what nothing takes comes back, and is an error.
                    line.basic_publish(
                        self._exchange, self._key, body, pika.BasicProperties(delivery_mode=2), mandatory=True
                    )
                    self.sent += 1
                    self._over.wait(max(0.0, begun + self.sent / RATE - time.monotonic()))
        except Exception as error:  # noqa: BLE001 - told by `flowing`, in the test's own thread
            self._trouble = error

    @contextmanager
    def flowing(self, before: float = 1.0, after: float = 1.0) -> Iterator[None]:
        """Publish around what happens meanwhile."""
        self._thread.start()
        time.sleep(before)
        try:
            yield
            time.sleep(after)
        finally:
            self._over.set()
            self._thread.join()
        if self._trouble is not None:
            raise self._trouble


def topology(**queue: object) -> dict[str, object]:
    return {"vhosts": {VHOST: {"exchanges": {"ev": {"type": "topic"}}, "queues": {"q": {"type": "quorum", **queue}}}}}


def removed(delays: tuple[int, ...], kept: tuple[int, ...]) -> dict[str, object]:
    """Lines that remove what is left of a chain that nothing leads to any more."""
    old, new = Chain("q", delays, "q.dlq"), Chain("q", kept, "q.dlq")
    exchanges = [name for name in old.exchanges if name not in new.exchanges]
    lines = [Address("rabbit", "exchanges", (VHOST, name)) for name in exchanges]
    lines += [Address("rabbit", "queues", (VHOST, name)) for name in old.waits if name not in new.waits]
    return {str(address): {} for address in lines}


def limits(lines: Mapping[str, object]) -> tuple[str, ...]:
    """As many deletes as there are lines."""
    counts = {kind: sum(f"/{kind}/" in line for line in lines) for kind in ("exchanges", "queues", "bindings")}
    return tuple(f"--max-deletes=rabbit/{kind}={number}" for kind, number in counts.items() if number)


def names(server: RabbitServer, what: str) -> set[str]:
    return {row["name"] for row in server.management.get(what, VHOST)}


def retried(delays: tuple[int, ...]) -> dict[str, object]:
    return topology(retry={"delays": [f"{delay}ms" for delay in delays], "returned": None})


@pytest.mark.parametrize(
    ("before", "after"),
    [pytest.param(LONG, SHORT, id="shorter"), pytest.param(SHORT, LONG, id="longer", marks=pytest.mark.slow)],
)
def test_other_delays_lose_and_double_nothing_under_traffic(
    project: Project, cell: set[str], before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    server = project.server
    project.declare(retried(before))
    project.converge()
    log, publisher = Log(), Publisher(server, "", "q")
    with watching(server, VHOST, {"q": log}):
        consumer = Failing(server, VHOST, "q", "reject", log)
        consumer.start()
        try:
            with publisher.flowing():
                project.declare(retried(after))
                project.apply()
            until(
                lambda: len(log.letters) == publisher.sent,
                lambda: f"{publisher.sent} were published, {len(log.letters)} came to their end",
            )
            time.sleep(sum(LONG) / 1000)  # whatever comes twice comes now
        finally:
            consumer.stop()
    assert publisher.sent > RATE
    assert {number: len(letters) for number, letters in log.letters.items()} == dict.fromkeys(range(publisher.sent), 1)
    shortest, longest = sorted((len(before) + 1, len(after) + 1))
    assert all(shortest <= len(times) <= longest for times in log.delivered.values())

    lines = removed(before, after)
    project.declare(retried(after), lines)
    project.apply(*limits(lines))
    assert names(server, "queues") == {"q", "q.dlq", *Chain("q", after, "q.dlq").waits}
    left = {name for name in names(server, "exchanges") if name.startswith("q.")}
    assert left == set(Chain("q", after, "q.dlq").exchanges)
    cell.add(f"rabbitmq-{server.line}/queues/e2e-other-delays-under-traffic")


@pytest.mark.slow
def test_an_edited_binding_loses_and_doubles_nothing_under_traffic(project: Project, cell: set[str]) -> None:
    server = project.server
    project.declare(topology(bindings=[{"exchange": "ev", "routingKey": "order.*"}]))
    project.converge()
    log, publisher = Log(), Publisher(server, "ev", "order.paid")
    old = str(Address("rabbit", "bindings", (VHOST,), (("exchange", "ev"), ("queue", "q"), ("routingKey", "order.*"))))
    consumed = threading.Event()

    def consume() -> None:
        with channel(server, VHOST, name="consumer") as line:
            for method, _, body in line.consume("q", inactivity_timeout=0.05):
                if method is not None and body is not None:
                    log.delivered[int(body)].append(time.monotonic())
                    line.basic_ack(method.delivery_tag or 0)
                elif consumed.is_set():
                    return

    consumer = threading.Thread(target=consume, name="consumer")
    consumer.start()
    try:
        with publisher.flowing():
            project.declare(topology(bindings=[{"exchange": "ev", "routingKey": "order.paid"}]), {old: {}})
            project.apply()
        until(lambda: len(log.delivered) == publisher.sent, "all that was published is delivered")
    finally:
        consumed.set()
        consumer.join()
    assert publisher.sent > RATE
    times = {number: len(some) for number, some in log.delivered.items()}
    assert times == dict.fromkeys(range(publisher.sent), 1)
    rows = server.management.get("queues", VHOST, "q", "bindings")
    assert [row["routing_key"] for row in rows if row["source"]] == ["order.paid"]
    cell.add(f"rabbitmq-{server.line}/bindings/e2e-edited-under-traffic")


@pytest.mark.slow
def test_dead_letters_are_given_up_with_consent_and_their_queue_goes_after_the_policy(
    project: Project, cell: set[str]
) -> None:
    server = project.server
    project.declare(topology(deadLetter=True))
    project.converge()
    policy, letters = (
        str(Address("rabbit", kind, (VHOST, name))) for kind, name in (("policies", "q.policy"), ("queues", "q.dlq"))
    )
    project.declare(topology(), {policy: {}, letters: {}})
    blocked = project.mq("plan")
    assert "rejected, expired and over-limit messages are dropped from now on: `q`" in blocked.text
    assert "BLOCKED" in blocked.out
    server.proxy.recorder.clear()
    assert project.mq("apply", "--auto-approve").code == 3
    assert project.written() == []

    project.declare(topology(), {policy: {"evenIf": ["messages"], "until": LAST}, letters: {}})
    project.apply()
    deletes = [request for request in project.written() if request.startswith("DELETE")]
    assert [request.rsplit("/", 1)[1].split(" ")[0] for request in deletes] == ["q.policy", "q.dlq"]
    rows = server.management.get("queues", VHOST, query="disable_stats=true")
    assert {row["name"]: row.get("policy") or "" for row in rows} == {"q": ""}
    cell.add(f"rabbitmq-{server.line}/policies/e2e-dead-letters-dropped")


@pytest.mark.slow
def test_wait_deletes_old_retries_in_the_same_run_once_all_messages_came_back(project: Project, cell: set[str]) -> None:
    server, before, number = project.server, (25_000,), 40
    project.declare(retried(before))
    project.converge()
    log = Log()
    with watching(server, VHOST, {"q": log}):
        consumer = Failing(server, VHOST, "q", "reject", log)
        consumer.start()
        try:
            publish(server, VHOST, "q", number)
            until(lambda: len(log.delivered) == number, "all were rejected, and wait")
            project.declare(retried(SHORT))
            ran = project.apply("--wait=2m")
            until(lambda: len(log.letters) == number, lambda: f"{len(log.letters)} of {number} came to their end")
        finally:
            consumer.stop()
    assert "messages left" in ran.err, ran.text
    assert {number: len(letters) for number, letters in log.letters.items()} == dict.fromkeys(range(number), 1)
    assert names(server, "queues") == {"q", "q.dlq", *Chain("q", SHORT, "q.dlq").waits}
    assert {name for name in names(server, "exchanges") if name.startswith("q.")} == set(
        Chain("q", SHORT, "q.dlq").exchanges
    )
    project.settled()
    cell.add(f"rabbitmq-{server.line}/queues/e2e-waits-for-old-retries")
