"""The API of one node of a registry: a call out, an Answer or a fault back, nothing raised on the way."""

import base64
import json
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import client
from urllib.parse import SplitResult, quote, urlsplit

from pydantic import JsonValue

from mqinfra.providers.base.connecting import diagnosis
from mqinfra.providers.base.connecting.cause import Cause
from mqinfra.providers.base.connecting.diagnosis import Failure, Terms
from mqinfra.providers.base.connecting.errors import cause_of, chain
from mqinfra.providers.base.connecting.fault import Meaning
from mqinfra.providers.base.connecting.http_connection import HttpConnection, NotConnectedError, Page
from mqinfra.providers.base.connecting.retry_after import pause_before, with_advice
from mqinfra.providers.registry.api.call import Answer, Call, RegistryFault
from mqinfra.providers.registry.api.codes import NOT_REGISTRY
from mqinfra.providers.registry.api.connection import address, port_of
from mqinfra.providers.registry.api.faults import fault_of

_TROUBLE = (client.HTTPException, OSError, ValueError)
"""What sockets and `http.client` raise over what comes."""
_BODILESS = ("GET", "DELETE")
_ACCEPT = "application/vnd.schemaregistry.v1+json, application/json;q=0.9, */*;q=0.1"
_USUAL_PORTS = {"http": 80, "https": 443}
_TERMS = Terms(
    "a schema registry",
    "url",
    use_tls="write `https`",
    use_plain="write `http`",
    advice={Cause.MUTE: ("a server that hangs or is busy: give `--timeout` more seconds",)},
)


@dataclass(frozen=True, slots=True)
class Login:
    """Who calls: nobody, a user with a password, or the holder of a token."""

    user: str = ""
    password: str = ""
    token: str = ""

    @property
    def header(self) -> str:
        """The line of the request; empty where nobody logs in."""
        if self.token:
            return f"Authorization: Bearer {self.token}\r\n"
        if self.user:
            pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            return f"Authorization: Basic {pair}\r\n"
        return ""


class Http:
    """The API of one node.

    Attributes:
        url: base of the API.
        address: its `host:port`.
        where: alias and address, for messages.
        timeout: seconds for a call that does not say its own, pauses that the server asks for included.
    """

    def __init__(
        self, url: str, login: Login, context: ssl.SSLContext | None, *, width: int, where: str, timeout: float
    ) -> None:
        self.url, self.address, self.where, self.timeout = url, address(url), where, timeout
        parts = urlsplit(url)
        self._prefix = quote(parts.path, safe="/:@!$&'()*+,;=~")
        self._tls = url.startswith("https:")
        self._door = (parts.hostname or "", port_of(parts), context)
        self._width = width
        self._kept: list[HttpConnection] = []
        self._head = (
            f"Host: {_host_of(parts)}\r\n{login.header}Accept-Encoding: identity\r\nAccept: {_ACCEPT}\r\n"
            "Content-Type: application/vnd.schemaregistry.v1+json\r\nUser-Agent: mqinfra\r\n"
        )
        self._sleep: Callable[[float], None] = time.sleep

    def __repr__(self) -> str:
        return f"Http({self.url!r})"

    def call(self, call: Call) -> Answer | RegistryFault:
        """Make a call, and wait as often as the server asks for it while the time lasts."""
        if not call.addressable:
            words = f"a registry can't be asked about `{'`, `'.join(call.segments)}`"
            return RegistryFault(f"{words}: a part of the path would mean something else", method=call.method)
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
                return with_advice(found, page) if isinstance(found, RegistryFault) else found
            self._sleep(pause)
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
            if call.method != "GET" or not _hung_up(error):
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
        body = b"" if call.body is None else json.dumps(call.body, allow_nan=False).encode()
        length = f"Content-Length: {len(body)}\r\n" if body or call.method not in _BODILESS else ""
        prefix = "" if call.absolute else self._prefix
        return f"{call.method} {prefix}{call.path} HTTP/1.1\r\n{self._head}{length}\r\n".encode("latin-1") + body

    def _trouble(self, call: Call, error: Exception) -> RegistryFault:
        cause, detail = cause_of(error, tls=self._tls)
        if isinstance(error, client.BadStatusLine):
            cause = Cause.HANGS_UP_ON_TLS if self._tls else Cause.HANGS_UP
        elif isinstance(error, client.LineTooLong) or type(error) is client.HTTPException:
            cause = Cause.STRANGER
        found = diagnosis.diagnose([Failure(self.address, cause, detail)], _TERMS, self.where)
        meaning = Meaning.RETRY if isinstance(error, NotConnectedError) else Meaning.LOST
        return RegistryFault(found.message, meaning, found.help, found, method=call.method)

    def _meaning(self, call: Call, page: Page) -> Answer | RegistryFault:
        if not page.body and 200 <= page.status < 300:
            return Answer(page.status)
        try:
            body: JsonValue = json.loads(page.body) if page.body else None
        except (ValueError, RecursionError):
            return self._foreign(call, page)
        if 200 <= page.status < 300:
            return Answer(page.status, body)
        if 300 <= page.status < 400:
            return self._foreign(call, page)
        if body is not None and not (isinstance(body, dict) and {"error_code", "message"} & body.keys()):
            return self._foreign(call, page)
        return fault_of(call, page.status, body)

    def _foreign(self, call: Call, page: Page) -> RegistryFault:
        if page.status in (401, 403, 429, 503):  # a proxy before the registry says so with a page of its own
            return fault_of(call, page.status, None)
        words = f"`{self.address}` answered `{call}` with status {page.status}, unlike a schema registry"
        hints: tuple[str, ...] = (
            "check that `url` is the base of its API, and that no proxy in between changes answers",
        )
        if 300 <= page.status < 400:
            words = f"`{self.address}` redirects `{call.method}` calls (status {page.status})"
            hints = ("give the address that it points to under `url`: redirects are not followed with credentials",)
        elif "%2F" in call.path:
            hints = (*hints, "a proxy has to forward `%2F` in paths unchanged: it stands for a `/` in a subject's name")
        maybe = call.method != "GET" and (page.status < 300 or page.status in (408, 500, 502, 504))
        meaning = Meaning.LOST if maybe else Meaning.RETRY if page.status in (408, 502, 504) else Meaning.REFUSED
        finding = NOT_REGISTRY.at(words, address=self.where, help=hints)
        return RegistryFault(words, meaning, hints, finding, method=call.method)


def _hung_up(error: BaseException) -> bool:
    """Whether the other end closed the connection, as it may do with a kept one just when the next call sets out."""
    return any(isinstance(cause, ConnectionResetError | BrokenPipeError) for cause in chain(error))


def _host_of(parts: SplitResult) -> str:
    host, port = parts.hostname or "", port_of(parts)
    try:
        name = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii")
    except UnicodeError:  # no name service can be asked for such a name either, so that nothing is ever sent there
        name = ""
    return name if port == _USUAL_PORTS[parts.scheme] else f"{name}:{port}"
