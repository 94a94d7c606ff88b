"""Queues: made as declared, never changed, and deleted only when nothing is lost that nobody agreed to."""

from typing import Any

import pytest
from pika.adapters.blocking_connection import BlockingChannel

from mqinfra.engine import codes
from mqinfra.model.change import Action, CostKind
from mqinfra.model.declaration import Lifecycle
from mqinfra.model.event import Outcome
from tests.integration.rabbitmq.provider.conftest import Topology
from tests.waiting import until

NAMES = ("a/b", "100%", "me@home", "x~y", "with blank", "ünï💥", "%2F", "a=b,c", "-", "...", "é" * 127)
TYPES = ("classic", "quorum", "stream")


def publish(channel: BlockingChannel, queue: str, count: int) -> None:
    channel.confirm_delivery()
    for _ in range(count):
        channel.basic_publish("", queue, b"x")


def live(shop: Topology, name: str) -> dict[str, Any]:
    row: dict[str, Any] = shop.get("queues", name)
    return {key: row[key] for key in ("type", "durable", "auto_delete")} | {
        "arguments": {key: value for key, value in row["arguments"].items() if key != "x-queue-type"}
    }


def test_queues_of_all_types_are_made_as_declared(shop: Topology) -> None:
    shop.declare(
        queues={
            "plain": {},
            "classic": {"type": "classic", "autoDelete": True, "arguments": {"x-max-priority": 5, "x-expires": "1h"}},
            "quorum": {"type": "quorum", "arguments": {"x-delivery-limit": 3, "x-max-length": 10}},
            "stream": {"type": "stream", "arguments": {"x-max-age": "7D"}},
        }
    )
    shop.converge()
    shape = {"durable": True, "auto_delete": False}
    assert live(shop, "plain") == {"type": "classic", **shape, "arguments": {}}
    arguments = {"x-max-priority": 5, "x-expires": 3_600_000}
    assert live(shop, "classic") == {"type": "classic", "durable": True, "auto_delete": True, "arguments": arguments}
    assert live(shop, "quorum") == {
        "type": "quorum",
        **shape,
        "arguments": {"x-delivery-limit": 3, "x-max-length": 10},
    }
    assert live(shop, "stream") == {"type": "stream", **shape, "arguments": {"x-max-age": "7D"}}


def test_arguments_of_any_json_type_are_the_same_when_read_back(shop: Topology) -> None:
    arguments = {"x-ours": {"a": 1.5, "b": [True, "1", 1]}, "x-float": 10.0, "x-zero": 0, "x-not": False, "x-empty": ""}
    shop.put("queues", "custom", durable=True, arguments=arguments)
    shop.declare(queues={"custom": {"arguments": arguments}})
    assert shop.plan().changes == ()


def test_any_name_can_be_made_and_deleted(shop: Topology) -> None:
    shop.declare(queues={name: {} for name in NAMES})
    shop.converge()
    assert {row["name"] for row in shop.get("queues")} == set(NAMES)
    shop.remove(*(shop.address("queues", name) for name in NAMES))
    shop.converge()
    assert shop.get("queues") == []


@pytest.mark.parametrize(
    ("before", "after", "path", "advice"),
    [
        (
            {"x-max-priority": 5},
            {"type": "classic", "arguments": {"x-max-priority": 5, "x-max-length": 1000}},
            "arguments.x-max-length",
            r"{pattern: '^orders\.email$', applyTo: queues, definition: {max-length: 1000}}",
        ),
        ({"x-max-length": 5}, {"arguments": {"x-max-length": 6}}, "arguments.x-max-length", "wins over"),
        ({"x-ours": 1}, {}, "arguments.x-ours", "declare it as it is, `arguments: {x-ours: 1}`"),
        ({"x-ours": 1}, {"arguments": {"x-ours": 1.0}}, "arguments.x-ours", ""),
        ({"x-ours": 1}, {"arguments": {"x-ours": "1"}}, "arguments.x-ours", ""),
        ({}, {"type": "quorum"}, "type", "declare a new queue beside it"),
        ({}, {"autoDelete": True}, "autoDelete", ""),
        ({"x-max-priority": 5}, {}, "arguments.x-max-priority", "permanently"),
    ],
)
def test_what_a_queue_has_for_good_blocks_with_a_way_out(
    shop: Topology, before: Any, after: Any, path: str, advice: str
) -> None:
    shop.put("queues", "orders.email", durable=True, arguments=before)
    shop.declare(queues={"orders.email": after})
    plan = shop.plan()
    [change] = plan.changes
    assert (change.action, [".".join(item.path) for item in change.differences]) == (Action.REPLACE, [path])
    [found] = [found for found in plan.diagnostics if found.code == codes.REPLACE.id]
    assert found.code in change.blocked_by
    assert advice in " ".join(found.help)


