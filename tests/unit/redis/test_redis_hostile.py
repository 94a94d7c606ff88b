"""Servers that mean harm: they hold a client up, flood it, nest without end, or send its password elsewhere."""

import socket
import time
import tracemalloc
from typing import Any

import pytest

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.connecting.bounded import FloodError
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.redis.api import resp, stream_calls
from mqinfra.providers.redis.api.connection import RedisConnection
from mqinfra.providers.redis.api.resp import Replies
from tests.late import LATE
from tests.loopback import Loopback, Talk, drips, floods
from tests.unit.redis.fake import MASTER, FakeRedis, bulk, texts

SECRET = "planted-secret-of-the-deployer"
PASSWORD = {"env": "DEPLOYER"}


def secrets(_: SecretRef) -> SecretValue:
    return SecretValue(SECRET)


def refused(block: dict[str, Any], *, timeout: float = 1.0) -> Diagnostic:
    """The finding with which opening a session ends, in time."""
    started = time.monotonic()
    with pytest.raises(UserError) as error, opened(block, timeout=timeout):
        pass
    assert time.monotonic() - started < timeout + LATE
    [found] = error.value.diagnostics
    assert found.help
    return found


def opened(block: dict[str, Any], *, timeout: float = 1.0) -> Any:
    connection = RedisConnection.model_validate(block)
    return installed().providers["redis"].connect(Cluster("redis", connection), secrets, timeout)


HOSTILE: dict[str, tuple[Talk, str]] = {
    "a line by bytes": (drips(b"+" + b"x" * 10_000), "does not answer"),
    "a text by bytes": (drips(b"$90000\r\nrole:master"), "does not answer"),
    "a list by bytes": (drips(b"*90000\r\n" + b":1\r\n" * 1_000, 0.05), "does not answer"),
    "a long text": (floods(b"$3000000000\r\n"), "does not answer like Redis: an answer of more than 256 MiB"),
    "less than nothing": (floods(b"$-7\r\n"), "does not answer like Redis: a text of less than nothing"),
    "a long list": (floods(b"*1000000000\r\n", b":1\r\n" * 2**16), "does not answer like Redis: an answer of more"),
    "a long line": (floods(b"+"), "does not answer like Redis: a line that does not end"),
    "lists in lists": (floods(b"", b"*1\r\n" * 2**16), "does not answer like Redis: lists in lists"),
    "no number": (floods(b":1_0\r\n"), "does not answer like Redis: something else where a number belongs"),
    "another length": (floods(b"$1\r\nabc"), "does not answer like Redis: a text of another length than it says"),
    "a web server": (floods(b"HTTP/1.1 400 Bad Request\r\n"), "does not answer like Redis: a reply of no kind"),
    "a full server": (floods(b"-ERR max number of clients reached\r\n"), "refuses to serve: ERR max number of clients"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_server_that_holds_up_or_floods_is_left_in_time(name: str) -> None:
    talk, words = HOSTILE[name]
    with Loopback(talk) as server:
        assert words in refused({"nodes": [server.address]}).message


def test_many_small_values_count_with_what_they_take_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resp, "LARGEST", 2**20)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"*15000\r\n" + b"*0\r\n" * 15_000 + b"*17000\r\n")
        replies = Replies(ours)
        tracemalloc.start()
        try:
            assert replies.receive(time.monotonic() + 5) == [[]] * 15_000
            assert tracemalloc.get_traced_memory()[1] < 2 * 2**20
        finally:
            tracemalloc.stop()
        with pytest.raises(FloodError):
            replies.receive(time.monotonic() + 5)


def test_one_deadline_is_for_all_answers_to_a_pipeline() -> None:
    def late(_: tuple[str, ...]) -> bytes:
        time.sleep(0.3)
        return b"+none\r\n"

    with FakeRedis({"TYPE": late}) as server, opened({"nodes": [server.address]}) as session:
        node = session._client.nodes[0]
        started = time.monotonic()
        replies = node.send([("TYPE", str(number)) for number in range(50)])
        assert time.monotonic() - started < 1.0 + LATE
    assert replies[:2] == ["none", "none"]
    assert all(reply.lost for reply in replies[4:])


