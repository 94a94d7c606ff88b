"""The lock against brokers that cut, hold up or take it away: it is lost aloud, before the next write."""

import re
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from pika import frame, spec
from pydantic import JsonValue

from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from mqinfra.providers.rabbitmq.api.amqp import Broker
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import answered
from mqinfra.providers.rabbitmq.api.http import Http
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.records import lock as module
from mqinfra.providers.rabbitmq.records.lock import QueueLock, queue_lock
from tests.brokers.ports import free_ports
from tests.loopback import Loopback, Talk

OWNER = Owner("shop", "prod")
SECRET = "planted-secret-of-the-deployer"


def method(channel: int, some: Any) -> bytes:
    return bytes(frame.Method(channel, some).marshal())


START = method(0, spec.Connection.Start(0, 9, {"product": "RabbitMQ"}, "PLAIN", "en_US"))
ENTERED = START + method(0, spec.Connection.Tune(10, 2**17, 60)) + method(0, spec.Connection.OpenOk())
CHANNEL = method(1, spec.Channel.OpenOk())
TAKEN = method(1, spec.Queue.DeclareOk("q", 0, 0)) + method(1, spec.Basic.ConsumeOk("tag"))
BEAT = bytes(frame.Heartbeat().marshal())
LOCKED = CHANNEL + method(1, spec.Channel.Close(405, "RESOURCE_LOCKED", 50, 10))


def broker(*words: bytes, then: Callable[[socket.socket], None] | None = None) -> Talk:
    """A broker that lets anybody in, says some words, and goes on as told; with nothing more it only listens."""
    return talks(ENTERED, *words, then=then)


