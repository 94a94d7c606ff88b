"""Every state of queues is brought about on a real RabbitMQ, and seen within two intervals once it tells."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from mqinfra.model.health import State
from tests.integration.rabbitmq.e2e.amqp import channel
from tests.integration.rabbitmq.verification.verified import VHOST
from tests.integration.watching import watching

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel

    from tests.integration.rabbitmq.e2e.project import Project

QUEUE, LETTERS = "mails", "mails.dlq"
_WITHIN = 20.0
_TOLD = 2.0
"""Seconds in which the server has told of what happened."""


def declared(project: Project, **entry: object) -> None:
    queue = {"type": "classic", "deadLetter": True, **entry}
    project.declare({"vhosts": {VHOST: {"queues": {QUEUE: queue}}}})


@contextmanager
def sending(project: Project) -> Iterator[Sender]:
    with channel(project.server, VHOST) as line:
        line.confirm_delivery()
        yield Sender(line)


class Sender:
    """Who publishes to queues."""

    def __init__(self, line: BlockingChannel) -> None:
        self._line = line

    def send(self, name: str, count: int) -> None:
        for number in range(count):
            self._line.basic_publish("", name, str(number).encode())


class Reader:
    """A consumer that acknowledges when it is told to."""

    def __init__(self, line: BlockingChannel, prefetch: int) -> None:
        self._line, self._tags = line, list[int]()
        line.basic_qos(prefetch_count=prefetch)
        line.basic_consume(QUEUE, self._got)

    def _got(self, _: BlockingChannel, method: Any, *__: object) -> None:
        self._tags.append(method.delivery_tag)

    def acknowledge(self, count: int) -> None:
        deadline = time.monotonic() + _WITHIN
        while count:
            self._line.connection.process_data_events(time_limit=0.1)
            assert time.monotonic() < deadline, f"{count} messages did not come"
            while self._tags and count:
                self._line.basic_ack(self._tags.pop(0))
                count -= 1


@contextmanager
def reading(project: Project, prefetch: int = 3) -> Iterator[Reader]:
    with channel(project.server, VHOST) as line:
        yield Reader(line, prefetch)


def test_queues_that_nobody_reads_and_consumers_that_stall_and_stop_are_seen(prompt: Project) -> None:
    declared(prompt, arguments={"x-max-length": 60})
    prompt.apply()
    with sending(prompt) as sender, watching() as watch:
        watch.sees(QUEUE, State.OK, within=_TOLD)
        sender.send(QUEUE, 10)
        sender.send(LETTERS, 2)
        seen = watch.sees(QUEUE, State.NO_MEMBERS, within=_TOLD)
        assert "10 messages wait" in seen.judged.verdict.reason
        assert watch.sees(LETTERS, State.DLQ_GROWING).judged.verdict.rule == "letters-came"
        with reading(prompt) as reader:
            seen = watch.sees(QUEUE, State.STALLED, within=_TOLD)
            assert "with 3 unacknowledged" in seen.judged.verdict.reason
            reader.acknowledge(4)
            seen = watch.sees(QUEUE, State.STOPPED, within=_TOLD)
            assert "3 messages wait" in seen.judged.verdict.reason
            reader.acknowledge(6)
            watch.sees(QUEUE, State.OK, within=_TOLD)
            sender.send(QUEUE, 58)
            seen = watch.sees(QUEUE, State.AT_RISK_OF_LOSS, within=_TOLD)
            assert seen.judged.verdict.reason == "58 messages held, and at most 60 are kept"


def test_more_than_is_promised_waits_until_it_is_caught_up_with(prompt: Project) -> None:
    declared(prompt, promises={"maxLag": 10})
    prompt.apply()
    with sending(prompt) as sender, reading(prompt) as reader, watching() as watch:
        sender.send(QUEUE, 200)
        reader.acknowledge(1)
        seen = watch.sees(QUEUE, State.LAGGING, within=_TOLD)
        assert "196 messages wait, and at most 10 are promised" in seen.judged.verdict.reason
        for _ in range(6):
            reader.acknowledge(20)
            watch.look()
        assert watch.sees(QUEUE, State.CATCHING_UP).judged.verdict.rule == "falling"
        reader.acknowledge(75)
        watch.sees(QUEUE, State.OK, within=_TOLD)


@pytest.mark.slow_faults
def test_what_grows_is_seen_without_a_promise(prompt: Project) -> None:
    declared(prompt)
    prompt.apply()
    with sending(prompt) as sender, reading(prompt) as reader, watching() as watch:
        sender.send(QUEUE, 600)
        reader.acknowledge(1)
        watch.sees(QUEUE, State.OK, within=_TOLD)
        for _ in range(8):
            sender.send(QUEUE, 10)
            reader.acknowledge(1)
            watch.look()
        assert watch.sees(QUEUE, State.LAGGING, within=_TOLD).judged.verdict.rule == "growing"


def test_a_batch_that_nobody_runs_now_is_no_fault(prompt: Project) -> None:
    declared(prompt, promises={"batch": True})
    prompt.apply()
    with sending(prompt) as sender, watching() as watch:
        sender.send(QUEUE, 5)
        watch.sees(QUEUE, State.EMPTY_OK, within=_TOLD)
        assert {watch.look()[QUEUE].judged.verdict.state for _ in range(4)} == {State.EMPTY_OK}


def test_what_nobody_can_tell_is_not_known(prompt: Project) -> None:
    prompt.declare({"vhosts": {VHOST: {}}})
    prompt.apply()
    declared(prompt)
    with watching() as watch:
        seen = watch.sees(QUEUE, State.UNKNOWN)
        assert seen.judged.verdict.reason == "it does not exist; `mqinfra apply` makes it"
        prompt.apply()
        watch.sees(QUEUE, State.OK, within=2 * _TOLD)
