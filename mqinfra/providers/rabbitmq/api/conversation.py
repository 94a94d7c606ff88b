"""AMQP 0-9-1, as little of it as asking for queues takes: before a deadline, and with frames no larger than agreed.

Frames are written and read by pika. Its connections are not used: their calls have no time limit of their own, and they
keep everything that a server sends until a frame is complete, however long it says that it is.
"""

import io
import ssl
import struct
from contextlib import suppress
from dataclasses import dataclass
from socket import socket
from typing import Any

from pika import frame, spec
from pika.exceptions import AMQPError

from mqinfra.providers.base.connecting.bounded import FloodError, GibberishError, Timed, dial, left, secured

LARGEST = spec.FRAME_MAX_SIZE
"""Bytes of a frame: 128 KiB, what RabbitMQ itself allows by default."""
_HEAD = struct.Struct(">BHL")
_KINDS = (spec.FRAME_METHOD, spec.FRAME_HEADER, spec.FRAME_BODY, spec.FRAME_HEARTBEAT)
_TLS_ALERT = 0x15
_CHANNEL = 1
_UNREADABLE = (AMQPError, ValueError, LookupError, TypeError, OverflowError, OSError, struct.error, RecursionError)
"""What pika raises over bytes that are no method."""


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


class Conversation:
    """A connection with one channel.

    Attributes:
        end: the deadline of what is going on.
    """

    def __init__(self, door: Door, vhost: str, end: float) -> None:
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
        self._timed = Timed(self._socket)
        self._stream = io.BufferedReader(self._timed, 2**16)
        self._channel_open = False
        hung_up = False
        try:
            self._enter(door, vhost)
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
        if not self._channel_open:
            self._ask(_CHANNEL, spec.Channel.Open(), spec.Channel.OpenOk)
            self._channel_open = True
        answer = self._ask(_CHANNEL, spec.Queue.Declare(queue=queue, passive=True), spec.Queue.DeclareOk)
        return int(answer.message_count), int(answer.consumer_count)

    def close(self) -> None:
        """Say goodbye, and hang up without waiting for more."""
        with suppress(OSError):
            self._say(0, spec.Connection.Close(200, "done", 0, 0))
        self._socket.close()

    def _enter(self, door: Door, vhost: str) -> None:
        self._socket.settimeout(left(self.end))
        self._socket.sendall(frame.ProtocolHeader().marshal())
        self._hear(0, spec.Connection.Start)
        told: dict[str, Any] = {
            "product": "mqinfra",
            "connection_name": "mqinfra",
            "capabilities": {"authentication_failure_close": True},
        }
        secret = f"\0{door.login[0]}\0{door.login[1]}"
        tune = self._ask(
            0,
            spec.Connection.StartOk(client_properties=told, mechanism="PLAIN", response=secret),
            spec.Connection.Tune,
        )
        agreed = min(int(tune.frame_max) or LARGEST, LARGEST)
        # Every answer has a deadline here, which heartbeats would only blur.
        self._say(0, spec.Connection.TuneOk(channel_max=_CHANNEL, frame_max=agreed, heartbeat=0))
        self._ask(0, spec.Connection.Open(virtual_host=vhost), spec.Connection.OpenOk)

    def _ask(self, channel: int, method: Any, wanted: type[Any]) -> Any:  # noqa: ANN401 - pika's methods have no common type
        self._say(channel, method)
        return self._hear(channel, wanted)

    def _say(self, channel: int, method: Any) -> None:  # noqa: ANN401 - as above
        data = frame.Method(channel, method).marshal()
        self._socket.settimeout(left(self.end))
        self._socket.sendall(data)

    def _hear(self, channel: int, wanted: type[Any]) -> Any:  # noqa: ANN401 - as above
        """Wait for a method; others on the way, such as that the server is short of memory, are passed over."""
        while True:
            number, method = self._next()
            if isinstance(method, wanted) and number == channel:
                return method
            if isinstance(method, spec.Connection.Close):
                self._say(0, spec.Connection.CloseOk())
                raise ClosedError(method, only_channel=False)
            if isinstance(method, spec.Channel.Close) and number == _CHANNEL:
                self._channel_open = False
                self._say(_CHANNEL, spec.Channel.CloseOk())
                raise ClosedError(method, only_channel=True)

    def _next(self) -> tuple[int, Any]:
        """The next frame's channel and method; None as the method of any other frame."""
        self._timed.end = self.end
        head = self._read(_HEAD.size)
        kind, channel, size = _HEAD.unpack(head)
        if kind == _TLS_ALERT:
            raise ConnectionResetError("connection reset: a TLS alert")
        if kind not in _KINDS:
            raise GibberishError("a frame of no kind that AMQP has")
        if size > LARGEST:
            raise FloodError(f"a frame of more than {LARGEST // 2**10} KiB")
        data = head + self._read(size + spec.FRAME_END_SIZE)
        if kind != spec.FRAME_METHOD:
            return channel, None
        try:
            _, found = frame.decode_frame(data)
        except _UNREADABLE:
            raise GibberishError("a frame that holds no method") from None
        return channel, getattr(found, "method", None)

    def _read(self, size: int) -> bytes:
        data = self._stream.read(size)
        if len(data) < size:
            raise ConnectionResetError("connection reset: closed by the server")
        return data
