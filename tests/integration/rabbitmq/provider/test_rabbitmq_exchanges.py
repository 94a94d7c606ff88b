"""Exchanges: made as declared, never changed, and deleted with a word on the bindings that go too."""

from typing import Any

import pytest

from mqinfra.engine import codes
from mqinfra.model.change import Action, CostKind
from mqinfra.model.declaration import Lifecycle
from tests.integration.rabbitmq.provider.conftest import Topology
from tests.integration.rabbitmq.provider.test_rabbitmq_queues import NAMES


def live(shop: Topology, name: str) -> dict[str, Any]:
    row: dict[str, Any] = shop.get("exchanges", name)
    return {key: row[key] for key in ("type", "durable", "auto_delete", "internal", "arguments")}


def test_exchanges_of_all_types_are_made_as_declared(shop: Topology) -> None:
    shop.declare(
        exchanges={
            "direct": {"type": "direct"},
            "fanout": {"type": "fanout", "durable": False},
            "topic": {"type": "topic", "autoDelete": True, "arguments": {"alternate-exchange": "fanout"}},
            "headers": {"type": "headers", "internal": True},
            "hash": {"type": "x-consistent-hash", "arguments": {"hash-header": "id"}},
        }
    ).converge()
    plain = {"durable": True, "auto_delete": False, "internal": False, "arguments": {}}
    assert live(shop, "direct") == {"type": "direct", **plain}
    assert live(shop, "fanout") == {"type": "fanout", **plain, "durable": False}
    assert live(shop, "topic") == {
        "type": "topic",
        **plain,
        "auto_delete": True,
        "arguments": {"alternate-exchange": "fanout"},
    }
    assert live(shop, "headers") == {"type": "headers", **plain, "internal": True}
    assert live(shop, "hash") == {"type": "x-consistent-hash", **plain, "arguments": {"hash-header": "id"}}


def test_any_name_can_be_made_and_deleted(shop: Topology) -> None:
    shop.declare(exchanges={name: {"type": "topic"} for name in NAMES}).converge()
    shop.remove(*(shop.address("exchanges", name) for name in NAMES)).converge()
    assert all(not row["name"] or row["name"].startswith("amq.") for row in shop.get("exchanges"))


@pytest.mark.parametrize(
    ("before", "after", "path", "advice"),
    [
        ({"type": "topic"}, {"type": "direct"}, "type", ""),
        ({"type": "topic"}, {"type": "topic", "internal": True}, "internal", ""),
        (
            {"type": "topic"},
            {"type": "topic", "arguments": {"alternate-exchange": "rest"}},
            "arguments.alternate-exchange",
            r"{pattern: '^orders\.in$', applyTo: exchanges, definition: {alternate-exchange: rest}}",
        ),
        (
            {"type": "topic", "arguments": {"alternate-exchange": "rest"}},
            {"type": "topic"},
            "arguments.alternate-exchange",
            "`arguments: {alternate-exchange: rest}`",
        ),
        (
            {"type": "topic", "arguments": {"alternate-exchange": "rest"}},
            {"type": "topic", "arguments": {"alternate-exchange": "other"}},
            "arguments.alternate-exchange",
            "wins over a policy",
        ),
    ],
)
def test_what_an_exchange_has_for_good_blocks_with_a_way_out(
    shop: Topology, before: Any, after: Any, path: str, advice: str
) -> None:
    shop.declare(exchanges={"orders.in": before}).converge()
    plan = shop.declare(exchanges={"orders.in": after}).plan()
    [change] = plan.changes
    assert (change.action, [".".join(item.path) for item in change.differences]) == (Action.REPLACE, [path])
    [found] = [found for found in plan.diagnostics if found.code == codes.REPLACE.id]
    assert found.code in change.blocked_by
    assert advice in " ".join(found.help)


def test_the_bindings_on_both_sides_go_with_an_exchange(shop: Topology) -> None:
    entries: list[dict[str, Any]] = [
        {"exchange": "orders", "queue": "jobs", "routingKey": "a"},
        {"exchange": "orders", "toExchange": "archive", "routingKey": "b"},
        {"exchange": "amq.topic", "toExchange": "orders", "routingKey": "c"},
    ]
    exchanges = {"orders": {"type": "topic"}, "archive": {"type": "fanout"}}
    shop.declare(exchanges=exchanges, queues={"jobs": {}}, bindings=entries).converge()
    address = shop.address("exchanges", "orders")
    with shop.session() as session:
        figures = session.figures([address])[address]
    assert set(figures.attached) == {shop.binding(**entry) for entry in entries}
    shop.remove(address)
    [cost] = shop.change().costs
    assert cost.kind is CostKind.DETAIL
    assert cost.text.startswith("3 bindings would be deleted with it; not declared: ")
    shop.converge()
    assert [row for row in shop.get("bindings") if row["source"]] == []


def test_an_exchange_is_made_again_where_that_is_allowed(shop: Topology) -> None:
    shop.declare(exchanges={"orders": {"type": "topic"}}).converge()
    again = shop.declare(exchanges={"orders": {"type": "direct"}}, lifecycle=Lifecycle(replace="recreate"))
    assert again.converge().changes[0].action is Action.REPLACE
    assert live(shop, "orders")["type"] == "direct"


def test_a_type_whose_plugin_is_off_names_the_plugin(shop: Topology) -> None:
    plan = shop.declare(exchanges={"jobs": {"type": "x-random"}}).plan()
    assert plan.changes[0].blocked_by != ()
    said = " ".join(text for found in plan.diagnostics for text in found.help)
    assert "rabbitmq-plugins enable rabbitmq_random_exchange" in said


@pytest.mark.parametrize("name", ["amq.topic", "amq.mine", "amq.rabbitmq.trace"])
def test_the_server_s_own_exchanges_are_never_touched(shop: Topology, name: str) -> None:
    plan = shop.declare(exchanges={name: {"type": "topic"}}).plan()
    assert all(change.blocked_by for change in plan.changes)
    assert any("the server's own" in found.message for found in plan.diagnostics)
    plan = shop.remove(shop.address("exchanges", name)).plan()
    assert all(change.blocked_by for change in plan.changes)


def test_an_exchange_that_vanished_is_made_again(shop: Topology) -> None:
    shop.declare(exchanges={"orders": {"type": "topic"}}).converge()
    shop.server.management.call("DELETE", "exchanges", shop.vhost, "orders")
    assert shop.converge().changes[0].action is Action.CREATE
