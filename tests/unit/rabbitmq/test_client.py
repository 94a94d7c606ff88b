"""The client against a server that misbehaves in every way a server, a proxy or a network can."""

import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting import http_connection
from mqinfra.providers.base.connecting.workers import side_by_side
from mqinfra.providers.base.request import Accepted, Lost, Refused
from mqinfra.providers.rabbitmq.api.amqp import Broker
from mqinfra.providers.rabbitmq.api.http import Http
from mqinfra.providers.rabbitmq.io.client import Answer, Call, RabbitClient, RabbitFault, to_result
from tests.brokers.ports import free_ports
from tests.late import LATE
from tests.loopback import Loopback
from tests.unit.rabbitmq.stub import Reply, Stub, drips, hangs_up, says, stays_silent, stops_half_way

SECRET = "planted-secret-of-the-deployer"
PUT = Call("PUT", ("queues", "/shop", "orders"), body={"durable": True})


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    yield server
    server.close()


def client_at(port: int, *, prefix: str = "", timeout: float = 0.5, width: int = 4) -> RabbitClient:
    http = Http(
        f"http://127.0.0.1:{port}{prefix}",
        ("shop", SECRET),
        None,
        width=width,
        where=f"rabbitmq (127.0.0.1:{port})",
        timeout=timeout,
    )
    return RabbitClient(
        where=http.where,
        http=http,
        width=width,
        user="shop",
        tags=frozenset(),
        version="3.10.8",
        exchange_types=frozenset(),
        features=frozenset(),
        broker=Broker("127.0.0.1", 1, None, ("shop", SECRET), "it", 0.5),
    )


@pytest.fixture
def client(stub: Stub) -> Iterator[RabbitClient]:
    made = client_at(stub.port)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        (says(200, b"<html><title>Sign in</title></html>", "content-type: text/html"), "MQ463", "page `Sign in`"),
        (says(404, b"", "server: nginx"), "MQ463", "status 404 and nothing else"),
        (says(301, b"", "location: http://elsewhere/api"), "MQ463", "to `http://elsewhere`"),
        (says(500, {"error": "x", "reason": "Internal Server Error"}), "MQ418", "Internal Server Error"),
        (says(500, b"", "x-nothing: else"), "MQ418", "status 500 without a reason"),
        (says(503, b"<html>", "content-type: text/html"), "MQ463", "status 503 and a web page"),
        (stays_silent, "MQ414", "does not answer"),
        (hangs_up, "MQ454", "closes the connection without an answer"),
        (stops_half_way, "MQ414", "no answer from"),
        (drips, "MQ414", "does not answer"),
    ],
)
def test_a_read_without_a_usable_answer_ends_the_run(
    stub: Stub, client: RabbitClient, reply: Reply, code: str, words: str
) -> None:
    stub.replies = [reply]
    started = time.monotonic()
    with pytest.raises(UserError) as error:
        client.get("queues", "/shop")
    assert time.monotonic() - started < 1.0 + LATE
    [found] = error.value.diagnostics
    assert (found.code, words in found.message) == (code, True), found
    assert found.help
    assert SECRET not in str(found)


def test_a_read_of_what_is_not_there_or_not_allowed_is_a_fault(stub: Stub, client: RabbitClient) -> None:
    stub.replies = [says(404, {"error": "Object Not Found", "reason": "Not Found"}), says(401, {"error": "no"})]
    absent, denied = client.get("queues", "/shop", "x"), client.get("queues", "/shop")
    assert isinstance(absent, RabbitFault)
    assert absent.absent
    assert isinstance(denied, RabbitFault)
    assert denied.denied


def test_a_read_is_tried_again_when_the_kept_connection_was_closed(stub: Stub, client: RabbitClient) -> None:
    stub.replies = [says(200, []), hangs_up, says(200, ["again"])]
    assert client.get("queues") == []
    assert client.get("queues") == ["again"]
    assert len(stub.lines) == 3


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (says(201), Accepted),
        (says(204), Accepted),
        (says(400, {"error": "bad_request", "reason": "inequivalent arg"}), Refused),
        (says(302, b"", "location: http://elsewhere/"), Refused),
        (says(502, b"<html>", "content-type: text/html"), Lost),
        (says(200, b"<html>", "content-type: text/html"), Lost),
        (stays_silent, Lost),
        (hangs_up, Lost),
        (stops_half_way, Lost),
    ],
)
def test_a_write_is_sent_once_whatever_comes_back(stub: Stub, client: RabbitClient, reply: Reply, kind: type) -> None:
    stub.replies = [reply]
    [answer] = client.send([PUT])
    assert isinstance(to_result(answer), kind), answer
    assert stub.lines == ["PUT /api/queues/%2Fshop/orders HTTP/1.1"]


def test_a_write_to_a_closed_port_was_not_done() -> None:
    made = client_at(free_ports(1)[0])
    [answer] = made.send([PUT])
    result = to_result(answer)
    assert isinstance(result, Refused)
    assert result.retry
    assert "nothing listens" in result.message


def test_an_answer_that_is_too_large_is_not_read(
    stub: Stub, client: RabbitClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_connection, "LARGEST", 2**20)
    stub.replies = [says(200, b" " * 2**21), says(200, ["next"])]
    with pytest.raises(UserError, match="an answer of more than 1 MiB"):
        client.get("queues")
    assert client.get("queues") == ["next"]  # on another connection: the rest of the large one is not taken for it


def test_answers_come_in_order_over_few_connections(stub: Stub, client: RabbitClient) -> None:
    def echo(connection: socket.socket, line: str) -> bool:
        return says(201, line.split(" ")[1])(connection, line)

    stub.replies = [echo]
    calls = [Call("PUT", ("queues", "/", str(number))) for number in range(200)]
    answers = client.send(calls)
    assert [answer.body for answer in answers if isinstance(answer, Answer)] == [call.path for call in calls]
    assert len(stub.lines) == 200
    assert stub.connections <= 4


