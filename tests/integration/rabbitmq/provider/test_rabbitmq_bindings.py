"""Bindings: named by what they say, made once, and unbound by exactly that name."""

from typing import Any

import pytest

from mqinfra.model.address import Address, Pairs
from mqinfra.model.change import Action
from mqinfra.model.errors import UserError
from mqinfra.model.event import Outcome
from tests.brokers.rabbitmq.management import Refused
from tests.integration.rabbitmq.provider.conftest import Topology

EXCHANGES: dict[str, Any] = {
    "orders": {"type": "topic"},
    "by.header": {"type": "headers"},
    "a/b %~": {"type": "direct"},
    "archive": {"type": "fanout"},
}
QUEUES: dict[str, Any] = {"jobs": {}, "ünï/%2F@ ~": {}}
KEYS = ("", "#", "order.*.paid", "a~b", "~", "a%7Eb", "with blank", "é/%@=,", "a\nb", "x" * 255)
ARGUMENTS: tuple[dict[str, Any], ...] = (
    {"x-match": "all", "number": 1},
    {"x-match": "all", "number": 1.0},
    {"x-match": "all", "number": "1"},
    {"x-match": "any", "yes": True, "list": [1, "1", {"deep": 1.5}], "text": "ü/~,="},
)


def everything() -> list[dict[str, Any]]:
    return [
        *({"exchange": "orders", "queue": "jobs", "routingKey": key} for key in KEYS),
        *({"exchange": "by.header", "queue": "jobs", "arguments": some} for some in ARGUMENTS),
        {"exchange": "a/b %~", "queue": "ünï/%2F@ ~", "routingKey": "k"},
        {"exchange": "orders", "toExchange": "archive", "routingKey": "#"},
        {"exchange": "amq.topic", "queue": "jobs", "routingKey": "k"},
        {"exchange": "orders", "queue": "jobs", "routingKey": "k", "arguments": {"x": 1}},
        {"exchange": "orders", "queue": "jobs", "routingKey": "k"},
    ]


def rows(shop: Topology) -> list[dict[str, Any]]:
    return [row for row in shop.get("bindings") if row["source"]]


def make_all(shop: Topology) -> Topology:
    shop.declare(exchanges=EXCHANGES, queues=QUEUES, bindings=everything()).converge()
    return shop


def test_bindings_of_any_key_and_arguments_are_made_and_undone_one_by_one(shop: Topology) -> None:
    make_all(shop)
    assert len(rows(shop)) == len(everything())
    addresses = [shop.binding(**entry) for entry in everything()]
    assert len(set(addresses)) == len(addresses)
    kept, gone = addresses[::2], addresses[1::2]
    shop.remove(*gone).converge()
    with shop.session() as session:
        found = session.read({"bindings": None}).resources
    assert set(found) == set(kept)
    shop.remove(*kept).converge()
    assert rows(shop) == []


def test_what_the_server_lists_is_what_was_declared(shop: Topology) -> None:
    make_all(shop)
    with shop.session() as session:
        found = session.read({"bindings": sorted(shop.declared)}).resources
    for address, live in found.items():
        if address.kind == "bindings":
            assert live.spec.to_json() == shop.declared[address].spec.to_json()


def test_few_bindings_are_looked_at_as_many_are(shop: Topology) -> None:
    make_all(shop)
    wanted = sorted(address for address in shop.declared if address.kind == "bindings")
    absent = shop.binding(exchange="orders", queue="jobs", routingKey="never")
    with shop.session() as session:
        whole = session.read({"bindings": wanted}).resources
        others = [Address(absent.cluster, absent.kind, absent.path, _keyed(absent, n)) for n in range(30)]
        many = session.look({"bindings": [*wanted, *others]})
        assert whole == many.resources
        assert whole == {
            address: live for one in wanted for address, live in session.look({"bindings": [one]}).resources.items()
        }
        assert not session.look({"bindings": [absent]}).resources


def _keyed(address: Address, number: int) -> Pairs:
    return tuple((key, f"{value}{number}" if key == "routingKey" else value) for key, value in address.pairs)


def test_a_binding_that_was_undone_by_hand_comes_back(shop: Topology) -> None:
    make_all(shop)
    entry = {"exchange": "by.header", "queue": "jobs", "arguments": ARGUMENTS[1]}
    with shop.channel() as channel:
        channel.queue_unbind("jobs", "orders", "a~b")
    assert shop.change().address == shop.binding(exchange="orders", queue="jobs", routingKey="a~b")
    shop.converge()
    address = shop.binding(**entry)
    shop.remove(address).converge()
    make_all(shop)
    with shop.session() as session:
        assert address in session.read({"bindings": None}).resources


