"""Canaries as AMQP messages, and the names of copies."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, cast

import pytest
from pika import BasicProperties

from mqinfra.model.operation import Death
from mqinfra.providers.base.verification.canary import Run, run_of
from mqinfra.providers.base.verification.message import Delivery, Message
from mqinfra.providers.rabbitmq.api.amqp import Broker
from mqinfra.providers.rabbitmq.api.channel import Came
from mqinfra.providers.rabbitmq.verification import ground
from mqinfra.providers.rabbitmq.verification.blueprint import BindingCopy, Blueprint, ExchangeCopy, QueueCopy
from mqinfra.providers.rabbitmq.verification.consumer import AnsweringConsumer, Source
from mqinfra.providers.rabbitmq.verification.envelope import delivery_of, properties_of
from mqinfra.providers.rabbitmq.verification.line import Line

RUN = Run(datetime(2026, 11, 29, 13, 0, tzinfo=UTC), "k3x9qa")


def came(properties: BasicProperties, key: str = "a.b", body: bytes = b"") -> Came:
    return Came(3, True, "", key, properties, body, 5)


@pytest.mark.parametrize(
    "message",
    [
        Message("u-1", "a.b", b"", number=0),
        Message("u-2", "a.b", bytes(range(256)), {"empty": b"", "binary": bytes(range(256))}, 7, priority=3),
    ],
)
def test_a_message_comes_back_as_it_was_sent(message: Message) -> None:
    found = delivery_of(came(properties_of(message), body=message.body or b""), "orders", 4, {}, "handle")
    assert (found.uid, found.key, found.number, found.digest) == (message.uid, "a.b", message.number, message.digest)
    assert (found.lane, found.position, found.redelivered, found.handle) == ("orders", 4, True, "handle")


def test_what_the_broker_writes_into_a_message_changes_no_digest_and_names_real_queues() -> None:
    message = Message("u", "a.b", b"x")
    written: dict[str, Any] = {
        "x-death": [{"queue": "copy", "reason": "rejected", "count": 2, "exchange": ""}],
        "x-first-death-queue": "copy",
        "x-delivery-count": 3,
        "x-stream-offset": 12,
    }
    sent = properties_of(message).headers or {}
    found = delivery_of(came(BasicProperties(headers={**sent, **written}), body=b"x"), "q", 1, {"copy": "orders"})
    assert found.digest == message.digest
    assert (found.deliveries, found.position, found.deaths) == (3, 12, (Death("orders", "rejected", 2),))


def test_a_message_of_somebody_else_has_no_id() -> None:
    assert delivery_of(came(BasicProperties()), "q", 1, {}).uid == ""


def test_long_names_are_cut_and_still_tell_their_run_and_one_another() -> None:
    blueprint = Blueprint("/", RUN, 3)
    one, other = (blueprint.name("ü" * 120 + end) for end in ("a", "b"))
    assert one != other
    assert len(one.encode()) <= 255
    assert run_of(one) == run_of(other) == RUN
    assert blueprint.name("orders") == "__mqinfra_canary.20261129T130000Z-k3x9qa.3.orders"


def test_copies_are_made_in_steps_and_exchanges_go_first() -> None:
    blueprint = Blueprint("shop", RUN, 1)
    blueprint.queues["q"] = QueueCopy("orders", "quorum", {"x-max-length": 5})
    blueprint.exchanges["e"] = ExchangeCopy("", "fanout")
    blueprint.bindings.append(BindingCopy("e", "q", to_queue=True, key="a"))
    assert [[str(call) for call in step] for step in blueprint.making()] == [
        ["PUT /api/exchanges/shop/e"],
        ["PUT /api/queues/shop/q"],
        ["POST /api/bindings/shop/e/e/q/q"],
    ]
    assert blueprint.making()[1][0].body == {
        "durable": True,
        "auto_delete": False,
        "arguments": {"x-queue-type": "quorum", "x-max-length": 5},
    }
    assert [str(call) for call in blueprint.removal()] == ["DELETE /api/exchanges/shop/e", "DELETE /api/queues/shop/q"]
    assert blueprint.real == {"q": "orders"}


class Scripted:
    """A consumer to which nothing comes at first: its connection broke, and is made again."""

    def __init__(self, *_: object) -> None:
        self.left: list[list[Delivery]] = [[], [Delivery("u", "", 0, "q", 1, "")], []]
        self.ready = iter([False, True])

    @property
    def at_end(self) -> bool:
        return next(self.ready)

    def receive(self, _most: int, _timeout: float) -> list[Delivery]:
        return self.left.pop(0)

    def accept(self, _deliveries: object) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Nothing is open."""


def test_a_queue_is_read_to_its_end_though_nothing_comes_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "AnsweringConsumer", Scripted)
    blueprint = Blueprint("/", RUN, 1)
    blueprint.queues["q"] = QueueCopy("orders", "quorum")
    broker = Broker("h", 1, None, ("u", "p"), "rabbit", 1.0)
    came = ground.drained(Line(broker, "/", "x"), blueprint, "q", count(1), 5.0)
    assert [one.uid for one in came] == ["u"]


class Told:
    """A channel that writes down how it was told of acceptance."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def allow(self, _seconds: float) -> None:
        """Nothing is waited for."""

    def take_from(self, *_: object) -> None:
        """Nothing is consumed."""

    def deliveries(self, most: int, _seconds: float) -> list[Came]:
        return [Came(tag, False, "", "", BasicProperties(), b"", tag) for tag in range(1, most + 1)]

    def accept(self, tags: list[int]) -> None:
        self.said.append(f"each of {tags}")

    def accept_up_to(self, tag: int) -> None:
        self.said.append(f"up to {tag}")


@dataclass
class Opened:
    """A line by which one channel is to be had."""

    channel: Told

    def opened(self) -> Told:
        return self.channel


def test_what_was_handed_out_first_is_accepted_by_one_answer_and_no_other_with_it() -> None:
    channel = Told()
    source = Source("q", False, lambda came, handle: Delivery("u", "", came.tag, "q", came.tag, "", handle=handle))
    consumer = AnsweringConsumer(cast("Line", Opened(channel)), source)
    came = consumer.receive(6, 1.0)
    consumer.accept(came[:3])
    consumer.accept([came[4]])
    consumer.accept([came[3], came[5]])
    assert channel.said == ["up to 3", "each of [5]", "up to 6"]
