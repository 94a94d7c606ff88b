"""The endpoint: who gets metrics, by which door, and that no client holds it up."""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import Gauge

from mqinfra.cli.monitoring.listening import read_context
from mqinfra.monitor.exporter.server import Endpoint, Login, MetricsServer
from tests.brokers.tls import with_openssl

LOGIN = Login("prometheus", "sesame: öffne dich")


@contextlib.contextmanager
def serving(
    login: Login | None = None, tls: ssl.SSLContext | None = None, *, ready: bool = True
) -> Iterator[MetricsServer]:
    orders = Gauge("orders", "Some.", registry=None)
    orders.set(3)
    server = MetricsServer(Endpoint("127.0.0.1", 0, orders, lambda: True, lambda: ready, login, tls))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def asked(
    server: MetricsServer, path: str = "/metrics", method: str = "GET", **headers: str
) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text, dict(answer.getheaders())


def authorization(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_metrics_are_text_and_openmetrics_where_that_is_asked_for() -> None:
    with serving() as server:
        status, text, headers = asked(server)
        assert (status, "orders 3.0" in text) == (200, True)
        assert headers["Content-Type"].startswith("text/plain")
        status, text, headers = asked(server, Accept="application/openmetrics-text; version=1.0.0")
        assert (status, text.endswith("# EOF\n")) == (200, True)
        assert headers["Content-Type"].startswith("application/openmetrics-text")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic %%%",
        "Bearer x",
        authorization("prometheus:wrong"),
        authorization("other:sesame: öffne dich"),
    ],
)
def test_without_the_password_there_are_none(header: str) -> None:
    with serving(LOGIN) as server:
        status, text, headers = asked(server, Authorization=header)
        assert (status, text) == (401, "unauthorized\n")
        assert headers["WWW-Authenticate"] == 'Basic realm="mqinfra"'
        assert asked(server, "/-/healthy")[0] == 200


def test_with_it_there_are() -> None:
    with serving(LOGIN) as server:
        assert asked(server, Authorization=authorization(f"{LOGIN.username}:{LOGIN.password}"))[0] == 200


def test_it_says_when_it_is_not_ready() -> None:
    with serving(ready=False) as server:
        assert [asked(server, path)[0] for path in ("/-/healthy", "/-/ready", "/", "/etc")] == [200, 503, 200, 404]


def test_a_head_has_no_body() -> None:
    with serving() as server:
        status, text, headers = asked(server, method="HEAD")
        assert (status, text) == (200, "")
        assert int(headers["Content-Length"]) > 0


@pytest.mark.parametrize("said", [b"", b"\x16\x03\x01", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"a" * 100_000])
def test_what_speaks_no_http_disturbs_nobody(said: bytes) -> None:
    with serving() as server:
        with socket.create_connection(("127.0.0.1", server.server_address[1])) as client, contextlib.suppress(OSError):
            client.sendall(said)
        assert asked(server)[0] == 200


def test_silent_clients_are_few_and_another_is_hung_up_on() -> None:
    with serving() as server:
        port = server.server_address[1]
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(16)]
        with socket.create_connection(("127.0.0.1", port), timeout=10) as one_too_many:
            one_too_many.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            with contextlib.suppress(ConnectionResetError):
                assert one_too_many.recv(100) == b""
        for client in silent:
            client.close()
        for _ in range(100):
            with contextlib.suppress(OSError, http.client.HTTPException):
                if asked(server)[0] == 200:
                    return
        pytest.fail("it did not recover")


def test_tls_is_served_and_a_silent_client_holds_up_no_handshake(tmp_path: Path) -> None:
    identity = with_openssl(tmp_path)
    context = read_context(tmp_path / "server.crt", tmp_path / "server.key")
    with serving(tls=context) as server:
        port = server.server_address[1]
        with socket.create_connection(("127.0.0.1", port)):
            trusting = ssl.create_default_context(cafile=str(identity.ca_file))
            connection = http.client.HTTPSConnection("localhost", port, context=trusting, timeout=10)
            connection.request("GET", "/metrics")
            assert connection.getresponse().status == 200
            connection.close()
        with socket.create_connection(("127.0.0.1", port)) as plain:
            plain.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            with contextlib.suppress(ConnectionResetError):
                assert not plain.recv(100).startswith(b"HTTP")
        assert server.url.startswith("https://127.0.0.1:")
