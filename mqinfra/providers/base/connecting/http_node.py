"""One node of an HTTP API: a call out, and what its answer means back; nothing is raised on the way.

What a call looks like on the wire, and what a page or a broken connection means, its broker says.
"""

import ssl
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from http import client
from typing import Generic, Protocol, TypeVar
from urllib.parse import SplitResult, quote, urlsplit

from mqinfra.providers.base.connecting.errors import hung_up
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.connecting.http_connection import HttpConnection, Page
from mqinfra.providers.base.connecting.retry_after import pause_before, with_advice
from mqinfra.providers.base.connecting.urls import Ports, address_of, port_of

_TROUBLE = (client.HTTPException, OSError, ValueError)
"""What sockets and `http.client` raise over what comes."""
_BODILESS = ("GET", "DELETE")
"""Methods whose calls say nothing of a body that they don't have."""
_USUAL_PORTS = {"http": 80, "https": 443}


class HttpCall(Protocol):
    """What a node has to know of a call."""

    @property
    def method(self) -> str:
        """`GET`, `PUT`, `POST` or `DELETE`."""

    @property
    def timeout(self) -> float | None:
        """Seconds for this call; None for the node's own."""

    @property
    def addressable(self) -> bool:
        """Whether its path can mean only what is asked for."""


C = TypeVar("C", bound=HttpCall)
A = TypeVar("A")
F = TypeVar("F", bound=Fault)


class HttpNode(ABC, Generic[C, A, F]):
    """One node, with the connections that are kept to it.

    Attributes:
        url: base of the API.
        address: its `host:port`.
        where: alias and address, for messages.
        timeout: seconds for a call that does not say its own, pauses that the server asks for included.

    Args:
        url: base of the API.
        context: for TLS; None without.
        ports: where the broker listens when the URL does not say.
        width: connections that are kept.
        where: alias and address, for messages.
        timeout: seconds for a call that does not say its own.
    """

    def __init__(
        self, url: str, context: ssl.SSLContext | None, ports: Ports, *, width: int, where: str, timeout: float
    ) -> None:
        self.url, self.address, self.where, self.timeout = url, address_of(url, ports), where, timeout
        parts = urlsplit(url)
        port = port_of(parts, ports)
        self._prefix = quote(parts.path, safe="/:@!$&'()*+,;=~")
        self._host = _host_of(parts, port)
        self._tls = url.startswith("https:")
        self._door = (parts.hostname or "", port, context)
        self._width = width
        self._kept: list[HttpConnection] = []
        self._sleep: Callable[[float], None] = time.sleep

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    def call(self, call: C) -> A | F:
        """Make a call once: again only where the server says that it did nothing and asks to wait, while time lasts."""
        if not call.addressable:
            return self._unaddressable(call)
        end = time.monotonic() + (self.timeout if call.timeout is None else call.timeout)
        times = 0
        while True:
            try:
                page = self._exchange_again(call, end)
            except _TROUBLE as error:
                return self._trouble(call, error)
            pause = pause_before(page, times, end)
            if pause is None:
                found = self._meaning(call, page)
                return with_advice(found, page) if isinstance(found, Fault) else found
            self._sleep(pause)
            times += 1

    def close(self) -> None:
        """Drop the connections."""
        while self._kept:
            self._kept.pop().close()

    @abstractmethod
    def _unaddressable(self, call: C) -> F:
        """What is said of a call whose path would mean something else."""

    @abstractmethod
    def _message(self, call: C) -> tuple[str, str, bytes]:
        """Path on the wire, the lines of the head, and the body; empty for none."""

    @abstractmethod
    def _trouble(self, call: C, error: Exception) -> F:
        """What it means that no usable answer came."""

    @abstractmethod
    def _meaning(self, call: C, page: Page) -> A | F:
        """What an answer means."""

    def _exchange_again(self, call: C, end: float) -> Page:
        """A second time only if it reads, and the connection kept for it had been closed."""
        try:
            return self._exchange(call, end)
        except _TROUBLE as error:
            if call.method != "GET" or not hung_up(error):
                raise
            return self._exchange(call, end)

    def _exchange(self, call: C, end: float) -> Page:
        request = self._request(call)
        connection = self._connection(end)
        try:
            page, reusable = connection.exchange(call.method, request, end)
        except BaseException:
            connection.close()  # what is left unread would be taken for the next answer
            raise
        if reusable and len(self._kept) < self._width:
            self._kept.append(connection)
        else:
            connection.close()
        return page

    def _connection(self, end: float) -> HttpConnection:
        """A kept connection, or a new one; lists of Python's are safe to use from several threads."""
        while self._kept:
            try:
                kept = self._kept.pop()
            except IndexError:  # another thread was faster
                break
            if kept.usable:
                return kept
            kept.close()
        host, port, context = self._door
        return HttpConnection(host, port, context, end)

    def _request(self, call: C) -> bytes:
        path, head, body = self._message(call)
        length = f"Content-Length: {len(body)}\r\n" if body or call.method not in _BODILESS else ""
        return f"{call.method} {path} HTTP/1.1\r\n{head}{length}\r\n".encode("latin-1") + body


def _host_of(parts: SplitResult, port: int) -> str:
    """The header `Host`; as everywhere, without a port that is the scheme's own."""
    host = parts.hostname or ""
    try:
        name = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii")
    except UnicodeError:  # no name service can be asked for such a name either, so that nothing is ever sent there
        name = ""
    return name if port == _USUAL_PORTS[parts.scheme] else f"{name}:{port}"