def talks(*words: bytes, then: Callable[[socket.socket], None] | None = None) -> Talk:
    """The same, of one that does not let anybody in by itself."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"".join(words))
        if then is not None:
            then(connection)
        while connection.recv(2**16):
            pass

    return talk


@dataclass
class Management(Http):
    """Says of every queue the same."""

    says: Answer | RabbitFault
    asked: list[Call] = field(default_factory=list)

    def call(self, call: Call) -> Answer | RabbitFault:
        self.asked.append(call)
        return self.says


GONE = answered("Not Found", 404)


def client_of(server: Loopback, says: Answer | RabbitFault = GONE) -> RabbitClient:
    nothing = frozenset[str]()
    at = Broker("127.0.0.1", server.port, None, ("shop", SECRET), "it", 1)
    return RabbitClient("it", Management(says), 1, "shop", nothing, "4.1.0", nothing, nothing, at)


@contextmanager
def held(talk: Talk) -> Iterator[QueueLock]:
    with Loopback(talk) as server, queue_lock(client_of(server), OWNER, "ann@laptop", 0) as lock:
        assert isinstance(lock, QueueLock)
        yield lock


def refusal(talk: Talk, says: Answer | RabbitFault = GONE, timeout: float = 0) -> UserError:
    with (
        Loopback(talk) as server,
        pytest.raises(UserError) as error,
        queue_lock(client_of(server, says), OWNER, "ann@laptop", timeout),
    ):
        pass
    assert SECRET not in str(error.value)
    return error.value


def reason_of(lock: QueueLock, seconds: float = 3) -> str:
    end = time.monotonic() + seconds
    while not lock.lost() and time.monotonic() < end:
        time.sleep(0.01)
    return lock.lost()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BEAT", 0.05)
    monkeypatch.setattr(module, "_GOODBYE", 0.2)


def test_it_is_held_while_the_broker_is_heard() -> None:
    def beats(connection: socket.socket) -> None:
        for _ in range(40):
            connection.sendall(BEAT[:3])
            time.sleep(0.01)
            connection.sendall(BEAT[3:])

    with held(broker(CHANNEL, TAKEN, then=beats)) as lock:
        time.sleep(0.3)
        assert lock.lost() == ""
    assert lock.lost() == "the lock was released"


LOST: Sequence[tuple[bytes, str]] = [
    (method(1, spec.Basic.Cancel("tag", nowait=True)), "the queue of the lock was deleted"),
    (
        method(0, spec.Connection.Close(320, "CONNECTION_FORCED - bye", 0, 0)),
        "closed the connection .* CONNECTION_FORCED",
    ),
    (method(1, spec.Channel.Close(541, "INTERNAL_ERROR", 0, 0)), "closed the connection .* INTERNAL_ERROR"),
    (b"HTTP/1.1 400 Bad Request\r\n", "the connection that holds the lock broke"),
]


@pytest.mark.parametrize(("words", "reason"), LOST)
def test_what_takes_it_away_is_said(words: bytes, reason: str) -> None:
    with held(broker(CHANNEL, TAKEN, words)) as lock:
        assert re.search(reason, reason_of(lock))


def test_a_cut_connection_loses_it() -> None:
    def cuts(connection: socket.socket) -> None:
        time.sleep(0.3)
        connection.shutdown(socket.SHUT_RDWR)

    with held(broker(CHANNEL, TAKEN, then=cuts)) as lock:
        assert reason_of(lock).startswith("the connection that holds the lock broke")


def test_silence_loses_it_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SILENCE", 0.3)

    def pauses(connection: socket.socket) -> None:
        time.sleep(0.6)
        connection.sendall(BEAT)

    with held(broker(CHANNEL, TAKEN, then=pauses)) as lock:
        assert lock.lost() == ""
        assert "was not heard" in reason_of(lock)
        time.sleep(0.5)
        assert "was not heard" in lock.lost()


def test_the_holder_consumes_and_gives_signs_of_life() -> None:
    heard: list[bytes] = []

    def listens(connection: socket.socket) -> None:
        while data := connection.recv(2**16):
            heard.append(data)

    with held(broker(CHANNEL, TAKEN, then=listens)):
        time.sleep(0.4)
    assert b"".join(heard).count(BEAT) >= 4
    assert method(1, spec.Basic.Consume(queue="mqinfra.lock.shop.prod", no_ack=True, exclusive=True)) in b"".join(heard)


def test_the_holder_is_named_from_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.01)
    row: JsonValue = {"exclusive": True, "arguments": {"mqinfra-holder": "eve@ci\n\x1b[31m, plan"}}
    error = refusal(broker(LOCKED), Answer(200, row))
    assert error.exit_code is ExitCode.LOCKED
    [found] = error.diagnostics
    assert found.message == "another apply of `shop/prod` is running: eve@ci  [31m, plan"


class OneNodeDown(Management):
    """Tells of a queue, and of the node that it is on."""

    def call(self, call: Call) -> Answer | RabbitFault:
        if call.segments == ("nodes",):
            return Answer(200, [{"name": "rabbit@a", "running": True}, {"name": "rabbit@b", "running": False}])
        return super().call(call)


@pytest.mark.parametrize("node", ["rabbit@a", "rabbit@b"])
def test_a_lock_that_is_stuck_on_a_node_that_is_down_is_told_from_a_running_apply(node: str) -> None:
    row: JsonValue = {"exclusive": True, "node": node, "arguments": {"mqinfra-holder": "eve@ci"}}
    with (
        Loopback(broker(LOCKED)) as server,
        pytest.raises(UserError) as error,
        queue_lock(replace(client_of(server), http=OneNodeDown(Answer(200, row))), OWNER, "ann@laptop", 0),
    ):
        pass
    assert error.value.exit_code is ExitCode.LOCKED
    [found] = error.value.diagnostics
    stuck = "the lock of `shop/prod` is stuck on node `rabbit@b`, which is down; eve@ci held it"
    assert found.message == (stuck if node == "rabbit@b" else "another apply of `shop/prod` is running: eve@ci")
    assert any("forget_cluster_node rabbit@b" in line for line in found.help) == (node == "rabbit@b")


def test_the_lock_of_a_node_that_just_went_down_is_waited_for() -> None:
    words = "NOT_FOUND - home node 'rabbit@b' of durable queue 'q' in vhost '/' is down or inaccessible"
    down = CHANNEL + method(1, spec.Channel.Close(404, words, 50, 10))
    with (
        Loopback(broker(down, CHANNEL, TAKEN)) as server,
        queue_lock(client_of(server), OWNER, "ann@laptop", 5) as lock,
    ):
        assert lock.lost() == ""


def test_the_next_node_is_asked_where_the_first_is_down() -> None:
    with Loopback(broker(CHANNEL, TAKEN)) as server:
        client = client_of(server)
        [closed_port] = free_ports(1)
        beside = replace(client.broker, port=closed_port, others=(("127.0.0.1", server.port),))
        with queue_lock(replace(client, broker=beside), OWNER, "ann@laptop", 0) as lock:
            assert lock.lost() == ""


@pytest.mark.parametrize("says", [answered("not allowed", 401), Answer(200, None), Answer(200, {"arguments": []})])
def test_a_holder_that_cant_be_named_is_still_a_holder(says: Answer | RabbitFault) -> None:
    error = refusal(broker(LOCKED), says)
    assert error.exit_code is ExitCode.LOCKED
    assert "is running: unknown holder" in str(error)


def test_a_management_api_of_elsewhere_does_not_keep_us_trying(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST_PAUSE", 0.01)
    error = refusal(broker(LOCKED * 10))
    assert error.exit_code is ExitCode.LOCKED


def test_it_is_tried_again_until_it_is_free() -> None:
    with Loopback(broker(LOCKED, LOCKED, LOCKED, CHANNEL, TAKEN)) as server:
        started = time.monotonic()
        with queue_lock(client_of(server, Answer(200, {"exclusive": True})), OWNER, "ann@laptop", 5) as lock:
            assert lock.lost() == ""
    assert 0.5 < time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("talk", "words"),
    [
        (broker(CHANNEL, method(1, spec.Channel.Close(403, "ACCESS_REFUSED", 50, 10))), "needs `configure` and `read`"),
        (broker(CHANNEL, method(1, spec.Channel.Close(406, "PRECONDITION_FAILED - limit", 50, 10))), "limit"),
        (lambda connection: connection.close(), "closes the connection"),
        (talks(START, method(0, spec.Connection.Close(403, "ACCESS_REFUSED", 0, 0))), "refused the login"),
    ],
)
def test_why_it_cant_be_taken_is_said_with_the_way_without(talk: Talk, words: str) -> None:
    error = refusal(talk)
    assert error.exit_code is ExitCode.ERROR
    [found] = error.diagnostics
    assert (found.code, words in found.message) == ("MQ347", True)
    assert "`--no-lock` applies without a lock" in found.help


@pytest.mark.parametrize(
    ("says", "seen"),
    [
        (GONE, False),
        (Answer(200, {"exclusive": True, "arguments": {"mqinfra-holder": "eve@laptop"}}), False),
        (Answer(200, {"exclusive": True, "arguments": {"mqinfra-holder": "ann@laptop"}}), True),
    ],
)
def test_a_lock_is_seen_where_the_management_api_tells_of_it(says: Answer | RabbitFault, *, seen: bool) -> None:
    with Loopback(broker(CHANNEL, TAKEN)) as server:
        client = client_of(server, says)
        with queue_lock(client, OWNER, "ann@laptop", 0):
            assert client.lock_is_seen is not None
            assert client.lock_is_seen() is seen
        assert client.lock_is_seen is None