def test_bindings_that_nobody_declared_are_seen_and_left_alone(shop: Topology) -> None:
    make_all(shop)
    with shop.channel() as channel:
        channel.queue_bind("jobs", "orders", "stray")
    assert shop.plan().changes == ()
    with shop.session() as session:
        reading = session.read({"bindings": [shop.binding(exchange="orders", queue="jobs", routingKey="#")]})
    assert len(reading.resources) == 1
    assert shop.binding(exchange="orders", queue="jobs", routingKey="stray") in reading.neighbours
    assert all(dict(address.pairs)["exchange"] for address in reading.neighbours)


def test_a_binding_that_is_gone_is_gone(shop: Topology) -> None:
    make_all(shop)
    address = shop.binding(exchange="orders", queue="jobs", routingKey="a~b")
    plan = shop.remove(address).plan()
    assert [change.action for change in plan.changes] == [Action.DELETE]
    with shop.session() as session:
        [request] = session.requests(plan.changes)
        first, second = session.send(request), session.send(request)
    assert getattr(first[address], "note", None) == ""
    assert getattr(second[address], "note", None) == "it was already gone"


def test_a_binding_goes_before_its_queue_and_exchange_and_comes_after_them(shop: Topology) -> None:
    entry = {"exchange": "orders", "queue": "jobs", "routingKey": "k"}
    shop.declare(exchanges={"orders": {"type": "topic"}}, queues={"jobs": {}}, bindings=[entry])
    address, ends = shop.binding(**entry), {shop.address("exchanges", "orders"), shop.address("queues", "jobs")}
    assert {change.address: set(change.needs) for change in shop.plan().changes}[address] == ends
    shop.converge()
    shop.remove(*ends, address)
    shop.converge()
    assert rows(shop) == []


def test_a_tilde_in_the_key_beside_arguments_is_refused_before_it_breaks_the_server(shop: Topology) -> None:
    entry = {"exchange": "orders", "queue": "jobs", "routingKey": "a~b", "arguments": {"x": 1}}
    shop.declare(exchanges=EXCHANGES, queues=QUEUES, bindings=[entry])
    plan = shop.plan()
    blocked = [change for change in plan.changes if change.blocked_by]
    assert [change.address.kind for change in blocked] == ["bindings"]
    assert any("fail to list bindings" in found.message for found in plan.diagnostics)


def test_a_list_that_somebody_broke_says_why_and_how_to_heal_it(shop: Topology) -> None:
    """What the rule above prevents: any client can still do it by AMQP."""
    make_all(shop)
    with shop.channel() as channel:
        channel.queue_bind("jobs", "orders", "a~b", {"x": 1})
        try:
            with pytest.raises(Refused) as refused:
                shop.get("bindings")
            assert refused.value.status == 500
            with shop.session() as session, pytest.raises(UserError) as raised:
                session.read({"bindings": [shop.binding(exchange="orders", queue="jobs", routingKey="#")]})
        finally:
            channel.queue_unbind("jobs", "orders", "a~b", {"x": 1})
    [found] = raised.value.diagnostics
    assert "`~` in its routing key" in " ".join(found.help)
    assert "queue_unbind" in " ".join(found.help)
    assert shop.plan().changes == ()


def test_a_plan_of_many_reads_lists_only(shop: Topology) -> None:
    queues: dict[str, Any] = {f"q{number}": {} for number in range(1_000)}
    bindings = [
        {"exchange": "orders", "queue": f"q{number}", "routingKey": key} for number in range(1_000) for key in "ab"
    ]
    policies = {"limits": {"pattern": "^q", "definition": {"max-length": 10}}}
    shop.declare(exchanges={"orders": {"type": "topic"}}, queues=queues, bindings=bindings, policies=policies)
    plan = shop.plan()
    assert len(plan.changes) == 3_002
    assert {result.outcome for result in shop.apply(plan).results} == {Outcome.APPLIED}
    shop.server.proxy.recorder.requests.clear()
    assert shop.plan(proxied=True).changes == ()
    asked = [str(request).partition("?")[0] for request in shop.server.proxy.recorder.requests]
    lists = [path for path in asked if "%2Fshop" in path]
    assert sorted(set(lists)) == [
        f"GET /api/{kind}/%2Fshop" for kind in ("bindings", "exchanges", "operator-policies", "policies", "queues")
    ]
    assert len(lists) <= 6
    assert len(asked) <= 14  # from 3.13 one more is asked: for what is deprecated
