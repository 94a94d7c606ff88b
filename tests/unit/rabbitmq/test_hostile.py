"""Servers that mean harm, at the management API and at AMQP: they hold a client up, flood it, or nest without end."""

import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import pytest
from pika import frame, spec

from mqinfra.providers.base.connecting import http_connection
from mqinfra.providers.rabbitmq.api import conversation
from mqinfra.providers.rabbitmq.api.amqp import Broker
from mqinfra.providers.rabbitmq.api.call import Answer, Call, Counts, RabbitFault
from mqinfra.providers.rabbitmq.api.http import Http
from tests.late import LATE
from tests.loopback import Loopback, Talk, drips, floods

SECRET = "planted-secret-of-the-deployer"
HEAD = b"HTTP/1.1 200 OK\r\nserver: Cowboy\r\ncontent-type: application/json\r\n"


def asked(server: Loopback, method: str = "GET") -> Answer | RabbitFault:
    """What a call comes to, in time."""
    client = Http(f"http://{server.address}", ("shop", SECRET), None, width=1, where="it", timeout=0.5)
    started = time.monotonic()
    try:
        return client.call(Call(method, ("queues",)))
    finally:
        client.close()
        assert time.monotonic() - started < 0.5 + LATE


def says(text: bytes) -> Talk:
    def talk(connection: socket.socket) -> None:
        connection.recv(2**16)
        connection.sendall(text)

    return talk


def body(text: bytes) -> Talk:
    return says(HEAD + b"content-length: %d\r\n\r\n" % len(text) + text)


HTTP: dict[str, tuple[Talk, str]] = {
    "a status by bytes": (drips(b"HTTP/1.1 2"), "does not answer"),
    "a header by bytes": (drips(HEAD + b"x" * 60_000, 0.002), "does not answer"),
    "headers without end": (drips(HEAD + b"x-more: 1\r\n" * 90, 0.002), "does not answer"),
    "a promise without end": (floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "does not answer"),
    "a body by bytes": (drips(HEAD + b"content-length: 9000\r\n\r\n[" + b" " * 9_000, 0.002), "does not answer"),
    "chunks by bytes": (
        drips(HEAD + b"transfer-encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 900, 0.002),
        "does not answer",
    ),
    "a chunk of no size": (says(HEAD + b"transfer-encoding: chunked\r\n\r\nx\r\n"), "no answer from"),
    "a header too long": (floods(HEAD), "does not answer like RabbitMQ"),
    "a header that is none": (says(HEAD + b" x\r\ncontent-length: 0\r\n\r\n"), ""),
    "another protocol": (says(b"+OK\r\n"), "without an answer"),
    "less than nothing": (says(HEAD + b"content-length: -1\r\n\r\n[]"), ""),
    "no length": (says(HEAD + b"content-length: x\r\n\r\n[]"), ""),
    "half a body": (says(HEAD + b"content-length: 90\r\n\r\n[]"), "no answer from"),
    "lists in lists": (body(b"[" * 50_000 + b"]" * 50_000), "text that is not usable JSON"),
    "rather deep": (body(b'{"a":' * 40 + b"1" + b"}" * 40), "text that is not usable JSON"),
    "no number": (body(b"[NaN]"), "text that is not usable JSON"),
    "a very long number": (body(b"[" + b"9" * 5_000 + b"]"), "text that is not usable JSON"),
    "no text": (body(b'["\xff"]'), "text that is not usable JSON"),
}


@pytest.mark.parametrize("name", HTTP)
def test_an_api_that_holds_up_or_floods_is_left_in_time(name: str, caplog: pytest.LogCaptureFixture) -> None:
    talk, words = HTTP[name]
    with Loopback(talk) as server:
        fault = asked(server)
    assert not words or isinstance(fault, RabbitFault)
    assert words in str(getattr(fault, "message", ""))
    assert not caplog.records


def test_a_body_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_connection, "LARGEST", 2**22)
    with Loopback(floods(HEAD + b"connection: close\r\n\r\n[")) as server:
        fault = asked(server)
    assert isinstance(fault, RabbitFault)
    assert "does not answer like RabbitMQ: an answer of more than 4 MiB" in fault.message


def test_what_is_as_deep_as_may_be_is_taken() -> None:
    with Loopback(body(b"[" * 30 + b"]" * 30)) as server:
        assert isinstance(asked(server), Answer)


def counted(server: Loopback, *queues: str, timeout: float = 0.5) -> dict[str, Counts | RabbitFault]:
    broker = Broker("127.0.0.1", server.port, None, ("shop", SECRET), "it", timeout)
    started = time.monotonic()
    counts = dict(broker.count("/", queues))
    assert time.monotonic() - started < 2 * timeout + LATE
    return counts


