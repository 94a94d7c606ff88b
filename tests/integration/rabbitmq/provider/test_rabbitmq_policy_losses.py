"""Policies that drop messages: counted and blocked without consent; with it they go, as many as were told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pika
import pytest

from mqinfra.engine import codes
from mqinfra.model.change import CostKind
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from tests.brokers.rabbitmq.management import Refused
from tests.integration.rabbitmq.provider.test_rabbitmq_emptiness import fetch
from tests.integration.rabbitmq.provider.test_rabbitmq_queues import publish
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mqinfra.model.change import Change, Cost
    from tests.integration.rabbitmq.provider.conftest import Topology

HELD = 50
GONE = None
PATIENCE = 5_000
"""A time to live in ms that outlasts a few requests."""


def policy(pattern: str = "^jobs$", priority: int = 0, apply_to: str = "queues", **definition: Any) -> dict[str, Any]:
    keys = {key.replace("_", "-"): value for key, value in definition.items()}
    return {"pattern": pattern, "priority": priority, "applyTo": apply_to, "definition": keys}


@dataclass(frozen=True)
class Way:
    """A way in which 50 messages of a queue get fewer.

    Attributes:
        title: names the test.
        after: policies after it, by name; those that are missing are deleted.
        by: what consent names, of the policy `cause`.
        number: the messages that go; None where they can't be counted.
        left: those that stay; None where the queue is gone.
        before: policies before it.
        exact: whether the number is exact.
        kind: which kind of policies.
        cause: the policy whose change does it.
    """

    title: str
    after: Mapping[str, Any]
    by: Mapping[str, Any]
    number: int | None
    left: int | None
    before: Mapping[str, Any] = field(default_factory=dict)
    exact: bool = True
    kind: str = "policies"
    cause: str = "p"

    def __str__(self) -> str:
        return self.title


SMALL, LARGE = policy(priority=-1, max_length=3), policy(max_length=60)
WAYS = [
    Way("new-length", {"p": policy(max_length=10)}, {"definition.max-length": 10}, 40, 10),
    Way(
        "lower-length",
        {"p": policy(max_length=10)},
        {"definition.max-length": 10},
        40,
        10,
        before={"p": policy(max_length=60)},
    ),
    Way("operator-length", {"p": policy(max_length=3)}, {"definition.max-length": 3}, 47, 3, kind="operatorPolicies"),
    Way("expires", {"p": policy(expires=1000)}, {"definition.expires": 1000}, HELD, GONE, exact=False),
    Way(
        "operator-expires",
        {"p": policy(expires=1000)},
        {"definition.expires": 1000},
        HELD,
        GONE,
        exact=False,
        kind="operatorPolicies",
    ),
    Way(
        "priority", {"p": {**SMALL, "priority": 9}, "l": LARGE}, {"priority": 9}, 47, 3, before={"p": SMALL, "l": LARGE}
    ),
    Way(
        "pattern",
        {"p": {**LARGE, "pattern": "^other$"}, "s": SMALL},
        {"pattern": "^other$"},
        47,
        3,
        before={"p": LARGE, "s": SMALL},
    ),
    Way(
        "apply-to",
        {"p": {**LARGE, "applyTo": "exchanges"}, "s": SMALL},
        {"applyTo": "exchanges"},
        47,
        3,
        before={"p": LARGE, "s": SMALL},
    ),
    Way("tombstone", {"s": SMALL}, {}, 47, 3, before={"p": LARGE, "s": SMALL}),
]


def lost(change: Change) -> list[Cost]:
    return [cost for cost in change.costs if cost.kind in (CostKind.MESSAGES_LOST, CostKind.UNKNOWN)]


def fill(shop: Topology, number: int = HELD) -> None:
    with shop.channel() as channel:
        publish(channel, "jobs", number)


def ready(shop: Topology) -> int:
    """Ready messages of this moment."""
    with shop.channel() as channel:
        return int(channel.queue_declare("jobs", passive=True).method.message_count)


def exists(shop: Topology) -> bool | None:
    """True; None where the queue is gone."""
    try:
        shop.get("queues", "jobs")
    except Refused:
        return GONE
    return True


def declare(shop: Topology, queue: Mapping[str, Any], kind: str, policies: Mapping[str, Any], gone: set[str]) -> None:
    shop.declare_kinds({"queues": {"jobs": queue}, kind: policies})
    declared = shop.declared
    shop.remove(*(shop.address(kind, name) for name in gone))
    shop.declared = declared


@pytest.mark.parametrize("kind", ["classic", "quorum"])
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_messages_go_with_consent_only_and_as_many_as_were_told(shop: Topology, way: Way, kind: str) -> None:
    queue = {"type": kind}
    shop.declare_kinds({"queues": {"jobs": queue}, way.kind: way.before}).converge()
    fill(shop)
    gone = set(way.before) - set(way.after)
    declare(shop, queue, way.kind, way.after, gone)
    plan = shop.plan()
    [change] = [change for change in plan.changes if change.address == shop.address(way.kind, way.cause)]
    assert change.blocked_by == (codes.LOSES_MESSAGES.id,)
    [cost] = lost(change)
    assert cost.number == way.number
    assert cost.text.startswith(f"{'' if way.exact else 'up to '}{way.number} messages of `jobs` would be lost (")
    if gone:
        shop.tombstones = {a: shop.consent(stone) for a, stone in shop.tombstones.items()}
    else:
        shop.allow(change.address, way.by)
    plan = shop.plan()
    assert not plan.blocked, [found.message for found in plan.diagnostics]
    shop.apply(plan)
    # A look by AMQP counts as use, and would keep a queue that expires.
    until(lambda: (exists(shop) if way.left is GONE else ready(shop)) == way.left)


@pytest.mark.parametrize("kind", ["classic", "quorum"])
def test_a_cut_that_was_planned_on_an_empty_queue_is_not_made_on_a_full_one(shop: Topology, kind: str) -> None:
    shop.declare(queues={"jobs": {"type": kind}}).converge()
    plan = shop.declare(queues={"jobs": {"type": kind}}, policies={"p": policy(max_length=10)}).plan()
    assert [(change.blocked_by, lost(change)) for change in plan.changes] == [((), [])]
    fill(shop)
    with pytest.raises(UserError) as caught:
        shop.apply(plan)
    assert caught.value.exit_code is ExitCode.STALE
    assert "max-length" in caught.value.diagnostics[0].message
    assert ready(shop) == HELD


def test_queues_that_nobody_declares_are_counted_too(shop: Topology) -> None:
    shop.put("queues", "jobs", durable=True)
    fill(shop)
    change = shop.declare(policies={"p": policy(max_length=10)}).change()
    assert change.blocked_by == (codes.LOSES_MESSAGES.id,)
    assert [cost.number for cost in lost(change)] == [40]


@pytest.mark.parametrize("kind", ["classic", "quorum"])
def test_a_time_to_live_leaves_what_is_there(shop: Topology, kind: str) -> None:
    shop.declare(queues={"jobs": {"type": kind}}).converge()
    with shop.channel() as channel:
        channel.confirm_delivery()
        for _ in range(HELD):
            channel.basic_publish("", "jobs", b"x", pika.BasicProperties(delivery_mode=2))
    shop.declare(queues={"jobs": {"type": kind}}, policies={"p": policy(message_ttl=200)}).converge()
    with shop.channel() as channel:
        publish(channel, "jobs", 1)
        tags = [fetch(channel, "jobs") for _ in range(5)]
        for tag in tags:
            channel.basic_reject(tag, requeue=True)
    shop.server.restart()
    with shop.channel() as channel:
        for _ in range(HELD):
            channel.basic_ack(fetch(channel, "jobs"))


@pytest.mark.parametrize(("kind", "left"), [("classic", 10), ("quorum", HELD)])
def test_only_a_quorum_queue_that_refuses_keeps_what_is_over_its_limit(shop: Topology, kind: str, left: int) -> None:
    shop.declare(queues={"jobs": {"type": kind}}).converge()
    fill(shop)
    refusing = policy(max_length=10, overflow="reject-publish")
    shop.declare(queues={"jobs": {"type": kind}}, policies={"p": refusing})
    plan = shop.plan()
    assert [cost.number for change in plan.changes for cost in lost(change)] == ([40] if left == 10 else [])
    shop.allow(shop.address("policies", "p"), {"definition.max-length": 10})
    shop.apply(shop.plan())
    until(lambda: ready(shop) == left)
    if kind == "quorum":
        change = shop.declare(queues={"jobs": {"type": kind}}, policies={"p": policy(max_length=10)}).change()
        assert [(cost.number, ".".join(cost.path)) for cost in lost(change)] == [(40, "definition.overflow")]
        shop.allow(change.address, {"definition.overflow": None})
        shop.apply(shop.plan())
        until(lambda: ready(shop) == 10)


@pytest.mark.parametrize("kind", ["classic", "quorum"])
def test_sizes_count_where_the_server_tells_them(shop: Topology, kind: str) -> None:
    shop.declare(queues={"jobs": {"type": kind}}).converge()
    fill(shop)
    until(lambda: shop.get("queues", "jobs").get("messages_ready") == HELD)
    size = shop.get("queues", "jobs")["message_bytes_ready"]  # from 4.3 with headers
    enough, small = policy(max_length_bytes=size), policy(max_length_bytes=size * 20 // HELD)
    assert lost(shop.declare(queues={"jobs": {"type": kind}}, policies={"p": enough}).change()) == []
    change = shop.declare(queues={"jobs": {"type": kind}}, policies={"p": small}).change()
    assert change.blocked_by == (codes.LOSES_MESSAGES.id,)
    [cost] = lost(change)
    assert cost.text.startswith("up to 50 messages of `jobs` would be lost (messages over ")
    shop.allow(change.address, {"definition.max-length-bytes": size * 20 // HELD})
    shop.apply(shop.plan())
    until(lambda: ready(shop) == 20)


@pytest.mark.parametrize("kind", ["classic", "quorum"])
def test_of_two_equal_policies_the_one_that_drops_more_asks_for_consent(shop: Topology, kind: str) -> None:
    loose = {"a": policy(max_length=60)}
    shop.declare(queues={"jobs": {"type": kind}}, policies=loose).converge()
    fill(shop)
    plan = shop.declare(queues={"jobs": {"type": kind}}, policies={**loose, "b": policy(max_length=10)}).plan()
    assert [(change.blocked_by, [cost.number for cost in lost(change)]) for change in plan.changes] == [
        ((codes.LOSES_MESSAGES.id,), [40])
    ]


@pytest.mark.parametrize("kind", ["classic", "quorum"])
def test_a_delay_queue_without_its_dead_letters_loses_what_waits(shop: Topology, kind: str) -> None:
    delay: dict[str, Any] = {"message_ttl": PATIENCE, "dead_letter_exchange": "", "dead_letter_routing_key": "dead"}
    queues = {"jobs": {"type": kind}, "dead": {}}
    shop.declare(queues=queues, policies={"p": policy(**delay)}).converge()
    until(lambda: shop.get("queues", "jobs").get("policy") == "p")
    fill(shop)
    change = shop.declare(queues=queues, policies={"p": policy(message_ttl=PATIENCE)}).change()
    assert change.blocked_by == (codes.LOSES_MESSAGES.id,)
    assert [(cost.number, cost.text[:17]) for cost in lost(change)] == [
        (HELD, "up to 50 messages"),
        (None, "rejected, expired"),
    ]
    shop.allow(change.address, {"definition.dead-letter-exchange": None})
    shop.apply(shop.plan())
    until(lambda: ready(shop) == 0)
    with shop.channel() as channel:
        assert channel.queue_declare("dead", passive=True).method.message_count == 0


def test_what_waits_for_sure_dead_lettering_is_counted(shop: Topology) -> None:
    sure: dict[str, Any] = {
        "dead_letter_exchange": "dead",
        "dead_letter_strategy": "at-least-once",
        "overflow": "reject-publish",
    }
    kinds: dict[str, Any] = {"queues": {"jobs": {"type": "quorum"}}, "exchanges": {"dead": {"type": "direct"}}}
    shop.declare_kinds({**kinds, "policies": {"p": policy(**sure)}}).converge()
    until(lambda: shop.get("queues", "jobs").get("policy") == "p")
    with shop.channel() as channel:
        publish(channel, "jobs", 3)
        for _ in range(3):
            channel.basic_nack(fetch(channel, "jobs"), requeue=False)
    until(lambda: shop.get("queues", "jobs").get("messages_dlx") == 3)
    change = shop.declare_kinds({**kinds, "policies": {"p": policy(overflow="reject-publish")}}).change()
    assert change.blocked_by == (codes.LOSES_MESSAGES.id,)
    assert [cost.number for cost in lost(change)] == [3, None]
    shop.allow(change.address, {"definition.dead-letter-exchange": None})
    shop.apply(shop.plan())
    until(lambda: shop.get("queues", "jobs").get("messages") == 0)


def test_a_lower_delivery_limit_without_dead_letters_takes_what_was_returned(shop: Topology) -> None:
    queues = {"jobs": {"type": "quorum", "arguments": {}}}
    shop.declare(queues=queues, policies={"p": policy(delivery_limit=9)}).converge()
    with shop.channel() as channel:
        publish(channel, "jobs", 5)
        for _ in range(4):
            for tag in [fetch(channel, "jobs") for _ in range(5)]:
                channel.basic_reject(tag, requeue=True)
    change = shop.declare(queues=queues, policies={"p": policy(delivery_limit=2)}).change()
    assert change.blocked_by == (codes.LOSES_MESSAGES.id,)
    [cost] = lost(change)
    assert cost.text.startswith(
        "up to 5 messages of `jobs` would be lost (messages that were returned more than 2 times"
    )
    shop.allow(change.address, {"definition.delivery-limit": 2})
    shop.apply(shop.plan())
    until(lambda: shop.get("queues", "jobs").get("effective_policy_definition") == {"delivery-limit": 2})
    with shop.channel() as channel:
        for tag in [fetch(channel, "jobs") for _ in range(5)]:
            channel.basic_reject(tag, requeue=True)
    until(lambda: ready(shop) == 0)


def test_segments_of_a_stream_are_not_countable(shop: Topology) -> None:
    segments = {"type": "stream", "arguments": {"x-stream-max-segment-size-bytes": 20_000}}
    shop.declare(queues={"jobs": segments}).converge()
    shop.declare(queues={"jobs": segments}, policies={"p": policy(max_age="1s")})
    assert [(change.blocked_by, lost(change)) for change in shop.plan().changes] == [((), [])]
    with shop.channel() as channel:
        channel.confirm_delivery()
        for _ in range(1000):
            channel.basic_publish("", "jobs", b"x" * 100)
    until(lambda: shop.get("queues", "jobs").get("messages", 0) >= 1000)
    before = shop.get("queues", "jobs")["messages"]
    change = shop.change()
    assert change.blocked_by == (codes.LOSES_MESSAGES.id,)
    assert [cost.text for cost in lost(change)] == [
        "messages (not countable) of `jobs` would be lost (segments older than 1s are dropped)"
    ]
    shop.allow(change.address, {"definition.max-age": "1s"})
    shop.apply(shop.plan())
    until(lambda: shop.get("queues", "jobs")["messages"] < before)
