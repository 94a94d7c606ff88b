"""The management API of one node: a call out, an Answer or a Fault back, nothing raised on the way.

requests is used at its adapter. What a Session adds to each call (proxies of the environment, .netrc, cookies,
redirects) could take the credentials elsewhere, and costs as much as the rest of the call.
"""

import base64
import io
import json
import logging
import ssl
import time
from http import client
from socket import socket
from typing import Any
from urllib.parse import urlsplit

import urllib3
from pydantic import JsonValue
from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter

from mqinfra.providers.base.connecting.bounded import FloodError, Timed, left, too_deep
from mqinfra.providers.rabbitmq.api.call import Answer, Call, Fault
from mqinfra.providers.rabbitmq.api.connection import address, port_of
from mqinfra.providers.rabbitmq.api.diagnosis import diagnose, hung_up, never_arrived
from mqinfra.providers.rabbitmq.api.faults import fault_of
from mqinfra.providers.rabbitmq.api.foreign_response import Page, fault_of_stranger

LARGEST = 512 * 2**20
"""Bytes of an answer. 50,000 queues and 100,000 bindings are about 30 MB as lists without figures."""
_PIECE = 2**18
_CONNECT = 5.0
"""Seconds to connect, which takes a moment or fails."""
_TROUBLE = (RequestException, urllib3.exceptions.HTTPError, client.HTTPException, OSError, ValueError)
"""What the libraries raise over what comes; the two of `http.client` get past urllib3 while a body is read."""

# urllib3 logs headers that it can't parse with a traceback; what is wrong with an answer is said once, as a Fault.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class _TimedFile(Timed):
    """What comes from a connection, whose own file is closed with it."""

    def __init__(self, file: io.BufferedIOBase, source: socket, end: float) -> None:
        super().__init__(source, end)
        self._file = file

    def close(self) -> None:
        """Close both."""
        self._file.close()
        super().close()


class _Reply(client.HTTPResponse):
    """An answer, all of which comes within the time that the connection has when it begins to be read.

    Without it the time begins anew with every byte of a header.
    """

    def __init__(self, sock: socket, *args: Any, **options: Any) -> None:  # noqa: ANN401 - http.client's arguments
        super().__init__(sock, *args, **options)
        end = time.monotonic() + (sock.gettimeout() or 0.0)
        self.fp = io.BufferedReader(_TimedFile(self.fp, sock, end), _PIECE)


class _Plain(urllib3.connection.HTTPConnection):
    response_class = _Reply


class _Secured(urllib3.connection.HTTPSConnection):
    response_class = _Reply


