"""Empty means that nothing is ready, nothing is delivered, and nothing waits; a count of the ready ones is no proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mqinfra.engine import codes
from mqinfra.model.change import CostKind
from tests.integration.rabbitmq.provider.test_rabbitmq_queues import publish
from tests.waiting import until

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel

    from mqinfra.model.change import Change
    from tests.integration.rabbitmq.provider.conftest import Topology

pytestmark = pytest.mark.newest
TYPES = ("classic", "quorum")


def lost(change: Change) -> list[int | None]:
    """The messages that a change would lose; None for an unknown number."""
    return [cost.number for cost in change.costs if cost.kind in (CostKind.MESSAGES_LOST, CostKind.UNKNOWN)]


def fetch(channel: BlockingChannel, queue: str) -> int:
    tags: list[int] = []

    def taken() -> bool:
        method, _, _ = channel.basic_get(queue)
        tags.extend([method.delivery_tag] if method is not None and method.delivery_tag else [])
        return bool(tags)

    until(taken)
    return tags[0]


@pytest.mark.parametrize("kind", TYPES)
def test_a_message_that_was_fetched_and_not_confirmed_is_one(shop: Topology, kind: str) -> None:
    shop.declare(queues={"jobs": {"type": kind}})
    shop.converge()
    with shop.channel() as channel:
        publish(channel, "jobs", 1)
        until(lambda: shop.get("queues", "jobs").get("messages_ready") == 1)
        fetch(channel, "jobs")
        assert channel.queue_declare("jobs", passive=True).method.message_count == 0
        change = shop.remove(shop.address("queues", "jobs")).change()
        assert lost(change) == [1]
        # A quorum queue counts who fetches among its consumers while the message is out.
        assert codes.MESSAGES.id in change.blocked_by
    assert shop.get("queues", "jobs")["name"] == "jobs"


@pytest.mark.parametrize("kind", TYPES)
def test_consent_to_cut_consumers_off_is_none_to_lose_what_they_hold(shop: Topology, kind: str) -> None:
    shop.declare(queues={"jobs": {"type": kind}})
    shop.converge()
    address = shop.address("queues", "jobs")
    with shop.channel("mailer") as channel:
        channel.basic_consume("jobs", lambda *_: None)

        def told() -> bool:
            channel.connection.process_data_events(0.1)
            return bool(shop.get("queues", "jobs").get("consumer_details"))

        until(told)
        publish(channel, "jobs", 5)
        change = shop.remove(address, even_if=["consumers"]).change()
        assert change.blocked_by in {(codes.COST_UNKNOWN.id,), (codes.MESSAGES.id,)}
        assert lost(change) in ([5], [None])
        shop.remove(address, even_if=["consumers", "messages"])
        shop.converge()
    assert shop.get("queues") == []


def test_a_queue_whose_consumers_hold_nothing_now_may_lose_what_they_get_next(shop: Topology) -> None:
    shop.declare(queues={"jobs": {}})
    shop.converge()
    with shop.channel("mailer") as channel:
        channel.basic_consume("jobs", lambda *_: None)
        plan = shop.remove(shop.address("queues", "jobs"), even_if=["consumers"]).plan()
    [change] = plan.changes
    assert change.blocked_by == (codes.COST_UNKNOWN.id,)
    assert any("consumers may be given messages" in cost.text for cost in change.costs)


def test_a_message_that_waits_for_its_dead_letter_queue_is_one(shop: Topology) -> None:
    arguments = {
        "x-dead-letter-exchange": "dead",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    shop.declare(
        queues={"jobs": {"type": "quorum", "arguments": arguments}}, exchanges={"dead": {"type": "direct"}}
    ).converge()
    with shop.channel() as channel:
        publish(channel, "jobs", 1)
        channel.basic_nack(fetch(channel, "jobs"), requeue=False)  # no queue is bound to take it
        assert channel.queue_declare("jobs", passive=True).method.message_count == 0
    plan = shop.remove(shop.address("queues", "jobs")).plan()
    [change] = plan.changes
    assert lost(change) == [1]
    assert change.blocked_by == (codes.MESSAGES.id,)
    assert any("waiting for dead lettering" in cost.text for cost in change.costs)


def test_messages_that_wait_for_another_try_are_counted(shop: Topology) -> None:
    if not shop.server.since("4.3"):
        pytest.skip("delayed retry came with RabbitMQ 4.3")
    policy: dict[str, Any] = {
        "pattern": "^jobs$",
        "applyTo": "quorum_queues",
        "definition": {"delayed-retry-type": "all", "delayed-retry-min": 600_000},
    }
    shop.declare(queues={"jobs": {"type": "quorum"}}, policies={"patience": policy}).converge()
    with shop.channel() as channel:
        publish(channel, "jobs", 3)
        for _ in range(3):
            channel.basic_reject(fetch(channel, "jobs"), requeue=True)
        assert channel.queue_declare("jobs", passive=True).method.message_count == 0
    removal = shop.remove(shop.address("queues", "jobs"))
    until(lambda: lost(removal.change()) == [3], lambda: f"{lost(removal.change())} of 3 are counted")  # by statistics
    assert removal.change().blocked_by == (codes.MESSAGES.id,)


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_fetched_after_the_plan_makes_it_stale(shop: Topology, kind: str) -> None:
    shop.declare(queues={"jobs": {"type": kind}})
    shop.converge()
    plan = shop.remove(shop.address("queues", "jobs")).plan()
    assert [change.blocked_by for change in plan.changes] == [()]
    with shop.channel() as channel:
        publish(channel, "jobs", 1)
        fetch(channel, "jobs")
        with pytest.raises(Exception, match="`messages` was none and is now some"):
            shop.apply(plan)
    assert shop.get("queues", "jobs")["name"] == "jobs"
