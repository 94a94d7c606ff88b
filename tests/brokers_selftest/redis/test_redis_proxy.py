"""The proxy before the Redis test servers: what it records of commands, and the faults it plays on them."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.brokers.incoming import Incoming
from tests.brokers.redis.protocol import RedisProtocol, RedisRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.brokers.redis.deployment import RedisDeployment


@pytest.fixture
def server(redis_7: RedisDeployment) -> RedisDeployment:
    redis_7.wipe()
    return redis_7


class Client:
    """A connection that sends commands as they are, and nothing of its own."""

    def __init__(self, address: str) -> None:
        host, _, port = address.partition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=1)
        self._incoming, self._protocol = Incoming(self.socket), RedisProtocol(frozenset())

    def send(self, *words: str) -> None:
        texts = [word.encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(texts) + b"".join(b"$%d\r\n%b\r\n" % (len(one), one) for one in texts))

    def told(self) -> bytes:
        return self._protocol.read_reply(self._incoming, RedisRequest((), b"", changes=False))

    def call(self, *words: str) -> bytes:
        self.send(*words)
        return self.told()


@pytest.fixture
def client(server: RedisDeployment) -> Iterator[Client]:
    made = Client(server.proxied_address)
    with made.socket:
        yield made
    server.proxy.reset()
    server.wipe()


ADD = ("XADD", "orders", "*", "a", "1")


def length(server: RedisDeployment) -> int:
    return int(server.nodes[0].admin.call("XLEN", "orders"))


def test_commands_are_recorded_with_what_they_change(client: Client, server: RedisDeployment) -> None:
    group = ("XGROUP", "CREATE", "orders", "billing", "0")
    for words in (ADD, ("XLEN", "orders"), group):
        client.send(*words)
    assert client.told().startswith(b"$")
    assert [client.told(), client.told()] == [b":1\r\n", b"+OK\r\n"]
    assert [request.name for request in server.proxy.recorder.requests] == ["xadd", "xlen", "xgroup|create"]
    assert [request.words for request in server.proxy.mutating()] == [ADD, group]


def test_a_swallowed_reply_hides_what_the_server_did(client: Client, server: RedisDeployment) -> None:
    server.proxy.faults.swallow_reply(2, of="xadd")
    client.call(*ADD)
    with pytest.raises(TimeoutError):
        client.call(*ADD)
    assert client.call("XLEN", "orders") == b":2\r\n"


def test_a_dropped_command_never_reaches_the_server(client: Client, server: RedisDeployment) -> None:
    server.proxy.faults.drop_request()
    with pytest.raises(TimeoutError):
        client.call(*ADD)
    assert client.call("XLEN", "orders") == b":0\r\n"


def test_a_cut_connection_hides_what_the_server_did(client: Client, server: RedisDeployment) -> None:
    server.proxy.faults.cut_after(of="xadd")
    client.send(*ADD)
    assert client.socket.recv(1) == b""
    assert length(server) == 1


def test_a_reset_connection_hides_that_the_server_did_nothing(client: Client, server: RedisDeployment) -> None:
    server.proxy.faults.reset_before(of="xadd")
    with pytest.raises(ConnectionResetError):
        client.call(*ADD)
    assert length(server) == 0


def test_an_answer_of_the_proxy_stands_for_the_servers(client: Client, server: RedisDeployment) -> None:
    busy = b"-LOADING Redis is loading the dataset in memory\r\n"
    server.proxy.faults.answer(busy, of="xadd")
    assert client.call(*ADD) == busy
    assert length(server) == 0


def test_a_delay_is_for_the_commands_it_names(client: Client, server: RedisDeployment) -> None:
    server.proxy.faults.delay(2, of="mutating")
    assert client.call("XLEN", "orders") == b":0\r\n"
    with pytest.raises(TimeoutError):
        client.call(*ADD)


def test_a_black_hole_accepts_and_stays_silent(client: Client, server: RedisDeployment) -> None:
    server.proxy.faults.black_hole()
    with pytest.raises(TimeoutError):
        client.call("PING")
    server.proxy.faults.black_hole(on=False)
    assert client.call("PING") == b"+PONG\r\n"


def test_callbacks_run_at_the_numbered_command_and_reply(client: Client, server: RedisDeployment) -> None:
    seen: list[tuple[str, int, int]] = []
    server.proxy.on_request = lambda number, _: seen.append(("request", number, length(server)))
    server.proxy.on_reply = lambda number, _: seen.append(("reply", number, length(server)))
    client.call(*ADD)
    client.call(*ADD)
    assert seen == [("request", 1, 0), ("reply", 1, 1), ("request", 2, 1), ("reply", 2, 2)]


@pytest.mark.parametrize(
    "reply",
    [
        b"+OK\r\n",
        b"$-1\r\n",
        b"$4\r\na\r\nb\r\n",
        b"*-1\r\n",
        b"*2\r\n*0\r\n$0\r\n\r\n",
        b"%1\r\n+a\r\n*1\r\n:1\r\n",
        b">2\r\n+invalidate\r\n_\r\n=6\r\ntxt:ab\r\n",
    ],
    ids=["text", "null", "bulk", "null-array", "nested", "map", "push-before"],
)
def test_a_reply_is_read_whole_and_no_further(reply: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(reply + b"+NEXT\r\n")
        incoming, protocol = Incoming(ours), RedisProtocol(frozenset())
        asked = RedisRequest(("PING",), b"PING\r\n", changes=False)
        assert protocol.read_reply(incoming, asked) == reply
        assert protocol.read_reply(incoming, asked) == b"+NEXT\r\n"


def test_the_proxy_keeps_its_port_over_restarts(server: RedisDeployment) -> None:
    before = server.proxied_address
    server.restart()
    assert server.proxied_address == before
    again = Client(before)
    with again.socket:
        assert again.call("PING") == b"+PONG\r\n"


def test_an_answer_that_drips_comes_byte_by_byte(client: Client, server: RedisDeployment) -> None:
    server.proxy.faults.drip(0.05)
    client.send("PING")
    parts = [client.socket.recv(64) for _ in range(3)]
    assert [len(part) for part in parts] == [1, 1, 1]
    server.proxy.faults.drip(0)
    assert b"".join(parts) + client.socket.recv(64) == b"+PONG\r\n"