def test_a_write_is_not_sent_over_a_connection_that_was_closed_meanwhile(stub: Stub, client: RabbitClient) -> None:
    def says_goodbye(connection: socket.socket, line: str) -> bool:
        says(201)(connection, line)
        return False

    stub.replies = [says_goodbye]
    for _ in range(3):
        [answer] = client.send([PUT])
        assert to_result(answer) == Accepted()
        time.sleep(0.05)  # until the end of the connection has come
    assert (len(stub.lines), stub.connections) == (3, 3)


def test_an_answer_in_chunks_is_put_together(stub: Stub, client: RabbitClient) -> None:
    def chunks(connection: socket.socket, _line: str) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        for piece in (b"[1,", b" 2", b"]"):
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")
        return True

    stub.replies = [chunks]
    assert [client.get("queues") for _ in range(3)] == [[1, 2]] * 3
    assert stub.connections == 1


def test_a_refusal_that_comes_before_the_whole_request_was_sent_is_heard() -> None:
    def refuses(connection: socket.socket) -> None:
        connection.recv(100)
        says(413, {"error": "bad_request", "reason": "payload too large"})(connection, "")

    with Loopback(refuses) as server:
        made = client_at(server.port)
        [answer] = made.send([Call("PUT", ("queues", "/", "q"), body={"arguments": {"x": "y" * 2**23}})])
        made.close()
    result = to_result(answer)
    assert isinstance(result, Refused)
    assert result.message == "payload too large"


def test_serial_calls_keep_their_order(stub: Stub, client: RabbitClient) -> None:
    stub.replies = [says(201)]
    client.serially([Call("PUT", ("vhosts", str(number))) for number in range(20)])
    assert stub.lines == [f"PUT /api/vhosts/{number} HTTP/1.1" for number in range(20)]


def test_nothing_of_the_environment_is_used(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = f"http://127.0.0.1:{free_ports(1)[0]}"
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, dead)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("NETRC", os.devnull)
    made = client_at(stub.port, prefix="/rabbit")
    stub.replies = [says(200, [])]
    assert made.get("queues", "/", disable_stats="true") == []
    made.close()
    assert stub.lines == ["GET /rabbit/api/queues/%2F?disable_stats=true HTTP/1.1"]
    assert "Authorization: Basic c2hvcDpwbGFudGVkLXNlY3JldC1vZi10aGUtZGVwbG95ZXI=" in stub.heads[0]


def test_names_that_a_path_can_not_carry_are_never_sent(stub: Stub, client: RabbitClient) -> None:
    answers = client.send([Call("DELETE", ("queues", "/shop", "..")), Call("DELETE", ("queues", "/shop", "\ud800"))])
    assert all(isinstance(to_result(answer), Refused) for answer in answers)
    assert stub.lines == []


def test_credentials_do_not_show(client: RabbitClient) -> None:
    assert SECRET not in repr(client)
    assert SECRET not in repr(client.http)


@pytest.mark.parametrize(
    ("version", "numbers"), [("3.10.8", (3, 10, 8)), ("4.0.5+beta.1", (4, 0, 5)), ("4.1.0-rc.1", (4, 1, 0)), ("", ())]
)
def test_a_version_is_numbers(client: RabbitClient, version: str, numbers: tuple[int, ...]) -> None:
    client.version = version
    assert client.version_tuple == numbers


def test_nothing_is_begun_after_an_exception() -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        time.sleep(0.01)
        if number == 3:
            raise UserError([])
        return number

    with pytest.raises(UserError):
        side_by_side(range(1_000), work, 2)
    assert len(begun) < 20


def test_an_interrupt_leaves_no_thread_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        time.sleep(0.05)

    def interrupted(_thread: threading.Thread) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "join", interrupted)
        with pytest.raises(KeyboardInterrupt):
            side_by_side(range(1_000), work, 4)
    time.sleep(0.2)
    assert len(begun) <= 8
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("rabbitmq-")]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_busy_server_is_waited_for_as_it_asks(stub: Stub, method: str, status: int) -> None:
    stub.replies = [says(status, b"busy", "retry-after: 1"), says(200, {})]
    client = client_at(stub.port, timeout=5.0)
    started = time.monotonic()
    assert isinstance(client.http.call(Call(method, ("queues", "/", "q"))), Answer)
    assert (time.monotonic() - started >= 1.0, len(stub.lines)) == (True, 2)
    client.close()


@pytest.mark.parametrize("asks", ["60", "Thu, 01 Jan 1970 00:01:00 GMT"])
def test_a_wait_that_is_longer_than_a_call_has_is_told_and_not_begun(
    stub: Stub, client: RabbitClient, asks: str
) -> None:
    stub.replies = [says(503, b"busy", f"retry-after: {asks}", "date: Thu, 01 Jan 1970 00:00:00 GMT")]
    found = client.http.call(Call("PUT", ("queues", "/", "q")))
    assert isinstance(found, RabbitFault)
    assert (found.retry, len(stub.lines)) == (True, 1)
    assert "asks to wait 60 s" in found.help[0]


def test_a_server_that_asks_for_a_moment_for_ever_is_left(stub: Stub) -> None:
    stub.replies = [says(429, b"busy", "retry-after: 0")]
    client = client_at(stub.port, timeout=30.0)
    found = client.http.call(Call("GET", ("queues", "/", "q")))
    assert isinstance(found, RabbitFault)
    assert len(stub.lines) == 6
    client.close()
