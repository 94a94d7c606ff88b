"""Messages by AMQP 0-9-1 on a conversation's channel: many on their way at once, each with what became of it.

As with everything a conversation asks, each wait has a deadline. Nothing is sent again of its own accord.
"""

import select
import socket
import struct
import time
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pika import BasicProperties, frame, spec

from mqinfra.providers.base.connecting.bounded import GibberishError
from mqinfra.providers.rabbitmq.api.conversation import BRIEF, CHANNEL, Conversation, Door, Introduction, decoded

_HEAD_AND_END = 8
"""Bytes of a frame that are not its content."""
_NOW = struct.pack("ii", 1, 0)
"""SO_LINGER that hangs up at once, without waiting for what is on its way."""


@dataclass(frozen=True, slots=True)
class Came:
    """A message that the server delivered, or gave back.

    Attributes:
        tag: the number by which it is answered for; 0 of one that was given back.
        redelivered: what the server says.
        exchange: the exchange that it was published to.
        key: its routing key.
        properties: its properties.
        body: its body.
        at: when it had come, in nanoseconds of the process's monotonic clock.
        why: why it was given back; empty for a delivery.
    """

    tag: int
    redelivered: bool
    exchange: str
    key: str
    properties: BasicProperties
    body: bytes
    at: int
    why: str = ""


@dataclass
class _Coming:
    """A message of which frames are still to come."""

    method: Any
    properties: BasicProperties | None = None
    size: int = 0
    body: bytearray = field(default_factory=bytearray)


@dataclass
class Confirms:
    """What became of published messages, by number.

    Attributes:
        taken: those that the server has, with the moment at which it said so.
        refused: those that it says it has not.
        blocked: why it takes nothing now; empty while it does.
    """

    taken: dict[int, int] = field(default_factory=dict)
    refused: dict[int, int] = field(default_factory=dict)
    blocked: str = ""