class _Adapter(HTTPAdapter):
    """An adapter for one server: every call has the same pool, and TLS is what our context says."""

    def __init__(self, url: str, context: ssl.SSLContext | None, width: int) -> None:
        super().__init__(pool_connections=1, pool_maxsize=width, max_retries=0)
        parts = urlsplit(url)
        extra: dict[str, Any] = {}
        if context is not None:
            verified = context.verify_mode is not ssl.CERT_NONE
            extra = {"ssl_context": context, "cert_reqs": "CERT_REQUIRED" if verified else "CERT_NONE"}
            if not context.check_hostname:
                extra["assert_hostname"] = False
            if not verified:  # said once as a finding of the block, instead of once per connection
                urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self._pool: urllib3.HTTPConnectionPool = self.poolmanager.connection_from_host(
            parts.hostname, port_of(parts), parts.scheme, pool_kwargs=extra
        )
        self._pool.ConnectionCls = _Plain if context is None else _Secured

    def get_connection_with_tls_context(self, *_: object, **__: object) -> urllib3.HTTPConnectionPool:
        return self._pool

    def cert_verify(self, *_: object, **__: object) -> None:
        """Leave TLS as our context has it; the inherited method would add the authorities of certifi."""

    def request_url(self, request: PreparedRequest, _proxies: object) -> str:
        return request.url or ""

    def build_response(self, req: PreparedRequest, resp: urllib3.BaseHTTPResponse) -> Response:
        """Wrap what came; without cookies, which the API has none of."""
        response = Response()
        response.status_code, response.raw, response.request = resp.status, resp, req
        return response


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
        self._user = login[0]
        self._prefix = urlsplit(url).path
        self._tls = url.startswith("https:")
        self._adapter = _Adapter(url, context, width)
        token = base64.b64encode(":".join(login).encode()).decode()
        self._headers = {
            "Authorization": f"Basic {token}",
            # Handlers that write and say nothing, such as those of limits, offer no JSON: 406 without the rest.
            "Accept": "application/json, */*;q=0.1",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": "mqinfra",
        }

    def __repr__(self) -> str:
        return f"Http({self.url!r})"

    def call(self, call: Call) -> Answer | Fault:
        """Make a call once; a second time only if it reads, and the connection kept for it had been closed."""
        if not call.addressable:
            words = f"the management API can't take `{call.method}` about `{'`, `'.join(call.segments)}`"
            return Fault(f"{words}: a part of its path would mean something else", method=call.method)
        end = time.monotonic() + (self.timeout if call.timeout is None else call.timeout)
        try:
            page = self._exchange(call, end)
        except _TROUBLE as error:
            if call.method != "GET" or not hung_up(error):
                return self._trouble(call, error)
            try:
                page = self._exchange(call, end)
            except _TROUBLE as again:
                return self._trouble(call, again)
        return self._meaning(call, page)

    def close(self) -> None:
        """Drop the connections."""
        self._adapter.close()

    def _exchange(self, call: Call, end: float) -> Page:
        wait = left(end)
        request = PreparedRequest()
        request.method, request.url, request.body = call.method, self._prefix + call.path, None
        headers = {**self._headers, "Accept": "application/json"} if call.only_json else self._headers
        if call.body is not None:
            request.body = json.dumps(call.body, separators=(",", ":"), allow_nan=False).encode()
            headers = {**headers, "Content-Length": str(len(request.body))}
        request.headers = headers  # type: ignore[assignment]  # any mapping will do, and a plain one is the cheapest
        limits = urllib3.Timeout(connect=min(_CONNECT, wait), read=wait, total=wait)
        response = self._adapter.send(request, timeout=limits)  # type: ignore[arg-type]  # which the stubs don't know
        raw: urllib3.HTTPResponse = response.raw
        try:
            body = _read(raw)
        except BaseException:
            raw.close()  # what is left unread would be taken for the next answer
            raise
        raw.release_conn()
        headers_in = raw.headers
        return Page(
            status=response.status_code,
            kind=headers_in.get("Content-Type", "").partition(";")[0].strip().lower(),
            server=headers_in.get("Server", ""),
            location=headers_in.get("Location", ""),
            body=body,
        )

    def _trouble(self, call: Call, error: Exception) -> Fault:
        found = diagnose(error, self.address, self.where, tls=self._tls)
        away = never_arrived(error)
        return Fault(found.message, lost=not away, retry=away, help=found.help, method=call.method, finding=found)

    def _meaning(self, call: Call, page: Page) -> Answer | Fault:
        if page.body == b"" and 200 <= page.status < 300:
            return Answer(page.status, None, page.location)
        try:
            body: JsonValue = json.loads(page.body, parse_constant=_no_number) if page.body else None
        except (ValueError, RecursionError):
            return fault_of_stranger(call, page, self.address, self.where)
        if too_deep(body):
            return fault_of_stranger(call, page, self.address, self.where)
        if 200 <= page.status < 300:
            return Answer(page.status, body, page.location)
        own = isinstance(body, dict) and ("error" in body or body.get("status") == "failed")  # the latter of checks
        # A handler that crashes is answered for without a word, and without the server's name (cowboy_stream_h.erl).
        crashed = page.status == 500 and not page.server
        named = page.server.startswith("Cowboy") and page.status not in (404, *range(300, 400))
        bare = body is None and (named or crashed)
        if own or bare:
            return fault_of(call, page.status, body, self._user)
        return fault_of_stranger(call, page, self.address, self.where)


def _read(raw: urllib3.HTTPResponse) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := raw.read1(_PIECE, decode_content=False):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise FloodError(f"an answer of more than {LARGEST // 2**20} MiB")
    return b"".join(pieces)


def _no_number(_: str) -> None:
    """Refuse `NaN` and `Infinity`, which Python takes for numbers and JSON does not have."""
    raise ValueError("something else where a number belongs")
