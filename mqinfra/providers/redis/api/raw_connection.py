"""One connection to a server: it is made, logs in and exchanges commands for replies, all of it before a deadline."""

import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from socket import SHUT_RDWR, socket

from mqinfra.providers.base.connecting.addresses import split
from mqinfra.providers.base.connecting.bounded import GibberishError, dial, left, secured
from mqinfra.providers.redis.api.resp import Call, Replies, Reply, ServerError, packed


@dataclass
class RawConnection:
    """A connection, which is made by `connect` and can be made again.

    Attributes:
        address: `host:port`.
        username: user; `default` when None.
        password: its password.
        context: TLS; None for plain text.
    """

    address: str
    username: str | None
    password: str | None = field(repr=False)
    context: ssl.SSLContext | None = field(repr=False)
    _socket: socket | None = field(default=None, init=False, repr=False)
    _replies: Replies | None = field(default=None, init=False, repr=False)

    def connect(self, end: float) -> None:
        """Connect and log in before a deadline.

        Raises:
            OSError: no connection came about.
            ServerError: the server refused the login.
        """
        host, port = split(self.address)
        self._socket = dial(host, port, end)
        if self.context is not None:
            self._socket = secured(self._socket, self.context, host, end)
        self._replies = Replies(self._socket)
        if self.username or self.password:
            login = (self.username, self.password or "") if self.username else (self.password or "",)
            self.send([("AUTH", *login)], end)
            if self.receive(end) != "OK":
                raise GibberishError("a login that is neither taken nor refused")

    def send(self, calls: Sequence[Call], end: float) -> None:
        """Send commands, on a new connection where there is none.

        Raises:
            OSError: they could not be sent before the deadline.
            ServerError: the server refused the login.
        """
        if self._socket is None:
            self.connect(end)
        if self._socket is None:
            raise ConnectionResetError("connection closed")
        self._socket.settimeout(left(end))
        self._socket.sendall(packed(calls))

    def receive(self, end: float) -> Reply:
        """Wait for one reply until a deadline.

        Raises:
            OSError: none came that can be used; nothing that comes later could be matched with its command.
            ServerError: the server's own no.
        """
        if self._replies is None:
            raise ConnectionResetError("connection closed")
        reply = self._replies.receive(end)
        if isinstance(reply, ServerError):
            raise reply
        return reply

    def disconnect(self) -> None:
        """Hang up."""
        closing, self._socket, self._replies = self._socket, None, None
        if closing is not None:
            with suppress(OSError):  # the other side was first
                closing.shutdown(SHUT_RDWR)
            closing.close()
