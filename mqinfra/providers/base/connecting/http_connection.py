"""One kept connection to an HTTP API: a request out and a page back, all of it before a deadline.

Connecting is what every provider shares, and `http.client` takes answers apart. Its connections are not used, nor are
those of requests and urllib3 above it: their time begins anew with every byte that comes, and what they do for each
call (proxies of the environment, .netrc, cookies, redirects) could take the credentials elsewhere and costs four times
as much as the rest of the call.
"""

import io
import select
import ssl
import time
from contextlib import suppress
from http import client
from socket import socket
from typing import cast

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.bounded import FloodError, Timed, dial, left, secured

LARGEST = 512 * 2**20
"""Bytes of an answer. 50,000 queues and 100,000 bindings are about 30 MB as lists without figures."""
_PIECE = 2**18
_CONNECT = 5.0
"""Seconds to connect, which takes a moment or fails."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer before anybody knows what it means.

    Attributes:
        status: HTTP status.
        kind: its media type, in small letters.
        server: the `Server` header.
        location: the `Location` header.
        body: what came.
        retry_after: the `Retry-After` header.
        date: the `Date` header, by the server's clock.
    """

    status: int
    kind: str
    server: str
    location: str
    body: bytes
    retry_after: str = ""
    date: str = ""


class NotConnectedError(OSError):
    """No connection came about, so that nothing was sent; the cause says why."""


class HttpConnection:
    """A connection that is kept for the next call."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, end: float) -> None:
        """Connect, and do the handshake of TLS unless `context` is None.

        Raises:
            NotConnectedError: it did not come about in time.
        """
        end = min(end, time.monotonic() + _CONNECT)
        try:
            self._socket = dial(host, port, end)
            if context is not None:
                self._socket = secured(self._socket, context, host, end)
        except (OSError, ValueError) as error:  # a host that no name service can be asked for is a ValueError
            raise NotConnectedError(str(error)) from error
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)

    @property
    def usable(self) -> bool:
        """Whether the other end has neither closed the connection nor said anything that nobody asked for."""
        return not self._poll.poll(0)

    def exchange(self, method: str, request: bytes, end: float) -> tuple[Page, bool]:
        """Send a whole request and read the answer.

        Returns:
            the page, and whether the connection may be used again.

        Raises:
            OSError, HTTPException, ValueError: no usable answer came in time; the connection is of no more use.
        """
        self._socket.settimeout(left(end))
        with suppress(BrokenPipeError, ConnectionResetError):
            # A server that has seen enough of a large request answers, and closes before it has taken all of it.
            self._socket.sendall(request)
        reply = client.HTTPResponse(cast("socket", _Incoming(self._socket, end)), method=method)
        try:
            reply.begin()
            body = _body(reply)
        except ssl.SSLEOFError:
            # The handshake was done, so that the other end speaks TLS; its alert is overtaken by the end.
            raise ConnectionResetError("connection reset: closed by the server after the TLS handshake") from None
        finally:
            reply.close()
        headers: dict[str, str] = {}
        for name, value in reply.headers.raw_items():  # one walk: each `get` walks through all of them
            headers.setdefault(name.lower(), value)
        page = Page(
            status=reply.status,
            kind=headers.get("content-type", "").partition(";")[0].strip().lower(),
            server=headers.get("server", ""),
            location=headers.get("location", ""),
            body=body,
            retry_after=headers.get("retry-after", ""),
            date=headers.get("date", ""),
        )
        return page, not reply.will_close

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class _Incoming:
    """What `http.client` takes for a socket: each read of its file has what is left of the time."""

    def __init__(self, source: socket, end: float) -> None:
        self._source, self._end = source, end

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(Timed(self._source, self._end))


def _body(reply: client.HTTPResponse) -> bytes:
    if reply.length == 0:
        return b""
    pieces: list[bytes] = []
    size = 0
    while piece := reply.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise FloodError(f"an answer of more than {LARGEST // 2**20} MiB")
    body = b"".join(pieces)
    if reply.length:
        raise client.IncompleteRead(body, reply.length)
    return body
