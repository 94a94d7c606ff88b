"""The endpoint: metrics and health over HTTP, with TLS and a password where they are asked for.

Few threads, short patience and no body read: whoever may connect must not be able to hold it up.
"""

import base64
import binascii
import hmac
import ssl
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6, socket
from typing import Any, ClassVar

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from mqinfra.model.frozen import dataclass

_MOST_AT_ONCE = 16
_PATIENCE = 10.0
"""Seconds that a client may take to say what it wants, and to take what it gets."""
_HEALTHY, _READY, _METRICS = "/-/healthy", "/-/ready", "/metrics"


@dataclass(frozen=True, slots=True)
class Login:
    """Who may read metrics."""

    username: str
    password: str

    def fits(self, header: str) -> bool:
        """Whether a header `Authorization` says it, in a time that tells nothing of how near it is."""
        scheme, _, said = header.partition(" ")
        try:
            given = base64.b64decode(said, validate=True)
        except (binascii.Error, ValueError):
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(given, f"{self.username}:{self.password}".encode())


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is served, and how.

    Attributes:
        host: where to listen.
        port: the port; 0 for one that is free.
        collector: the metrics.
        healthy: whether what keeps them is at work.
        ready: whether there are any.
        login: who may read metrics; None for everybody. Health is everybody's: orchestrators have no password.
        tls: the certificate; None for plain HTTP.
    """

    host: str
    port: int
    collector: Collector
    healthy: Callable[[], bool]
    ready: Callable[[], bool]
    login: Login | None = None
    tls: ssl.SSLContext | None = None


class MetricsServer(ThreadingHTTPServer):
    """Serves an endpoint.

    Attributes:
        endpoint: what.
        families: its metrics, as the library wants them.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, endpoint: Endpoint) -> None:
        """Listen.

        Raises:
            OSError: the address can't be listened on.
        """
        self.endpoint = endpoint
        self.families = CollectorRegistry(auto_describe=False)
        self.families.register(endpoint.collector)
        self.address_family = AF_INET6 if ":" in endpoint.host else AF_INET
        self._room = threading.BoundedSemaphore(_MOST_AT_ONCE)
        super().__init__((endpoint.host, endpoint.port), _Handler)

    def process_request(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:  # noqa: ANN401 - its signature
        """Serve it in a thread; one too many is hung up on."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:  # noqa: ANN401 - as above
        """Serve one connection, the handshake included, so that a silent client holds up nobody else."""
        try:
            if self.endpoint.tls is not None and isinstance(request, socket):
                request.settimeout(_PATIENCE)
                try:
                    request = self.endpoint.tls.wrap_socket(request, server_side=True)
                except OSError:  # it speaks no TLS, or hung up: nothing was asked
                    self.shutdown_request(request)
                    return
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as above
        """A client that went away before it had everything is no news; the next one is served."""

    @property
    def url(self) -> str:
        """Where metrics are."""
        host = f"[{self.endpoint.host}]" if ":" in self.endpoint.host else self.endpoint.host
        return f"{'https' if self.endpoint.tls else 'http'}://{host}:{self.server_address[1]}{_METRICS}"


class _Handler(BaseHTTPRequestHandler):
    server: MetricsServer
    timeout = _PATIENCE
    server_version, sys_version = "mqinfra", ""
    protocol_version = "HTTP/1.0"
    _TEXT: ClassVar[str] = "text/plain; charset=utf-8"

    def do_GET(self) -> None:
        endpoint = self.server.endpoint
        match self.path.partition("?")[0]:
            case "/metrics":
                self._metrics(endpoint)
            case "/-/healthy":
                self._is(endpoint.healthy())
            case "/-/ready":
                self._is(endpoint.ready())
            case "/":
                self._say(HTTPStatus.OK, self._TEXT, f"mqinfra: {_METRICS}, {_HEALTHY}, {_READY}\n".encode())
            case _:
                self._say(HTTPStatus.NOT_FOUND, self._TEXT, b"not found\n")

    def do_HEAD(self) -> None:
        self.do_GET()

    def _metrics(self, endpoint: Endpoint) -> None:
        if endpoint.login is not None and not endpoint.login.fits(self.headers.get("Authorization", "")):
            self._say(
                HTTPStatus.UNAUTHORIZED, self._TEXT, b"unauthorized\n", ("WWW-Authenticate", 'Basic realm="mqinfra"')
            )
            return
        encode, kind = choose_encoder(self.headers.get("Accept", ""))
        self._say(HTTPStatus.OK, kind, encode(self.server.families))

    def _is(self, good: bool) -> None:  # noqa: FBT001 - a page per answer
        status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
        self._say(status, self._TEXT, b"ok\n" if good else b"not yet\n")

    def _say(self, status: HTTPStatus, kind: str, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its signature
        """Say nothing of each scrape."""
