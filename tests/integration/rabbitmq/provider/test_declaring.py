"""Declaring much by AMQP on real servers: what is made is what HTTP makes, and what AMQP leaves HTTP settles."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
from pydantic import JsonValue

from mqinfra.model.record import Owner
from mqinfra.providers.base.request import Accepted
from mqinfra.providers.rabbitmq.api.declaring import Declarer
from mqinfra.providers.rabbitmq.io.client import MANY, Call, RabbitClient, to_result
from mqinfra.providers.rabbitmq.records.lock import queue_lock
from tests.brokers.ports import free_ports
from tests.brokers.rabbitmq.server import RabbitServer
from tests.integration.rabbitmq.provider.opening import SECRET, block_of, client_of, opened
from tests.integration.rabbitmq.provider.test_rabbitmq_bindings import EXCHANGES, KEYS

ARGUMENTS: tuple[dict[str, JsonValue], ...] = (
    {"x-match": "all", "number": 1},
    {"x-match": "all", "number": 2**40},
    {"x-match": "all", "number": "1"},
    {"x-match": "any", "yes": True, "list": [1, "1", {"deep": 2}], "text": "ü/~,="},
)
USUAL: dict[str, JsonValue] = {"durable": True, "auto_delete": False}
QUEUES: dict[str, dict[str, JsonValue]] = {
    "jobs": {},
    "ünï/%2F@ ~": {"x-message-ttl": 60_000, "x-max-length": 2**33, "x-dead-letter-exchange": ""},
    "held": {"x-queue-type": "quorum", "x-delivery-limit": 5},
}


@pytest.fixture
def server(rabbitmq: RabbitServer) -> RabbitServer:
    rabbitmq.wipe()
    for vhost in ("by/http", "by/amqp"):
        rabbitmq.management.call("PUT", "vhosts", vhost, body={})
    return rabbitmq


def under_a_lock(client: RabbitClient) -> AbstractContextManager[object]:
    return queue_lock(client, Owner("shop", "it"), "ann@laptop", 0)


@pytest.fixture
def client(server: RabbitServer) -> Iterator[RabbitClient]:
    with opened(block_of(server)) as session:
        yield client_of(session)


def everything(vhost: str) -> list[Call]:
    """Exchanges, queues and bindings of all sorts, in an order in which each finds what it needs."""
    exchanges = [
        Call(
            "PUT",
            ("exchanges", vhost, name),
            body={**USUAL, "type": entry["type"], "internal": name == "archive", "arguments": {}},
        )
        for name, entry in EXCHANGES.items()
    ]
    queues = [
        Call("PUT", ("queues", vhost, name), body={**USUAL, "arguments": arguments})
        for name, arguments in QUEUES.items()
    ]
    return [*exchanges, *queues, *bindings(vhost)]


def bindings(vhost: str) -> list[Call]:
    ends: list[tuple[str, str, str, str, JsonValue]] = [
        *(("orders", "q", "jobs", key, {}) for key in KEYS),
        *(("by.header", "q", "jobs", "", some) for some in ARGUMENTS),
        ("a/b %~", "q", "ünï/%2F@ ~", "k", {}),
        ("orders", "e", "archive", "#", {}),
        ("amq.topic", "q", "jobs", "k", {}),
        ("orders", "q", "jobs", "k", {"x": 1}),
    ]
    return [
        Call("POST", ("bindings", vhost, "e", source, kind, target), body={"routing_key": key, "arguments": arguments})
        for source, kind, target, key, arguments in ends
    ]


def listed(client: RabbitClient, vhost: str) -> dict[str, list[Any]]:
    """What a vhost has, as the server lists it."""
    columns: dict[str, tuple[str, ...]] = {
        "exchanges": ("name", "type", "durable", "auto_delete", "internal", "arguments"),
        "queues": ("name", "durable", "auto_delete", "arguments"),
        "bindings": ("source", "destination", "destination_type", "routing_key", "arguments", "properties_key"),
    }
    found: dict[str, list[Any]] = {}
    for kind, names in columns.items():
        rows = client.get(kind, vhost)
        assert isinstance(rows, list)
        found[kind] = sorted(
            (repr([row[name] for name in names]) for row in rows if isinstance(row, dict)),
        )
    return found


def test_what_is_declared_by_amqp_is_what_http_declares(client: RabbitClient) -> None:
    calls = everything("by/amqp")
    declarer = Declarer(client.broker, 4)
    for call in calls:  # one by one, as each rests on those before it
        assert declarer.declared([call]) == {0}, call
    answers = client.serially(everything("by/http"))
    assert [to_result(answer) for answer in answers] == [Accepted()] * len(calls)
    assert listed(client, "by/amqp") == listed(client, "by/http")
    assert [declarer.declared([call]) for call in calls] == [frozenset({0})] * len(calls)
    declarer.close()


def queues(number: int, vhost: str = "by/amqp") -> list[Call]:
    return [Call("PUT", ("queues", vhost, f"q{place:04d}"), body={**USUAL, "arguments": {}}) for place in range(number)]


def test_what_is_refused_among_many_is_refused_in_https_words_and_all_else_is_done(server: RabbitServer) -> None:
    calls = queues(MANY + 100)
    with opened({**block_of(server), "url": server.proxied_url}) as session:
        client = client_of(session)
        client.serially([replace(calls[7], body={**USUAL, "arguments": {"x-max-length": 1}})])
        calls[300] = replace(calls[300], segments=("queues", "by/amqp", "amq.mine"))
        server.proxy.reset()
        with under_a_lock(client):
            results = [to_result(answer) for answer in client.declare(calls)]
    refused = {place: str(result) for place, result in enumerate(results) if result != Accepted()}
    assert list(refused) == [7, 300]
    assert "inequivalent arg 'x-max-length' for queue 'q0007'" in refused[7]
    assert "names that begin with `amq.` are the server's own" in refused[300]
    assert len(server.management.get("queues", "by/amqp")) == len(calls) - 1
    by_http = len(server.proxy.mutating())
    assert 2 <= by_http <= 100  # those that came after a refusal on a channel, and the refused


def test_bindings_are_declared_by_amqp_too(server: RabbitServer) -> None:
    with opened({**block_of(server), "url": server.proxied_url}) as session:
        client = client_of(session)
        client.declare(queues(1))
        server.proxy.reset()
        calls = [
            Call(
                "POST",
                ("bindings", "by/amqp", "e", "amq.topic", "q", "q0000"),
                body={"routing_key": f"k{place}", "arguments": {}},
            )
            for place in range(MANY)
        ]
        with under_a_lock(client):
            assert [to_result(answer) for answer in client.declare(calls)] == [Accepted()] * MANY
        assert server.proxy.mutating() == []
    assert len([row for row in server.management.get("bindings", "by/amqp") if row["source"]]) == MANY


def test_who_may_declare_only_some_gets_those(server: RabbitServer) -> None:
    server.management.call("PUT", "users", "team", body={"password": SECRET, "tags": "management"})
    rights = {"configure": "^q0[0-4]|^mqinfra", "write": "", "read": "^mqinfra"}
    server.management.call("PUT", "permissions", "by/amqp", "team", body=rights)
    with opened(block_of(server), "team", SECRET) as session:
        client = client_of(session)
        client.broker = replace(client.broker, lock_vhost="by/amqp")
        with under_a_lock(client):
            results = [to_result(answer) for answer in client.declare(queues(MANY + 20))]
    assert results[:MANY] == [Accepted()] * MANY
    assert all("needs `configure` on `q05" in str(result) for result in results[MANY:])
    assert len(results) == MANY + 20


def test_where_amqp_is_out_of_reach_http_declares_all(client: RabbitClient, server: RabbitServer) -> None:
    [port] = free_ports(1)
    with under_a_lock(client):
        client.broker = replace(client.broker, port=port, others=())
        assert [to_result(answer) for answer in client.declare(queues(MANY))] == [Accepted()] * MANY
    assert len(server.management.get("queues", "by/amqp")) == MANY


def test_without_a_lock_that_the_management_api_shows_http_declares_all(server: RabbitServer) -> None:
    with opened({**block_of(server), "url": server.proxied_url}) as session:
        client = client_of(session)
        server.proxy.reset()
        assert [to_result(answer) for answer in client.declare(queues(MANY))] == [Accepted()] * MANY
        assert len(server.proxy.mutating()) == MANY
        with under_a_lock(client):
            # As if the management API were that of another deployment, which has no such queue.
            client.lock_is_seen = lambda: False
            client.declare(queues(MANY))
        assert len(server.proxy.mutating()) == 2 * MANY


def test_what_amqp_can_not_say_http_answers_for(client: RabbitClient) -> None:
    long = "x" * 256
    huge: JsonValue = {**USUAL, "arguments": {"x-max-length": 2**64}}
    half: JsonValue = {"routing_key": "", "arguments": {"number": 1.5}}
    calls = [
        Call("PUT", ("queues", "by/amqp", long), body={**USUAL, "arguments": {}}),
        Call("PUT", ("queues", "by/amqp", "huge"), body=huge),
        Call("POST", ("bindings", "by/amqp", "e", "amq.headers", "q", "jobs"), body=half),
        Call("PUT", ("queues", "by/amqp", ".."), body={**USUAL, "arguments": {}}),
        Call("PUT", ("queues", "by/amqp", ""), body={**USUAL, "arguments": {}}),
        Call("DELETE", ("queues", "by/amqp", "q0000")),
        Call("PUT", ("vhosts", "new"), body={}),
    ]
    assert Declarer(client.broker, 4).declared(calls) == frozenset()
