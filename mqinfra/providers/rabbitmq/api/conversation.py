"""AMQP 0-9-1, as little of it as asking for queues and holding one takes: before a deadline, in frames as agreed.

Messages are in `channel`.

Frames are written and read by pika. Its connections are not used: their calls have no time limit of their own, and they
keep everything that a server sends until a frame is complete, however long it says that it is.
"""

import select
import ssl
import struct
import time
from collections.abc import Mapping
from contextlib import suppress
from socket import socket
from typing import Any

from pika import frame, spec
from pika.exceptions import AMQPError

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.bounded import FloodError, GibberishError, dial, left, secured

LARGEST = spec.FRAME_MAX_SIZE
"""Bytes of a frame: 128 KiB, what RabbitMQ itself allows by default."""
_HEAD = struct.Struct(">BHL")
_KINDS = (spec.FRAME_METHOD, spec.FRAME_HEADER, spec.FRAME_BODY, spec.FRAME_HEARTBEAT)
_CONTENT = (spec.FRAME_HEADER, spec.FRAME_BODY)
_TLS_ALERT = 0x15
CHANNEL = 1
_PIECE = 2**16
_UNREADABLE = (AMQPError, ValueError, LookupError, TypeError, OverflowError, OSError, struct.error, RecursionError)
"""What pika raises over bytes that are no method."""


class CancelledError(Exception):
    """The server ended a consumer, because its queue is gone."""


class ClosedError(Exception):
    """The server closed the connection, or a channel, and says why.

    Attributes:
        code: AMQP reply code.
        text: its words.
        only_channel: the connection is still open.
    """

    def __init__(self, method: Any, *, only_channel: bool) -> None:  # noqa: ANN401 - pika's methods have no common type
        self.code, self.text = int(method.reply_code), str(method.reply_text)
        self.only_channel = only_channel
        super().__init__(f"{self.code} {self.text}")