def method(channel: int, some: Any) -> bytes:
    return bytes(frame.Method(channel, some).marshal())


START = method(0, spec.Connection.Start(0, 9, {"product": "RabbitMQ"}, "PLAIN", "en_US"))
TUNE = method(0, spec.Connection.Tune(10, 2**30, 60))
OPENED = method(0, spec.Connection.OpenOk()) + method(1, spec.Channel.OpenOk())
BEAT = bytes(frame.Heartbeat().marshal())


def amqp(then: Callable[[socket.socket], None]) -> Talk:
    """A broker that lets anybody in, and goes on as told."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(START + TUNE + OPENED)
        then(connection)

    return talk


def sends(text: bytes) -> Talk:
    """Say something at once, and then nothing more."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(text)
        while connection.recv(2**16):
            pass

    return talk


AMQP: dict[str, tuple[Talk, str]] = {
    "silence": (sends(b""), "does not answer"),
    "the start by bytes": (drips(START), "does not answer"),
    "heartbeats only": (amqp(drips(BEAT * 500, 0.01)), "does not answer"),
    "the answer by bytes": (
        amqp(drips(method(1, spec.Queue.DeclareOk("q", 1, 1))[:-1] + b"x" * 90)),
        "does not answer",
    ),
    "a frame too large": (floods(b"\x01\0\0\xff\xff\xff\xff"), "a frame of more than 128 KiB"),
    "no frame": (sends(b"HTTP/1.1 400 Bad Request\r\n"), "does not answer like RabbitMQ: a frame of no kind"),
    "another version": (sends(b"AMQP\0\1\0\0"), "does not answer like RabbitMQ: a frame of no kind"),
    "no method": (sends(b"\x01\0\0\0\0\0\x04\xff\xff\xff\xff\xce"), "a frame that holds no method"),
    "a frame without an end": (sends(b"\x01\0\0\0\0\0\x04\0\x0a\0\x0a\0"), "a frame that holds no method"),
    "half a frame": (lambda connection: connection.sendall(START[:20]), "closes the connection"),
    "a TLS alert": (sends(b"\x15\x03\x01\0\x02\x02\x46"), "closes the connection"),
    "the wrong user": (
        sends(START + method(0, spec.Connection.Close(403, "ACCESS_REFUSED", 0, 0))),
        "refused the login",
    ),
    "the wrong vhost": (
        sends(START + TUNE + method(0, spec.Connection.Close(530, "NOT_ALLOWED", 0, 0))),
        "may not use vhost `/`",
    ),
    "goodbye": (amqp(sends(method(0, spec.Connection.Close(320, "CONNECTION_FORCED", 0, 0)))), "320 CONNECTION_FORCED"),
}


@pytest.mark.parametrize("name", AMQP)
def test_a_broker_that_holds_up_or_floods_is_left_in_time(name: str) -> None:
    talk, words = AMQP[name]
    with Loopback(talk) as server:
        fault = counted(server, "q")["q"]
    assert isinstance(fault, RabbitFault)
    assert words in fault.message


def test_tables_in_tables_end_in_no_traceback() -> None:
    deep = (conversation.LARGEST - 100) // 7
    table = b"".join(b"\x01aF" + struct.pack(">L", 7 * (deep - 1 - level)) for level in range(deep))
    text = struct.pack(">HHBBL", 10, 10, 0, 9, len(table)) + table
    with Loopback(sends(struct.pack(">BHL", 1, 0, len(text)) + text + b"\xce")) as server:
        fault = counted(server, "q")["q"]
    assert isinstance(fault, RabbitFault)
    assert "a frame that holds no method" in fault.message


def test_a_queue_that_is_missing_leaves_the_others_to_be_counted() -> None:
    gone = method(1, spec.Channel.Close(404, "NOT_FOUND - no queue 'a'", 50, 10))
    rest = method(1, spec.Channel.OpenOk()) + method(1, spec.Queue.DeclareOk("b", 7, 2))
    with Loopback(amqp(sends(BEAT + gone + rest))) as server:
        counts = counted(server, "a", "b", "x" * 256, "")
    missing, found, long, unnamed = counts.values()
    assert isinstance(missing, RabbitFault)
    assert missing.status == 404
    assert found == Counts(7, 2)
    assert isinstance(long, RabbitFault)
    assert "can't be asked for by AMQP" in long.message
    assert isinstance(unnamed, RabbitFault)