class Channel(Conversation):
    """A conversation about messages.

    Attributes:
        confirms: what became of what was published.
        returned: messages that lead nowhere, in the order in which they were given back.
        cancelled: whether the server ended our consumer.
    """

    def __init__(self, door: Door, vhost: str, end: float, introduction: Introduction = BRIEF) -> None:
        """Connect, log in, enter a vhost and open the channel; see `Conversation`."""
        self.confirms, self.returned, self.cancelled = Confirms(), list[Came](), False
        self._ready = deque[Came]()
        self._coming: _Coming | None = None
        self._ahead = 0
        self._published, self._known, self._settled_below = 0, 0, 1
        super().__init__(door, vhost, end, introduction)
        try:
            self._open_channel()
        except BaseException:
            self.cut()
            raise

    def confirm(self) -> None:
        """Have the server say what becomes of messages.

        Raises:
            ClosedError: the server refuses.
            OSError: no usable answer came in time.
        """
        self._ask(CHANNEL, spec.Confirm.Select(), spec.Confirm.SelectOk)

    @property
    def next_number(self) -> int:
        """The number of the message that is published next."""
        return self._published + 1

    def publish(self, exchange: str, messages: Iterable[tuple[str, bytes, BasicProperties]]) -> range:
        """Send messages, each a routing key, a body and properties; what leads nowhere shall be given back.

        Returns:
            Their numbers, by which `confirms` knows them.

        Raises:
            OSError: they could not be sent in time; some may have been.
        """
        data, first = bytearray(), self.next_number
        most = self.frame_max - _HEAD_AND_END
        for key, body, properties in messages:
            method = spec.Basic.Publish(exchange=exchange, routing_key=key, mandatory=True)
            data += frame.Method(CHANNEL, method).marshal()
            data += frame.Header(CHANNEL, len(body), properties).marshal()
            for start in range(0, len(body), most):
                data += frame.Body(CHANNEL, body[start : start + most]).marshal()
            self._published += 1
        numbers = range(first, self._published + 1)
        self._send(bytes(data))
        return numbers

    def settle(self, numbers: range) -> None:
        """Wait until the server has said what became of messages.

        Raises:
            ClosedError: it closed the channel or the connection.
            OSError: it did not say in time, or the connection broke.
        """
        waiting = {number for number in numbers if not self._settled(number)}
        while waiting:
            self._take(*self._next())
            waiting = {number for number in waiting if not self._settled(number)} if self._moved() else waiting

    def take_from(self, queue: str, ahead: int, arguments: Mapping[str, Any] | None = None) -> None:
        """Become a consumer of a queue.

        Args:
            queue: the queue.
            ahead: how many messages it may hold unanswered.
            arguments: of the consumer.

        Raises:
            ClosedError: it may not be consumed.
            OSError: no usable answer came in time.
        """
        self._ahead = ahead
        self._ask(CHANNEL, spec.Basic.Qos(prefetch_count=ahead), spec.Basic.QosOk)
        consume = spec.Basic.Consume(queue=queue, arguments=dict(arguments or {}))
        self._ask(CHANNEL, consume, spec.Basic.ConsumeOk)

    def deliveries(self, most: int, seconds: float) -> list[Came]:
        """Messages that came, up to so many; waits for the rest of them for some time.

        Raises:
            ClosedError: the server closed the channel or the connection.
            OSError: the connection broke, or what comes is no AMQP.
        """
        end = time.monotonic() + seconds
        while len(self._ready) < most and not self.cancelled:
            self.end = max(end, time.monotonic() + 0.001)
            if not self._pending and not self._readable(end - time.monotonic()):
                break
            try:
                self._take(*self._next())
            except TimeoutError:  # the rest of a frame may come next time
                break
        return [self._ready.popleft() for _ in range(min(most, len(self._ready)))]

    def sync(self, seconds: float) -> None:
        """Return once the server has heard everything that was said on the channel.

        Raises:
            ClosedError: it closed the channel or the connection.
            OSError: no usable answer came in time.
        """
        self.end = time.monotonic() + seconds
        self._ask(CHANNEL, spec.Basic.Qos(prefetch_count=self._ahead), spec.Basic.QosOk)

    def accept(self, tags: Iterable[int]) -> None:
        """Say that messages are done with.

        Raises:
            OSError: it can't be said in time.
        """
        self._send(b"".join(frame.Method(CHANNEL, spec.Basic.Ack(tag)).marshal() for tag in tags))

    def accept_up_to(self, tag: int) -> None:
        """Say that a message and all before it are done with.

        Raises:
            OSError: it can't be said in time.
        """
        self._say(CHANNEL, spec.Basic.Ack(tag, multiple=True))

    def reject(self, tag: int, *, requeue: bool) -> None:
        """Give a message up, or back as one that failed.

        Raises:
            OSError: it can't be said in time.
        """
        self._say(CHANNEL, spec.Basic.Reject(tag, requeue=requeue))

    def give_back(self, tag: int) -> None:
        """Give a message back by `basic.nack`.

        Raises:
            OSError: it can't be said in time.
        """
        self._say(CHANNEL, spec.Basic.Nack(tag, requeue=True))

    def bind(self, queue: str, exchange: str, key: str, arguments: Mapping[str, Any]) -> None:
        """Bind a queue to an exchange.

        Raises:
            ClosedError: one of the two is not there, or they may not be bound.
            OSError: no usable answer came in time.
        """
        bind = spec.Queue.Bind(queue=queue, exchange=exchange, routing_key=key, arguments=dict(arguments))
        self._ask(CHANNEL, bind, spec.Queue.BindOk)

    def ready_in(self, queue: str) -> int:
        """Messages of a queue that are ready to be delivered.

        Raises:
            ClosedError: there is no such queue, or it may not be asked for.
            OSError: no usable answer came in time.
        """
        return self.declare_passively(queue)[0]

    def cut(self) -> None:
        """Hang up without a word, as a client that crashed."""
        with suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOW)
        self._socket.close()

    def allow(self, seconds: float) -> None:
        """Give what is asked next some seconds."""
        self.end = time.monotonic() + seconds

    def _settled(self, number: int) -> bool:
        return number in self.confirms.taken or number in self.confirms.refused

    def _moved(self) -> bool:
        """Whether more is settled than when this was last asked."""
        before, self._known = self._known, len(self.confirms.taken) + len(self.confirms.refused)
        return self._known != before

    def _readable(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(max(0.0, seconds) * 1000))

    def _take(self, number: int, method: Any) -> None:  # noqa: ANN401 - pika's methods have no common type
        if isinstance(method, spec.Basic.Deliver | spec.Basic.Return):
            self._coming = _Coming(method)
        elif isinstance(method, spec.Basic.Ack):
            self._confirm(self.confirms.taken, method)
        elif isinstance(method, spec.Basic.Nack):
            self._confirm(self.confirms.refused, method)
        elif isinstance(method, spec.Basic.Cancel):
            self.cancelled = True
        elif isinstance(method, spec.Connection.Blocked):
            self.confirms.blocked = str(method.reason) or "it takes no messages now"
        elif isinstance(method, spec.Connection.Unblocked):
            self.confirms.blocked = ""
        else:
            super()._take(number, method)

    def _confirm(self, into: dict[int, int], method: Any) -> None:  # noqa: ANN401 - as above
        now, tag = time.monotonic_ns(), int(method.delivery_tag)
        if not method.multiple:
            into.setdefault(tag, now)
            return
        for number in range(self._settled_below, tag + 1):
            if not self._settled(number):
                into[number] = now
        self._settled_below = tag + 1

    def _take_content(self, data: bytes) -> None:
        coming = self._coming
        if coming is None:
            return
        part = decoded(data)
        if isinstance(part, frame.Header):
            coming.properties, coming.size = part.properties, int(part.body_size)
        else:
            coming.body += part.fragment
        if coming.properties is None:
            raise GibberishError("a message's body without its properties")
        if len(coming.body) >= coming.size:
            self._coming = None
            self._complete(coming, coming.properties)

    def _complete(self, coming: _Coming, properties: BasicProperties) -> None:
        method, body, now = coming.method, bytes(coming.body), time.monotonic_ns()
        if isinstance(method, spec.Basic.Return):
            key, why = str(method.routing_key), str(method.reply_text)
            self.returned.append(Came(0, False, str(method.exchange), key, properties, body, now, why))
        else:
            tag, again = int(method.delivery_tag), bool(method.redelivered)
            self._ready.append(Came(tag, again, str(method.exchange), str(method.routing_key), properties, body, now))
