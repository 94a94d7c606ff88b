"""Sending calls through librdkafka's AdminClient: deadlines, chunks, a bound on calls in flight, errors as values.

librdkafka sends one request per Python call and does not chunk. Reads raise `UserError` when the cluster as a whole
does not answer; what concerns one resource comes back as a `KafkaFault`. Imported only when connecting.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotDone
from itertools import islice
from typing import Any, TypeVar

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from pydantic import JsonValue

from mqinfra.model.errors import Bug, UserError
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.codes import NOT_ALLOWED
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")
Bodies = Mapping[str, Mapping[str, JsonValue]]
"""What a call that writes says of each of its resources."""
Faults = dict[str, KafkaFault | None]
"""What the broker said to each; None where it said yes."""

IN_FLIGHT = 2
_SLICE = 0.25
_GRACE = 2.0


@dataclass(frozen=True, slots=True)
class Peer:
    """The other side, for messages.

    Attributes:
        alias: alias of the cluster.
        endpoint: its `host:port`.
        principal: whom it takes us for; empty when that is not known.
    """

    alias: str
    endpoint: str
    principal: str = ""

    def __str__(self) -> str:
        return f"{self.alias} ({self.endpoint})"


class Throttle:
    """How long the brokers won't hear us.

    A cluster that limits how fast it is changed takes a change beyond that, says how long it will read nothing more
    from the connection, and keeps to it (KIP-599, as it meets clients that speak CreateTopics below version 6).
    """

    def __init__(self) -> None:
        self._until = 0.0

    def on_throttle(self, event: Any) -> None:  # noqa: ANN401 - a ThrottleEvent, whose stub says nothing
        """Take what librdkafka's throttle callback says."""
        self._until = max(self._until, time.monotonic() + event.throttle_time)

    def wait(self) -> None:
        """Let the time pass: a call into it would only seem to be lost."""
        time.sleep(max(0.0, self._until - time.monotonic()))


class Wire:
    """The way to one cluster.

    Attributes:
        peer: the other side, for messages.
        timeout: seconds that one answer may take.

    Args:
        trouble: says what went wrong with connections since the cluster was reached.
    """

    def __init__(
        self,
        admin: AdminClient,
        peer: Peer,
        timeout: float,
        throttle: Throttle,
        trouble: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        self._admin: AdminClient | None = admin
        self.peer, self.timeout = peer, timeout
        self._throttle, self._trouble = throttle, trouble

    @property
    def admin(self) -> AdminClient:
        """The client of librdkafka."""
        if self._admin is None:
            raise Bug(f"the connection to {self.peer} was closed")
        return self._admin

    def close(self) -> None:
        """Drop the connections; AdminClient has no close of its own but ends with its last reference."""
        self._admin = None

    @property
    def deadlines(self) -> dict[str, float]:
        """For calls that write: the broker may take the whole time, and its answer a moment to arrive."""
        return {"operation_timeout": self.timeout, "request_timeout": self.timeout + _GRACE}

    def stream(
        self, api: str, parts: Iterable[T], send: Callable[[T], Mapping[K, Future[V]]]
    ) -> Iterator[tuple[K, V | KafkaFault]]:
        """Send calls that read, a few at a time, and hand out the answers in order.

        Raises:
            UserError: the cluster did not answer one of them.
        """
        waiting: deque[Mapping[K, Future[V]]] = deque()
        for part in parts:
            waiting.append(self._sent(api, part, send))
            if len(waiting) >= IN_FLIGHT:
                yield from self._read(api, waiting.popleft())
        while waiting:
            yield from self._read(api, waiting.popleft())

    def write(self, names: Iterable[str], send: Callable[[], Mapping[Any, Future[Any]]]) -> Faults:
        """Send a call that writes, or its dry run; None where the broker said yes. `names` in the order sent."""
        listed = list(names)
        self._await_turn()
        try:
            futures = list(send().values())
        except (KafkaException, ValueError) as error:
            # The client itself refused, so nothing was sent.
            fault = fault_of(error) if isinstance(error, KafkaException) else fault_named("_INVALID_ARG", str(error))
            return dict.fromkeys(listed, fault)
        answers = [self.answer(future) for future in futures]
        return {
            name: answer if isinstance(answer, KafkaFault) else None
            for name, answer in zip(listed, answers, strict=True)
        }

    def answer(self, future: Future[V]) -> V | KafkaFault:
        """Wait for one answer."""
        deadline = time.monotonic() + self.timeout + 2 * _GRACE
        while True:
            try:
                return future.result(_SLICE)
            except KafkaException as error:
                return fault_of(error)
            except NotDone:
                self.admin.poll(0)
                if time.monotonic() > deadline:
                    return fault_named("_TIMED_OUT", f"no answer within {self.timeout:g} s")

    @property
    def trouble(self) -> tuple[str, ...]:
        """What went wrong with connections since the cluster was reached, for people."""
        return self._trouble()

    def unreadable(self, api: str, fault: KafkaFault) -> UserError:
        """The error of a cluster that does not answer a read."""
        if fault.denied:
            message = f"the caller may not ask for {api}"
            return UserError([NOT_ALLOWED.at(message, address=str(self.peer), help="ask for the right to describe it")])
        what = f"to {api} within {self.timeout:g} s"
        return UserError([fault.unread(what, str(self.peer), self.trouble)])

    def _await_turn(self) -> None:
        self.admin.poll(0)  # hands out what the last answer said of throttling
        self._throttle.wait()

    def _sent(self, api: str, part: T, send: Callable[[T], Mapping[K, Future[V]]]) -> Mapping[K, Future[V]]:
        self._await_turn()
        try:
            return send(part)
        except KafkaException as error:
            raise self.unreadable(api, fault_of(error)) from error

    def _read(self, api: str, futures: Mapping[K, Future[V]]) -> Iterator[tuple[K, V | KafkaFault]]:
        for key, future in futures.items():
            answer = self.answer(future)
            if isinstance(answer, KafkaFault) and answer.lost:
                raise self.unreadable(api, answer)
            yield key, answer


def fault_of(error: Any) -> KafkaFault:  # noqa: ANN401 - a KafkaError or a KafkaException around one
    """The fault of a KafkaError, or of a KafkaException around one."""
    inner = error.args[0] if isinstance(error, KafkaException) else error
    return fault_named(inner.name(), inner.str())


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut a stream into lists."""
    stream = iter(items)
    while chunk := list(islice(stream, size)):
        yield chunk