@dataclass(frozen=True, slots=True)
class Door:
    """Where and as whom AMQP is spoken: host, port, TLS (None without), and user with password."""

    host: str
    port: int
    context: ssl.SSLContext | None
    login: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a client says of itself, and for how long it may be silent.

    Attributes:
        name: what people see the connection called.
        heartbeat: seconds after two of which each side takes the other for gone; 0 for a conversation in which every
            answer has a deadline, which heartbeats would only blur.
        mechanism: `PLAIN`, or `ANONYMOUS`, which says no user.
    """

    name: str = "mqinfra"
    heartbeat: int = 0
    mechanism: str = "PLAIN"


BRIEF = Introduction()
"""Of who asks and goes."""
_CAPABILITIES = {
    "authentication_failure_close": True,
    "consumer_cancel_notify": True,
    "publisher_confirms": True,
    "basic.nack": True,
    "connection.blocked": True,
}
"""What the server may count on: it says why a login failed, when a consumer's queue is gone, what became of messages,
and when it takes none."""


class Conversation:
    """A connection with one channel.

    Attributes:
        end: the deadline of what is going on. What came of a frame before it passed is kept, so that whoever waits may
            give more time.
        heard: moment at which the server last said anything.
        frame_max: bytes of the largest frame that both sides agreed on.
    """

    def __init__(self, door: Door, vhost: str, end: float, introduction: Introduction = BRIEF) -> None:
        """Connect, log in and enter a vhost.

        Raises:
            OSError: no connection came about, or what answers speaks no AMQP (FloodError, GibberishError).
            ClosedError: the server refused the login or the vhost.
            AMQPError: the vhost's name is no text that AMQP can carry.
        """
        self.end = end
        self._socket: socket = dial(door.host, door.port, end)
        if door.context is not None:
            self._socket = secured(self._socket, door.context, door.host, end)
        self._came = bytearray()
        self._channel_open = False
        self.frame_max = LARGEST
        self.heard = time.monotonic()
        hung_up = False
        try:
            self._enter(door, vhost, introduction)
        except ssl.SSLEOFError:
            # The handshake was done, so that the other end speaks TLS; its alert is overtaken by the end.
            hung_up = True
        except BaseException:
            self._socket.close()
            raise
        if hung_up:
            self._socket.close()
            raise ConnectionResetError("connection reset: closed by the server after the TLS handshake")

    def declare_passively(self, queue: str) -> tuple[int, int]:
        """Ask for a queue's messages and consumers.

        Raises:
            ClosedError: there is no such queue, or it may not be asked for.
            OSError: no usable answer came in time.
            AMQPError: the name is no text that AMQP can carry.
        """
        self._open_channel()
        answer = self._ask(CHANNEL, spec.Queue.Declare(queue=queue, passive=True), spec.Queue.DeclareOk)
        return int(answer.message_count), int(answer.consumer_count)

    def declare_exclusive(self, queue: str, arguments: Mapping[str, str | int]) -> None:
        """Make a queue that nobody else may use, and that goes with the connection.

        Raises:
            ClosedError: it can't be had; with code 405 because another connection has it.
            OSError: no usable answer came in time.
            AMQPError: the name or an argument is no text that AMQP can carry.
        """
        self._open_channel()
        declare = spec.Queue.Declare(queue=queue, durable=False, exclusive=True, arguments=dict(arguments))
        self._ask(CHANNEL, declare, spec.Queue.DeclareOk)

    def consume(self, queue: str) -> None:
        """Become a consumer of a queue, as which the server may cancel us at any later time.

        Raises:
            ClosedError: it may not be consumed.
            OSError: no usable answer came in time.
        """
        self._open_channel()
        self._ask(CHANNEL, spec.Basic.Consume(queue=queue, no_ack=True, exclusive=True), spec.Basic.ConsumeOk)

    def beat(self) -> None:
        """Say that we are still here.

        Raises:
            OSError: it can't be said in time.
        """
        self._send(bytes(frame.Heartbeat().marshal()))

    def listen(self, seconds: float, until: socket) -> bool:
        """Hear what the server says by itself for some time.

        Args:
            seconds: how long.
            until: stop as soon as this can be read from.

        Returns:
            whether `until` can be read from.

        Raises:
            CancelledError: the server ended our consumer.
            ClosedError: the server closed the channel or the connection.
            OSError: the connection broke, or what comes is no AMQP.
        """
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        poll.register(until, select.POLLIN)
        self.end = time.monotonic() + seconds
        while True:
            rest = self.end - time.monotonic()
            if rest <= 0:
                return False
            if not self._pending:
                ready = {number for number, _ in poll.poll(rest * 1000)}
                if until.fileno() in ready:
                    return True
                if not ready:
                    return False
            try:
                number, method = self._next()
            except TimeoutError:  # the rest of a frame may come when we listen again
                return False
            self._take(number, method)

    @property
    def _pending(self) -> bool:
        """Whether more has come than was heard: here, or in the socket's own TLS."""
        return bool(self._came) or (isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0)

    def close(self, seconds: float = 0) -> None:
        """Say goodbye, wait some seconds at most for the server to let go of what was ours, and hang up."""
        with suppress(OSError, ClosedError):
            if seconds:
                self.end = time.monotonic() + seconds
            self._say(0, spec.Connection.Close(200, "done", 0, 0))
            if seconds:
                self._hear(0, spec.Connection.CloseOk)
        self._socket.close()

    def _open_channel(self) -> None:
        if not self._channel_open:
            self._ask(CHANNEL, spec.Channel.Open(), spec.Channel.OpenOk)
            self._channel_open = True

    def _enter(self, door: Door, vhost: str, introduction: Introduction) -> None:
        self._socket.settimeout(left(self.end))
        self._socket.sendall(frame.ProtocolHeader().marshal())
        self._hear(0, spec.Connection.Start)
        told: dict[str, Any] = {
            "product": "mqinfra",
            "connection_name": introduction.name,
            "capabilities": {**_CAPABILITIES},
        }
        secret = f"\0{door.login[0]}\0{door.login[1]}" if introduction.mechanism == "PLAIN" else ""
        tune = self._ask(
            0,
            spec.Connection.StartOk(client_properties=told, mechanism=introduction.mechanism, response=secret),
            spec.Connection.Tune,
        )
        self.frame_max = min(int(tune.frame_max) or LARGEST, LARGEST)
        agreed = spec.Connection.TuneOk(channel_max=CHANNEL, frame_max=self.frame_max, heartbeat=introduction.heartbeat)
        self._say(0, agreed)
        self._ask(0, spec.Connection.Open(virtual_host=vhost), spec.Connection.OpenOk)

    def _ask(self, channel: int, method: Any, wanted: type[Any]) -> Any:  # noqa: ANN401 - pika's methods have no common type
        self._say(channel, method)
        return self._hear(channel, wanted)

    def _say(self, channel: int, method: Any) -> None:  # noqa: ANN401 - as above
        self._send(bytes(frame.Method(channel, method).marshal()))

    def _send(self, data: bytes) -> None:
        self._socket.settimeout(left(self.end))
        self._socket.sendall(data)

    def _hear(self, channel: int, wanted: type[Any]) -> Any:  # noqa: ANN401 - as above
        """Wait for a method; others on the way, such as that the server is short of memory, are passed over."""
        while True:
            number, method = self._next()
            if isinstance(method, wanted) and number == channel:
                return method
            self._take(number, method)

    def _take(self, number: int, method: Any) -> None:  # noqa: ANN401 - as above
        """Heed what the server says unasked.

        Raises:
            CancelledError: it ended our consumer.
            ClosedError: it closed the channel or the connection.
        """
        if isinstance(method, spec.Connection.Close):
            with suppress(OSError):
                self._say(0, spec.Connection.CloseOk())
            raise ClosedError(method, only_channel=False)
        if isinstance(method, spec.Channel.Close) and number == CHANNEL:
            self._channel_open = False
            with suppress(OSError):
                self._say(CHANNEL, spec.Channel.CloseOk())
            raise ClosedError(method, only_channel=True)
        if isinstance(method, spec.Basic.Cancel):
            raise CancelledError

    def _next(self) -> tuple[int, Any]:
        """The next frame's channel and method; None as the method of any other frame."""
        self._fill(_HEAD.size)
        kind, channel, size = _HEAD.unpack_from(self._came)
        if kind == _TLS_ALERT:
            raise ConnectionResetError("connection reset: a TLS alert")
        if kind not in _KINDS:
            raise GibberishError("a frame of no kind that AMQP has")
        if size > LARGEST:
            raise FloodError(f"a frame of more than {LARGEST // 2**10} KiB")
        whole = _HEAD.size + size + spec.FRAME_END_SIZE
        self._fill(whole)
        data = bytes(self._came[:whole])
        del self._came[:whole]
        if kind in _CONTENT:
            self._take_content(data)
        if kind != spec.FRAME_METHOD:
            return channel, None
        return channel, getattr(decoded(data), "method", None)

    def _take_content(self, data: bytes) -> None:
        """Take the frame of a message's properties or body; who asks for no messages gets none."""

    def _fill(self, size: int) -> None:
        """Wait until as many bytes have come.

        Raises:
            TimeoutError: they have not; what has come stays.
            OSError: the connection broke.
        """
        while len(self._came) < size:
            self._socket.settimeout(left(self.end))
            data = self._socket.recv(_PIECE)
            if not data:
                raise ConnectionResetError("connection reset: closed by the server")
            self._came += data
            self.heard = time.monotonic()


def decoded(data: bytes) -> Any:  # noqa: ANN401 - pika's frames have no common type
    """A whole frame, read by pika.

    Raises:
        GibberishError: it holds nothing that AMQP has.
    """
    try:
        _, found = frame.decode_frame(data)
    except _UNREADABLE:
        raise GibberishError("a frame that holds no method") from None
    return found
