"""Calls to real servers: names come back as they were, refusals are in the server's words, missing rights are named."""

import time
from collections.abc import Iterator

import pytest
from pydantic import JsonValue

from mqinfra.model.errors import UserError
from mqinfra.providers.base.request import Accepted, Lost, Refused
from mqinfra.providers.rabbitmq.io.client import Answer, Call, Counts, RabbitClient, RabbitFault, to_result
from tests.brokers.rabbitmq.server import RabbitServer
from tests.integration.rabbitmq.provider.opening import SECRET, block_of, client_of, opened
from tests.late import LATE

NAMES = ["a/b", "%2F", "x@y", "with blank", "ünï💥", "a?b#c", "a+b;=&", "~", "..."]


@pytest.fixture
def server(rabbitmq: RabbitServer) -> RabbitServer:
    rabbitmq.wipe()
    return rabbitmq


@pytest.fixture
def client(server: RabbitServer) -> Iterator[RabbitClient]:
    with opened(block_of(server)) as session:
        yield client_of(session)


def test_names_come_back_as_they_were(client: RabbitClient) -> None:
    vhost = "/t est/%@ü"
    [made] = client.serially([Call("PUT", ("vhosts", vhost), body={}, timeout=60)])
    assert isinstance(made, Answer)
    body: JsonValue = {"durable": True, "arguments": {}}
    made_queues = client.send([Call("PUT", ("queues", vhost, name), body=body) for name in NAMES])
    assert [to_result(answer) for answer in made_queues] == [Accepted()] * len(NAMES)
    listed = client.get("queues", vhost, disable_stats="true")
    assert isinstance(listed, list)
    assert sorted(str(queue["name"]) for queue in listed if isinstance(queue, dict)) == sorted(NAMES)
    found = client.lists([Call("GET", ("queues", vhost, name)) for name in NAMES])
    assert [
        answer.body["name"] for answer in found if isinstance(answer, Answer) and isinstance(answer.body, dict)
    ] == (NAMES)
    assert client.counts(vhost, NAMES) == dict.fromkeys(NAMES, Counts(0, 0))
    gone = client.send([Call("DELETE", ("queues", vhost, name)) for name in [*NAMES, "none"]])
    assert [to_result(answer) for answer in gone] == [Accepted()] * len(NAMES) + [Accepted("it was already gone")]


def test_a_binding_is_found_where_the_answer_says(client: RabbitClient) -> None:
    client.serially([Call("PUT", ("queues", "/", "a/b"), body={"durable": True})])
    call = Call("POST", ("bindings", "/", "e", "amq.topic", "q", "a/b"), body={"routing_key": "x/y"})
    [made] = client.send([call])
    assert isinstance(made, Answer)
    assert made.location.rpartition("/")[2] == "x%252Fy"


def test_counts_go_on_after_a_queue_that_is_not_there(client: RabbitClient) -> None:
    client.serially([Call("PUT", ("queues", "/", name), body={"durable": True}) for name in ("a", "b")])
    message: JsonValue = {"properties": {}, "routing_key": "b", "payload": "x", "payload_encoding": "string"}
    client.serially([Call("POST", ("exchanges", "/", "amq.default", "publish"), body=message)])
    counts = client.counts("/", ["none", "a", "", "b"])
    assert (counts["a"], counts["b"]) == (Counts(0, 0), Counts(1, 0))
    missing, nameless = counts["none"], counts[""]
    assert isinstance(missing, RabbitFault)
    assert missing.status == 404
    assert isinstance(nameless, RabbitFault)


def test_rights_that_are_missing_are_named(server: RabbitServer) -> None:
    server.management.call("PUT", "users", "team", body={"password": SECRET, "tags": "management"})
    server.management.call("PUT", "permissions", "/", "team", body={"configure": "^own", "write": "", "read": ""})
    policy: JsonValue = {"pattern": "a", "definition": {"max-length": 1}}
    wanted = [
        (Call("PUT", ("queues", "/", "own.q"), body={"durable": True}), ""),
        (Call("PUT", ("queues", "/", "other"), body={"durable": True}), "needs `configure` on `other` in vhost `/`"),
        (Call("POST", ("bindings", "/", "e", "amq.topic", "q", "own.q"), body={}), "needs `write` on `own.q`"),
        (Call("PUT", ("policies", "/", "p"), body=policy), "needs the tag `policymaker`"),
        (Call("PUT", ("vhosts", "/new"), body={}), "needs the tag `administrator`"),
    ]
    with opened(block_of(server), "team", SECRET) as session:
        client = client_of(session)
        results = [to_result(answer) for answer in client.serially([call for call, _ in wanted])]
        denied = client.get("users")
        [nowhere] = client.send([Call("PUT", ("queues", "/none", "q"), body={"durable": True})])
    for result, (_, words) in zip(results, wanted, strict=True):
        assert isinstance(result, Refused if words else Accepted), result
        assert words in str(result)
    assert isinstance(denied, RabbitFault)
    assert denied.denied
    assert isinstance(to_result(nowhere), Refused)


def test_what_the_server_refuses_is_in_its_words(client: RabbitClient) -> None:
    body: JsonValue = {"durable": True, "arguments": {"x-max-length": 10}}
    client.serially([Call("PUT", ("queues", "/", "q"), body=body)])
    other: JsonValue = {"durable": True, "arguments": {"x-max-length": 11}}
    [answer] = client.serially([Call("PUT", ("queues", "/", "q"), body=other)])
    assert isinstance(answer, RabbitFault)
    assert answer.status == 400
    assert "inequivalent arg 'x-max-length' for queue 'q' in vhost '/'" in answer.message


def test_a_server_that_goes_silent_under_a_write_loses_it(server: RabbitServer) -> None:
    with opened(block_of(server), timeout=1) as session:
        client = client_of(session)
        server.pause()
        time.sleep(0.1)  # threads of it that are at work stop a moment later
        try:
            [answer] = client.send([Call("PUT", ("queues", "/", "q"), body={"durable": True})])
            started = time.monotonic()
            with pytest.raises(UserError, match="does not answer"):
                client.get("queues")
            assert time.monotonic() - started < 1 + LATE
        finally:
            server.resume()
    assert isinstance(to_result(answer), Lost)