def test_the_policy_that_is_advised_can_be_pasted_and_does_it(shop: Topology) -> None:
    shop.declare(queues={"orders.email": {}})
    shop.converge()
    policy = {"pattern": r"^orders\.email$", "applyTo": "queues", "definition": {"max-length": 1000}}
    shop.declare(queues={"orders.email": {}}, policies={"orders.email.limits": policy})
    shop.converge()
    until(lambda: shop.get("queues", "orders.email").get("policy") == "orders.email.limits")


def test_a_type_that_is_left_out_is_not_compared(shop: Topology) -> None:
    shop.declare(queues={"jobs": {"type": "quorum"}})
    shop.converge()
    shop.declare(queues={"jobs": {}})
    assert shop.plan().changes == ()


def test_what_vanished_is_made_again(shop: Topology) -> None:
    shop.declare(queues={"jobs": {"type": "quorum"}}, exchanges={"orders": {"type": "topic"}})
    shop.converge()
    shop.server.management.call("DELETE", "queues", shop.vhost, "jobs")
    assert shop.change().address == shop.address("queues", "jobs")
    shop.converge()
    assert live(shop, "jobs")["type"] == "quorum"


@pytest.mark.parametrize("kind", TYPES)
def test_a_queue_that_holds_messages_is_not_deleted(shop: Topology, kind: str) -> None:
    shop.declare(queues={"jobs": {"type": kind}})
    shop.converge()
    with shop.channel() as channel:
        publish(channel, "jobs", 5)
    if kind == "stream":
        until(lambda: shop.get("queues", "jobs").get("messages") == 5)
    shop.remove(shop.address("queues", "jobs"))
    change = shop.change()
    [cost] = [cost for cost in change.costs if cost.kind is CostKind.MESSAGES_LOST]
    assert (cost.number, cost.text) == (5, "5 messages would be lost")
    assert change.blocked_by == ("MQ201",)
    shop.remove(shop.address("queues", "jobs"), even_if=["messages"])
    shop.converge()


def test_a_stream_without_statistics_yet_is_not_taken_for_empty(shop: Topology) -> None:
    shop.declare(queues={"jobs": {"type": "stream"}})
    shop.apply(shop.plan())
    with shop.channel() as channel:
        publish(channel, "jobs", 5)
    shop.remove(shop.address("queues", "jobs"))
    change = shop.change()
    assert change.blocked_by != ()
    assert [cost.kind for cost in change.costs if cost.number != 5][:1] != []


@pytest.mark.parametrize("kind", TYPES)
def test_consumers_and_what_they_hold_are_told(shop: Topology, kind: str) -> None:
    shop.declare(queues={"jobs": {"type": kind}})
    shop.converge()
    address = shop.address("queues", "jobs")
    with shop.channel("mailer 3") as channel:
        publish(channel, "jobs", 5)
        channel.basic_qos(prefetch_count=3)
        arguments = {"x-stream-offset": "first"} if kind == "stream" else {}
        channel.basic_consume("jobs", lambda *_: None, arguments=arguments)

        def told() -> bool:
            channel.connection.process_data_events(0.1)
            row = shop.get("queues", "jobs")
            held = 0 if kind == "stream" else 3
            return bool(row.get("messages") == 5 and row["messages_unacknowledged"] == held and row["consumer_details"])

        until(told)
        with shop.session() as session:
            figures = session.figures([address])[address]
        assert figures.messages == 5
        assert figures.consumers is not None
        [consumer] = figures.consumers
        assert consumer.startswith("mailer 3 (guest@127.0.0.1:")
        shop.remove(address)
        assert len(shop.change().blocked_by) == 2


def test_a_consumer_of_this_moment_is_counted_before_the_statistics_know(shop: Topology) -> None:
    shop.declare(queues={"jobs": {}})
    shop.converge()
    address = shop.address("queues", "jobs")
    with shop.channel("mailer") as channel:
        channel.basic_consume("jobs", lambda *_: None)
        with shop.session() as session:
            figures = session.figures([address])[address]
    assert figures.consumers is not None
    assert len(figures.consumers) == 1