def test_a_scan_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = iter(range(1, 10**9))

    def page(_: tuple[str, ...]) -> bytes:
        return b"*2\r\n" + bulk(str(next(pages))) + texts()

    monkeypatch.setattr(stream_calls, "_PAGES", 20)
    with (
        FakeRedis({"SCAN": page}) as server,
        opened({"nodes": [server.address]}) as session,
        pytest.raises(UserError, match="the list of keys does not end"),
    ):
        session.read({"streams": None})


def announcing(address: str) -> FakeRedis:
    host, _, port = address.rpartition(":")
    return FakeRedis({"INFO": bulk(MASTER + f"slave0:ip={host},port={port},state=online\r\n")})


def cluster_of(*nodes: str, **answers: bytes) -> FakeRedis:
    """A Cluster with these nodes besides itself."""
    table = [f"{'a' * 40} 127.0.0.1:1@2 myself,master - 0 0 1 connected 0-8000"]
    table += [f"{'b' * 40} {address}@2 master - 0 0 1 connected 8001-16383" for address in nodes]
    return FakeRedis(
        {
            "INFO": bulk("cluster_enabled:1\r\nredis_version:7.0.15\r\n"),
            "CLUSTER INFO": bulk("cluster_state:ok\r\n"),
            "CLUSTER NODES": bulk("\n".join(table)),
            **answers,
        }
    )


ELSEWHERE = "203.0.113.7:6379"
"""An address that leads nowhere (RFC 5737)."""


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that is connected to."""
    some: list[str] = []
    original = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        some.append(address[0])
        original(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return some


def test_no_password_goes_to_an_announced_replica_in_plain_text(dialled: list[str]) -> None:
    with announcing(ELSEWHERE) as server, opened({"nodes": [server.address], "password": PASSWORD}) as session:
        assert "anyone can read it" in session._client.unreached[ELSEWHERE]
    assert set(dialled) == {"127.0.0.1"}


def test_no_password_goes_to_an_announced_node_in_plain_text(dialled: list[str]) -> None:
    with cluster_of(ELSEWHERE) as server:
        found = refused({"nodes": [server.address], "password": PASSWORD})
    assert (found.code, "anyone can read it" in found.message) == ("MQ770", True)
    assert set(dialled) == {"127.0.0.1"}


def test_no_password_goes_to_an_announced_master_in_plain_text(dialled: list[str]) -> None:
    with FakeRedis({"SENTINEL": texts(*ELSEWHERE.split(":"))}) as server:
        found = refused({"sentinel": {"service": "main", "nodes": [server.address]}, "password": PASSWORD})
    assert (found.code, "anyone can read it" in found.message) == ("MQ770", True)
    assert set(dialled) == {"127.0.0.1"}


def test_a_moved_slot_leads_to_no_new_address(dialled: list[str]) -> None:
    moved = f"-MOVED 1 {ELSEWHERE}\r\n".encode()
    with cluster_of(XINFO=moved) as server, opened({"nodes": [server.address], "password": PASSWORD}) as session:
        [reply] = session._client.keyed([("orders", [("XINFO", "STREAM", "orders")])])
    assert reply[0].message == "the slot keeps moving"
    assert set(dialled) == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("announced", "commands"),
    [([], 0), (["localhost"], 0), (["127.0.0.1:1"], 0), (["127.0.0.*"], 6), (["10.0.0.1", "127.0.0.1"], 6)],
)
def test_announced_addresses_may_be_listed(announced: list[str], commands: int) -> None:
    with FakeRedis() as replica, announcing(replica.address) as server:
        block = {"nodes": [server.address], "password": PASSWORD, "announced": announced}
        with opened(block) as session:
            unreached = session._client.unreached
    assert len(replica.heard) == commands
    assert ("`announced` does not list it" in str(unreached)) is (commands == 0)


@pytest.mark.parametrize("address", ["nowhere:0", "a..b:1", "x" * 300 + ":1", "u:p@h:1", ":1", "h:99999"])
def test_what_is_announced_and_is_no_address_is_not_tried(address: str, dialled: list[str]) -> None:
    with announcing(address) as server, opened({"nodes": [server.address]}) as session:
        assert all("not a valid address" in text for text in session._client.unreached.values())
        assert session._client.unreached
    assert set(dialled) == {"127.0.0.1"}
