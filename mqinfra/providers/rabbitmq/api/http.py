"""The management API of one node: a call out, an Answer or a fault back, nothing raised on the way."""

import base64
import json
import ssl
import time
from http import client
from urllib.parse import SplitResult, quote, urlsplit

from pydantic import JsonValue

from mqinfra.providers.base.connecting.bounded import too_deep
from mqinfra.providers.base.connecting.fault import Meaning
from mqinfra.providers.base.connecting.http_connection import HttpConnection, NotConnectedError, Page
from mqinfra.providers.base.connecting.retry_after import pause_before, with_advice
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.api.connection import address, port_of
from mqinfra.providers.rabbitmq.api.diagnosis import diagnose, hung_up
from mqinfra.providers.rabbitmq.api.faults import fault_of
from mqinfra.providers.rabbitmq.api.foreign_response import foreign_response_fault

_TROUBLE = (client.HTTPException, OSError, ValueError)
"""What sockets and `http.client` raise over what comes."""
_BODILESS = ("GET", "DELETE")
"""Methods whose calls say nothing of a body that they don't have."""
_JSON = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
_USUAL_PORTS = {"http": 80, "https": 443}


class Http:
    """The management API of one node.

    Attributes:
        url: its address without `/api`.
        address: its `host:port`.
        where: alias and address, for messages.
        timeout: seconds for a call that does not say its own.
    """

    def __init__(
        self,
        url: str,
        login: tuple[str, str],
        context: ssl.SSLContext | None,
        *,
        width: int,
        where: str,
        timeout: float,
    ) -> None:
        self.url, self.address, self.where, self.timeout = url, address(url), where, timeout
        parts = urlsplit(url)
        self._user = login[0]
        self._prefix = quote(parts.path, safe="/:@!$&'()*+,;=~")
        self._tls = url.startswith("https:")
        self._door = (parts.hostname or "", port_of(parts), context)
        self._width = width
        self._kept: list[HttpConnection] = []
        token = base64.b64encode(":".join(login).encode()).decode()
        head = (
            f"Host: {_host_of(parts)}\r\nAuthorization: Basic {token}\r\n"
            "Accept-Encoding: identity\r\nContent-Type: application/json\r\nUser-Agent: mqinfra\r\n"
        )
        # Handlers that write and say nothing, such as those of limits, offer no JSON: 406 without the rest.
        self._head = f"{head}Accept: application/json, */*;q=0.1\r\n"
        self._head_for_json = f"{head}Accept: application/json\r\n"

    def __repr__(self) -> str:
        return f"Http({self.url!r})"

    def call(self, call: Call) -> Answer | RabbitFault:
        """Make a call once: again only where the server says that it did nothing and asks to wait, while time lasts."""
        if not call.addressable:
            words = f"the management API can't accept `{call.method}` about `{'`, `'.join(call.segments)}`"
            return RabbitFault(f"{words}: a part of its path would mean something else", method=call.method)
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
                return with_advice(found, page) if isinstance(found, RabbitFault) else found
            time.sleep(pause)
            times += 1

    def close(self) -> None:
        """Drop the connections."""
        while self._kept:
            self._kept.pop().close()

    def _exchange_again(self, call: Call, end: float) -> Page:
        """A second time only if it reads, and the connection kept for it had been closed."""
        try:
            return self._exchange(call, end)
        except _TROUBLE as error:
            if call.method != "GET" or not hung_up(error):
                raise
            return self._exchange(call, end)

    def _exchange(self, call: Call, end: float) -> Page:
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

    def _request(self, call: Call) -> bytes:
        head = self._head_for_json if call.only_json else self._head
        body = b""
        if call.body is not None:
            body = _JSON.encode(call.body).encode()
        length = f"Content-Length: {len(body)}\r\n" if body or call.method not in _BODILESS else ""
        return f"{call.method} {self._prefix}{call.path} HTTP/1.1\r\n{head}{length}\r\n".encode("ascii") + body

    def _trouble(self, call: Call, error: Exception) -> RabbitFault:
        found = diagnose(error, self.address, self.where, tls=self._tls)
        away = isinstance(error, NotConnectedError)
        meaning = Meaning.RETRY if away else Meaning.LOST
        return RabbitFault(found.message, meaning, found.help, found, method=call.method)

    def _meaning(self, call: Call, page: Page) -> Answer | RabbitFault:
        if page.body == b"" and 200 <= page.status < 300:
            return Answer(page.status, None, page.location)
        try:
            body: JsonValue = json.loads(page.body, parse_constant=_no_number) if page.body else None
        except (ValueError, RecursionError):
            return foreign_response_fault(call, page, self.address, self.where)
        if too_deep(body):
            return foreign_response_fault(call, page, self.address, self.where)
        if 200 <= page.status < 300:
            return Answer(page.status, body, page.location)
        own = isinstance(body, dict) and ("error" in body or body.get("status") == "failed")  # the latter of checks
        # A handler that crashes is answered for without a word, and without the server's name (cowboy_stream_h.erl).
        crashed = page.status == 500 and not page.server
        named = page.server.startswith("Cowboy") and page.status not in (404, *range(300, 400))
        bare = body is None and (named or crashed)
        if own or bare:
            return fault_of(call, page.status, body, self._user)
        return foreign_response_fault(call, page, self.address, self.where)


def _host_of(parts: SplitResult) -> str:
    """The header `Host`; as everywhere, without a port that is the scheme's own."""
    host, port = parts.hostname or "", port_of(parts)
    try:
        name = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii")
    except UnicodeError:  # no name service can be asked for such a name either, so that nothing is ever sent there
        name = ""
    return name if port == _USUAL_PORTS[parts.scheme] else f"{name}:{port}"


def _no_number(_: str) -> None:
    """Refuse `NaN` and `Infinity`, which Python takes for numbers and JSON does not have."""
    raise ValueError("something else where a number belongs")