def test_bindings_that_go_with_a_queue_are_told(shop: Topology) -> None:
    arguments = {"x-match": "all", "number": 1}
    entries: list[dict[str, Any]] = [
        {"exchange": "orders", "queue": "jobs", "routingKey": "a.b"},
        {"exchange": "by.header", "queue": "jobs", "arguments": arguments},
    ]
    exchanges = {"orders": {"type": "topic"}, "by.header": {"type": "headers"}}
    shop.declare(queues={"jobs": {}}, exchanges=exchanges, bindings=entries)
    shop.converge()
    address = shop.address("queues", "jobs")
    with shop.session() as session:
        figures = session.figures([address])[address]
    assert set(figures.attached) == {shop.binding(**entry) for entry in entries}
    assert (figures.messages, figures.consumers) == (0, ())


def test_figures_are_not_known_where_amqp_can_not_be_reached(shop: Topology) -> None:
    shop.declare(queues={"jobs": {}})
    shop.converge()
    address = shop.address("queues", "jobs")
    shop.server.management.call("PUT", "users", "narrow", body={"password": "p", "tags": "administrator"})
    permissions = {"configure": ".*", "write": ".*", "read": ".*"}
    shop.server.management.call("PUT", "permissions", shop.vhost, "narrow", body=permissions)
    with shop.session() as session:
        shop.server.management.call("DELETE", "permissions", shop.vhost, "guest")
        try:
            figures = session.figures([address])[address]
        finally:
            shop.server.management.call("PUT", "permissions", shop.vhost, "guest", body=permissions)
    assert (figures.messages, figures.consumers) == (None, None)
    assert any("can't be counted by AMQP" in detail for detail in figures.details)


def test_a_classic_queue_that_fills_up_before_its_delete_stays(shop: Topology) -> None:
    shop.declare(queues={"jobs": {"type": "classic"}})
    shop.converge()
    plan = shop.remove(shop.address("queues", "jobs")).plan()
    with shop.session() as session:
        [request] = session.requests(plan.changes)
        assert request.body[shop.address("queues", "jobs")] == {"if-empty": True, "if-unused": True}
        with shop.channel() as channel:
            publish(channel, "jobs", 1)
        [result] = session.send(request).values()
    assert "not empty" in getattr(result, "message", "")
    assert live(shop, "jobs")


@pytest.mark.parametrize("kind", ["quorum", "stream"])
def test_flags_that_a_type_refuses_or_ignores_are_not_sent(shop: Topology, kind: str) -> None:
    shop.declare(queues={"jobs": {"type": kind}})
    shop.converge()
    until(lambda: kind != "stream" or "messages" in shop.get("queues", "jobs"))
    plan = shop.remove(shop.address("queues", "jobs")).plan()
    with shop.session() as session:
        [request] = session.requests(plan.changes)
    assert request.body[shop.address("queues", "jobs")] == {}
    shop.converge()


def test_an_empty_queue_is_made_again_where_that_is_allowed(shop: Topology) -> None:
    shop.declare(queues={"jobs": {"arguments": {"x-max-length": 5}}})
    shop.converge()
    shop.declare(queues={"jobs": {"arguments": {"x-max-length": 6}}}, lifecycle=Lifecycle(replace="recreate"))
    assert shop.converge().changes[0].action is Action.REPLACE
    assert live(shop, "jobs")["arguments"] == {"x-max-length": 6}


def test_exclusive_queues_are_out_of_reach(shop: Topology) -> None:
    with shop.channel() as channel:
        channel.queue_declare("mine", exclusive=True)
        shop.declare(queues={"mine": {}})
        plan = shop.plan()
        assert plan.changes == ()
        assert "it is exclusive" in plan.diagnostics[0].message
        with shop.session() as session:
            assert session.read({"queues": None}).resources == {}


def test_what_the_server_refuses_is_said_before(shop: Topology) -> None:
    shop.declare(queues={"jobs": {"type": "quorum", "arguments": {"x-max-priority": 5}}})
    plan = shop.plan()
    assert plan.changes[0].blocked_by != ()
    report = shop.apply(plan)
    assert [result.outcome for result in report.results] != [Outcome.APPLIED]
    assert shop.get("queues") == []
