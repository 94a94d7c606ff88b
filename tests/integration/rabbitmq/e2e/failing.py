"""Consumers that fail, each in a way of its own, and somebody who watches the dead letters come in."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, cast

import pika
from pika.exceptions import AMQPError

from tests.integration.rabbitmq.e2e.amqp import channel, connect

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel
    from pika.spec import Basic

    from tests.brokers.rabbitmq.server import RabbitServer

Act = Literal["ack", "reject", "nack", "requeue", "crash", "leave"]
SEED = 20
NACKS = 5
_CRASHES = 2


@dataclass(frozen=True)
class Letter:
    """A dead letter as it came in: when, by the monotonic clock, and the queues and reasons of its deaths."""

    at: float
    deaths: tuple[tuple[str, str], ...]


@dataclass
class Log:
    """What became of the messages of one queue, by their numbers."""

    delivered: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    acked: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    nacked: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    letters: dict[int, list[Letter]] = field(default_factory=lambda: defaultdict(list))
    crashes: int = 0

    @property
    def ended(self) -> int:
        """Messages that somebody acknowledged or that are dead letters."""
        return len(self.acked.keys() | self.letters.keys())


def counts_returned(server: RabbitServer) -> bool:
    """Whether a message that is returned by `basic.nack` gets nearer to its delivery limit."""
    return not server.since("4.3")


def publish(server: RabbitServer, vhost: str, queue: str, messages: int) -> None:
    """Publish messages that are their own numbers, each one confirmed.

    Unconfirmed ones that a channel still holds for a quorum queue are lost when the channel closes.
    """
    with channel(server, vhost) as line:
        line.confirm_delivery()
        for number in range(messages):
            line.basic_publish("", queue, str(number).encode(), pika.BasicProperties(delivery_mode=2))


class Failing:
    """A consumer of one queue, in a thread of its own, that fails in one way."""

    def __init__(self, server: RabbitServer, vhost: str, queue: str, way: str, log: Log, patience: int = NACKS) -> None:
        self._server, self._vhost, self._queue, self._way, self._log = server, vhost, queue, way, log
        # Where the server does not count what is returned, a consumer has to give up by itself.
        self._patience = None if counts_returned(server) else patience
        self._random = random.Random(SEED)  # noqa: S311 - the same failures each time, no secret
        self._over = threading.Event()
        self._trouble: Exception | None = None
        self._thread = threading.Thread(target=self._work, name=f"{way} of {queue}")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()
        if self._trouble is not None:
            raise self._trouble

    def _work(self) -> None:
        try:
            while not self._over.is_set():
                self._connected()
        except Exception as error:  # noqa: BLE001 - told by `stop`, in the test's own thread
            self._trouble = error

    def _connected(self) -> None:
        """Consume until it is over, or until this consumer crashes."""
        connection = connect(self._server, self._vhost, name=self._way)
        line = connection.channel()
        line.basic_qos(prefetch_count=20)
        for method, _, body in line.consume(self._queue, inactivity_timeout=0.05):
            if self._over.is_set():
                break
            if method is None or body is None:
                continue
            number = int(body)
            self._log.delivered[number].append(time.monotonic())
            if self._act(line, method.delivery_tag or 0, number) == "crash":
                self._log.crashes += 1
                # What was confirmed counts as such only if the server has read it, which a reset may prevent.
                line.queue_declare(self._queue, passive=True)
                drop(connection)
                return
        connection.close()

    def _act(self, line: BlockingChannel, tag: int, number: int) -> Act:
        act = self._choose(number)
        if act == "ack":
            self._log.acked[number] += 1
            line.basic_ack(tag)
        elif act == "reject":
            line.basic_reject(tag, requeue=False)
        elif act == "nack":
            line.basic_nack(tag, requeue=True)
        elif act == "requeue":
            line.basic_reject(tag, requeue=True)
        return act

    def _choose(self, number: int) -> Act:
        act = self._first_choice(number)
        if act != "nack":
            return act
        if self._patience is not None and self._log.nacked[number] >= self._patience:
            return "reject"
        self._log.nacked[number] += 1
        return act

    def _first_choice(self, number: int) -> Act:
        times = len(self._log.delivered[number])
        match self._way:
            case "reject" | "nack" | "requeue":
                return self._way
            case "crash":
                # Dies when it holds as many as it gets at once, so that a crash is one for many.
                return "crash" if self._holds_many() else "leave"
            case "once":
                return "reject" if times == 1 else "requeue"
            case "mixed":
                if self._log.crashes < _CRASHES and self._random.random() < 0.01:
                    return "crash"
                acts = mixed(number)
                return acts[min(times, len(acts)) - 1]
            case "between":
                # Rejected, then over a limit of 3, then rejected again.
                return "reject" if times in (1, 6) else "requeue"
        raise AssertionError(self._way)

    def _holds_many(self) -> bool:
        return sum(map(len, self._log.delivered.values())) % 20 == 0


def mixed(number: int) -> tuple[Act, ...]:
    """What a consumer does with a message, delivery by delivery; the last act again and again.

    A few rejects with a requeue before some of them, and then success, requeues up to the limit, or more rejects.
    """
    own = random.Random(SEED + number)  # noqa: S311 - as above
    acts: list[Act] = []
    for _ in range(own.randint(0, 3)):
        if own.random() < 0.5:
            acts.append(own.choice(("nack", "requeue")))
        acts.append("reject")
    return (*acts, own.choice(("ack", "nack", "reject")))


def drop(connection: pika.BlockingConnection) -> None:
    """Lose a connection as a process does that is killed: without a word to the server."""
    inside: Any = connection
    line: socket.socket = inside._impl._transport._sock
    line.shutdown(socket.SHUT_RDWR)
    with suppress(AMQPError):
        connection.process_data_events(1)
    # Left to itself, pika would keep the sockets of a lost connection open.
    inside._cleanup()
    line.close()


def reject_once(server: RabbitServer, vhost: str, queue: str, messages: int, log: Log) -> None:
    """Reject each message the first time, and never consume again; what comes back meanwhile is left to expire."""
    with channel(server, vhost) as line:
        for method, _, body in line.consume(queue, inactivity_timeout=20.0):
            assert method is not None, "not all messages came"
            assert body is not None
            if int(body) in log.delivered:
                continue
            log.delivered[int(body)].append(time.monotonic())
            line.basic_reject(method.delivery_tag or 0, requeue=False)
            if len(log.delivered) == messages:
                return


def _take(log: Log, _: BlockingChannel, __: Basic.Deliver, properties: pika.BasicProperties, body: bytes) -> None:
    deaths = cast("list[dict[str, Any]]", (properties.headers or {}).get("x-death", []))
    told = tuple((str(death["queue"]), str(death["reason"])) for death in deaths)
    log.letters[int(body)].append(Letter(time.monotonic(), told))


@contextmanager
def watching(server: RabbitServer, vhost: str, logs: Mapping[str, Log]) -> Iterator[None]:
    """Take the dead letters of these queues as they come in."""
    over = threading.Event()
    ready = threading.Event()

    def work() -> None:
        with channel(server, vhost, name="watching") as line:
            for queue, log in logs.items():
                line.basic_consume(f"{queue}.dlq", partial(_take, log), auto_ack=True)
            ready.set()
            while not over.is_set():
                line.connection.process_data_events(0.02)

    thread = threading.Thread(target=work, name="dead letters")
    thread.start()
    try:
        assert ready.wait(20.0), "the dead letters can't be consumed"
        yield
    finally:
        over.set()
        thread.join()
