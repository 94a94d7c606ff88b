"""The HTTP proxy before the RabbitMQ test servers: what it records, and the faults it plays."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import requests

from tests.brokers.http_protocol import HttpProtocol, status_only
from tests.brokers.ports import HOST
from tests.brokers.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.brokers.rabbitmq.server import RabbitServer

QUEUE = "/api/queues/%2F/a%2Fb%25c"


@pytest.fixture
def client(rabbitmq_3: RabbitServer) -> Iterator[requests.Session]:
    rabbitmq_3.wipe()
    with requests.Session() as session:
        session.auth = (rabbitmq_3.user, rabbitmq_3.password)
        # The machine's own settings of a proxy are not for loopback.
        session.trust_env = False
        yield session
    rabbitmq_3.wipe()


def put(client: requests.Session, server: RabbitServer, path: str = QUEUE, timeout: float = 10) -> int:
    return client.put(server.proxied_url + path, json={"durable": True}, timeout=timeout).status_code


def get(client: requests.Session, server: RabbitServer, path: str = "/api/vhosts") -> int:
    return client.get(server.proxied_url + path, timeout=10).status_code


def names(server: RabbitServer) -> list[str]:
    return [queue["name"] for queue in server.management.get("queues", "/", query="disable_stats=true")]


def test_requests_are_recorded_as_they_came_over_one_connection(
    client: requests.Session, rabbitmq_3: RabbitServer
) -> None:
    assert put(client, rabbitmq_3) == 201
    assert get(client, rabbitmq_3, f"{QUEUE}?disable_stats=true") == 200
    assert client.delete(rabbitmq_3.proxied_url + QUEUE, timeout=10).status_code == 204
    assert get(client, rabbitmq_3, QUEUE) == 404
    proxy = rabbitmq_3.proxy
    asked = [f"PUT {QUEUE}", f"GET {QUEUE}?disable_stats=true", f"DELETE {QUEUE}", f"GET {QUEUE}"]
    assert [str(request) for request in proxy.recorder.requests] == asked
    assert [str(request) for request in proxy.mutating()] == [f"PUT {QUEUE}", f"DELETE {QUEUE}"]
    assert json.loads(proxy.mutating()[0].body) == {"durable": True}


def test_each_release_answers_through_the_proxy(client: requests.Session, rabbitmq: RabbitServer) -> None:
    through = client.get(f"{rabbitmq.proxied_url}/api/overview", timeout=10)
    assert through.json()["rabbitmq_version"] == rabbitmq.version


def test_a_request_in_chunks_goes_through_whole(client: requests.Session, rabbitmq_3: RabbitServer) -> None:
    parts = iter([b'{"durable"', b": true}"])
    headers = {"Content-Type": "application/json"}
    done = client.put(rabbitmq_3.proxied_url + QUEUE, data=parts, headers=headers, timeout=10)
    assert done.status_code == 201
    assert rabbitmq_3.management.get("queues", "/", "a/b%c")["durable"] is True


def test_a_head_request_does_not_wait_for_a_body(client: requests.Session, rabbitmq_3: RabbitServer) -> None:
    assert client.head(f"{rabbitmq_3.proxied_url}/api/vhosts", timeout=3).status_code == 200
    assert get(client, rabbitmq_3) == 200


def test_a_reset_request_never_reaches_the_server(client: requests.Session, rabbitmq_3: RabbitServer) -> None:
    rabbitmq_3.proxy.faults.reset_before(2)
    assert get(client, rabbitmq_3) == 200
    with pytest.raises(requests.ConnectionError):
        put(client, rabbitmq_3)
    assert names(rabbitmq_3) == []
    assert put(client, rabbitmq_3) == 201


def test_a_swallowed_reply_hides_what_the_server_did(client: requests.Session, rabbitmq_3: RabbitServer) -> None:
    rabbitmq_3.proxy.faults.cut_after(2)
    assert put(client, rabbitmq_3, "/api/queues/%2F/first") == 201
    assert get(client, rabbitmq_3) == 200
    with pytest.raises(requests.ConnectionError):
        put(client, rabbitmq_3, "/api/queues/%2F/second")
    assert sorted(names(rabbitmq_3)) == ["first", "second"]


def test_an_answer_of_the_proxy_stands_for_the_servers(client: requests.Session, rabbitmq_3: RabbitServer) -> None:
    rabbitmq_3.proxy.faults.answer(status_only(503), nth=2, of="mutating")
    asked = [put(client, rabbitmq_3, f"/api/queues/%2F/{name}") for name in ("first", "second", "third")]
    assert asked == [201, 503, 201]
    assert sorted(names(rabbitmq_3)) == ["first", "third"]
    assert len(rabbitmq_3.proxy.mutating()) == 3


def test_a_delay_is_for_the_requests_it_names(client: requests.Session, rabbitmq_3: RabbitServer) -> None:
    rabbitmq_3.proxy.faults.delay(2, of="mutating")
    assert get(client, rabbitmq_3) == 200
    with pytest.raises(requests.Timeout):
        put(client, rabbitmq_3, timeout=0.3)
    rabbitmq_3.proxy.cut_all()


def test_a_black_hole_accepts_and_stays_silent(client: requests.Session, rabbitmq_3: RabbitServer) -> None:
    rabbitmq_3.proxy.faults.black_hole()
    with pytest.raises(requests.Timeout):
        put(client, rabbitmq_3, timeout=0.3)
    rabbitmq_3.proxy.faults.black_hole(on=False)
    assert names(rabbitmq_3) == []
    assert put(client, rabbitmq_3) == 201


def test_callbacks_run_at_the_numbered_request_and_reply(client: requests.Session, rabbitmq_3: RabbitServer) -> None:
    seen: list[tuple[str, int, int]] = []
    proxy = rabbitmq_3.proxy
    proxy.on_request = lambda number, request: seen.append((f"ask {request.method}", number, len(names(rabbitmq_3))))
    proxy.on_reply = lambda number, request: seen.append((f"told {request.method}", number, len(names(rabbitmq_3))))
    put(client, rabbitmq_3, "/api/queues/%2F/first")
    get(client, rabbitmq_3)
    put(client, rabbitmq_3, "/api/queues/%2F/second")
    assert seen == [
        *[("ask PUT", 1, 0), ("told PUT", 1, 1)],
        *[("ask GET", 1, 1), ("told GET", 1, 1)],
        *[("ask PUT", 2, 1), ("told PUT", 2, 2)],
    ]


@contextmanager
def before(*answers: bytes) -> Iterator[socket.socket]:
    """A client's connection through a proxy to a server that gives these answers, one for each request, and closes."""
    with socket.create_server((HOST, 0)) as listener:
        proxy = Proxy(HttpProtocol())
        port = proxy.open_port()
        proxy.route(port, listener.getsockname()[1])

        def serve() -> None:
            server, _ = listener.accept()
            with server:
                for answer in answers:
                    server.recv(1 << 16)
                    server.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            with socket.create_connection((HOST, port), timeout=5) as client:
                yield client
        finally:
            proxy.close()
            thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nX-Odd:  a \r\nContent-Length: 3\r\n\r\n\x00\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x=1\r\n[]\r\n0\r\nTrailer: b\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nuntil the end",
    ],
    ids=["length", "chunks", "no-body", "interim", "until-close"],
)
def test_an_answer_comes_through_byte_for_byte_and_so_does_its_end(answer: bytes) -> None:
    with before(answer) as client:
        client.sendall(b"PUT /a%2fB HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
        told = b""
        while part := client.recv(1 << 16):
            told += part
    assert told == answer


def test_two_requests_sent_at_once_are_answered_in_turn() -> None:
    answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + digit for digit in (b"1", b"2")]
    with before(*answers) as client:
        client.sendall(b"GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n")
        told = b""
        while part := client.recv(1 << 16):
            told += part
    assert told == b"".join(answers)
