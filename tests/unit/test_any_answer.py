"""Whatever a server answers, a client ends in time, with a value or a finding: random bytes, random values, and halves.

The examples are the same on every machine, and few; `--hypothesis-profile=explore` looks for more.
"""

import json
import socket
import struct
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pika import frame, spec

from mqinfra.model.errors import UserError
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.base.session import Session
from mqinfra.providers.kafka.api.advertised import advertised
from mqinfra.providers.rabbitmq.api.amqp import Broker
from mqinfra.providers.rabbitmq.api.call import Answer, Call, Counts, RabbitFault
from mqinfra.providers.rabbitmq.api.http import Http
from tests.late import LATE
from tests.loopback import Loopback
from tests.unit.redis.fake import MASTER, FakeRedis, bulk

TIMEOUT = 0.4
EXAMPLES = 50
few = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


class Parrot(Loopback):
    """Says the same whatever it hears, and hangs up after it.

    Attributes:
        says: what it says.
    """

    def __init__(self) -> None:
        self.says = b""
        super().__init__(self._say)

    def _say(self, connection: socket.socket) -> None:
        connection.recv(2**16)
        connection.sendall(self.says)


@pytest.fixture(scope="module")
def parrot() -> Iterator[Parrot]:
    with Parrot() as server:
        yield server


def cut(whole: bytes) -> st.SearchStrategy[bytes]:
    """A whole, or its beginning, or with a byte changed."""
    beginnings = st.integers(0, len(whole)).map(lambda end: whole[:end])
    changed = st.tuples(st.integers(0, max(0, len(whole) - 1)), st.binary(min_size=1, max_size=1)).map(
        lambda change: whole[: change[0]] + change[1] + whole[change[0] + 1 :]
    )
    return st.just(whole) | beginnings | changed


def secrets(_: SecretRef) -> SecretValue:
    return SecretValue("planted-secret-of-the-deployer")


def findings_of(work: Callable[[], object]) -> bool:
    """Do something, and tell whether it ended in findings; each says where it is from."""
    try:
        work()
    except UserError as error:
        unplaced = [found for found in error.diagnostics if not found.message or not found.address]
        if unplaced:
            pytest.fail(f"findings that say nothing: {unplaced}")
        return True
    return False


def read_all(broker: str, block: dict[str, Any]) -> bool:
    """Open a session and read every kind, in time; False where there is no session."""
    provider = installed().providers[broker]
    cluster = Cluster(broker, provider.connection.model_validate({"type": broker, **block}))
    sessions: list[Session] = []
    started = time.monotonic()
    if findings_of(lambda: sessions.append(provider.connect(cluster, secrets, TIMEOUT))):
        assert time.monotonic() - started < TIMEOUT + LATE
        return False
    with sessions[0] as session:
        for kind in session.kinds:
            started = time.monotonic()
            findings_of(partial(session.read, {kind: None}))
            assert time.monotonic() - started < TIMEOUT + LATE
    return True


def resp(value: Any) -> bytes:
    """A value as RESP2, errors for texts that begin with a capital now and then."""
    if value is None:
        return b"$-1\r\n"
    if isinstance(value, int):
        return b":%d\r\n" % value
    if isinstance(value, str):
        return bulk(value)
    items = value if isinstance(value, list) else [item for pair in value.items() for item in pair]
    return b"*%d\r\n%b" % (len(items), b"".join(map(resp, items)))


@few
@given(answers=st.lists(st.binary(max_size=40) | VALUES.map(resp).flatmap(cut), min_size=1, max_size=6))
def test_any_answers_of_redis(answers: list[bytes]) -> None:
    turn = iter(answers)
    said: dict[str, Any] = {"": lambda _: next(turn, b"-ERR no more\r\n"), "INFO": bulk(MASTER)}
    with FakeRedis() as server:
        server.answers = said
        read_all("redis", {"nodes": [server.address]})


@few
@given(answer=st.binary(max_size=60) | VALUES.map(resp).flatmap(cut) | cut(bulk(MASTER)))
def test_any_first_answer_of_redis(parrot: Parrot, answer: bytes) -> None:
    parrot.says = answer
    assert read_all("redis", {"nodes": [parrot.address], "password": {"env": "P"}}) is False


PAGE = b"HTTP/1.1 %d Any\r\nserver: Cowboy\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"


def page(status: int, value: Any) -> bytes:
    text = json.dumps(value).encode()
    return PAGE % (status, len(text), text)


PAGES = st.builds(page, st.sampled_from([200, 201, 204, 301, 400, 401, 404, 500, 503, 599]), VALUES)


@few
@given(answer=st.binary(max_size=60) | PAGES.flatmap(cut), method=st.sampled_from(["GET", "PUT", "DELETE"]))
def test_any_answer_over_http(parrot: Parrot, answer: bytes, method: str) -> None:
    parrot.says = answer
    http = Http(f"http://{parrot.address}", ("u", "p"), None, width=1, where="it", timeout=TIMEOUT)
    try:
        assert isinstance(http.call(Call(method, ("queues",))), Answer | RabbitFault)
    finally:
        http.close()


NAMES = ["name", "vhost", "user", "type", "arguments", "tags", "source", "destination", "destination_type", "durable"]
NAMES += ["routing_key", "properties_key", "pattern", "definition", "value", "component", "configure", "password_hash"]
ROWS = st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES | TEXTS, max_size=len(NAMES)), max_size=3)


@few
@given(values=st.lists(VALUES | ROWS, min_size=1, max_size=20))
def test_any_values_of_a_management_api(values: list[Any]) -> None:
    turn = iter(values)
    known = {
        "whoami": {"name": "guest", "tags": ["administrator"]},
        "overview": {"rabbitmq_version": "3.10.8", "cluster_name": "it"},
        "nodes": [{"name": "a", "running": True}],
    }

    def talk(connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            while line := stream.readline().decode():
                while stream.readline().strip():
                    pass
                path = line.split(" ")[1].removeprefix("/api/").partition("?")[0]
                connection.sendall(page(200, known[path] if path in known else next(turn, [])))

    with Loopback(talk) as server:
        block = {"url": f"http://{server.address}", "username": "guest", "password": {"env": "P"}}
        read_all("rabbitmq", block)


METHODS = [
    spec.Connection.Start(0, 9, {"product": "RabbitMQ", "deep": {"a": [1, "b"]}}, "PLAIN", "en_US"),
    spec.Connection.Tune(10, 0, 60),
    spec.Connection.OpenOk(),
    spec.Channel.OpenOk(),
    spec.Queue.DeclareOk("q", 1, 2),
    spec.Connection.Close(320, "CONNECTION_FORCED", 0, 0),
]
FRAMES = st.builds(
    lambda channel, method: bytes(frame.Method(channel, method).marshal()),
    st.integers(0, 2),
    st.sampled_from(METHODS),
)
GREETING = b"".join(bytes(frame.Method(int(n == 3), one).marshal()) for n, one in enumerate(METHODS[:4]))
RAW = st.binary(max_size=30).map(lambda data: struct.pack(">BHL", 1, 0, len(data)) + data + b"\xce")


@few
@given(answer=st.binary(max_size=60) | RAW | st.lists(FRAMES, max_size=5).map(b"".join).flatmap(cut) | cut(GREETING))
def test_any_answer_over_amqp(parrot: Parrot, answer: bytes) -> None:
    parrot.says = answer
    started = time.monotonic()
    counts = Broker("127.0.0.1", parrot.port, None, ("u", "p"), "it", TIMEOUT).count("/", ["q"])
    assert isinstance(counts["q"], Counts | RabbitFault)
    assert time.monotonic() - started < 2 * TIMEOUT + LATE


LISTENERS = b"".join(
    struct.pack(">i", len(body)) + body
    for body in (
        struct.pack(">ihi", 17, 0, 0),
        struct.pack(">ihhi", 36, 0, -1, 0),
        struct.pack(">iiih1sih", 3, 1, 1, 1, b"h", 9092, -1),
    )
)


@few
@given(answer=st.binary(max_size=60) | cut(LISTENERS))
def test_any_answer_of_kafka_about_its_listeners(parrot: Parrot, answer: bytes) -> None:
    parrot.says = answer
    started = time.monotonic()
    assert isinstance(advertised([parrot.address], ("u", "p"), TIMEOUT), list)
    assert time.monotonic() - started < TIMEOUT + LATE


@settings(max_examples=6)
@given(answer=st.binary(max_size=60).map(lambda data: struct.pack(">i", len(data)) + data) | st.binary(max_size=40))
def test_any_first_answer_of_kafka(answer: bytes) -> None:
    with Parrot() as server:
        server.says = answer
        assert read_all("kafka", {"bootstrap": [server.address]}) is False
