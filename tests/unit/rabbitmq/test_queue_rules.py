"""What a server would refuse of a queue is known before it is asked, for its type and its version."""

from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Problem
from mqinfra.providers.rabbitmq.kinds.queues import QueueKind
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec
from mqinfra.providers.rabbitmq.spec.queue_refusals import problems


def paths(entry: dict[str, Any], *version: int) -> list[str]:
    return [".".join(problem.path) for problem in problems(QueueSpec.model_validate(entry), version)]


@pytest.mark.parametrize(
    ("entry", "version", "expected"),
    [
        ({}, (3, 10), []),
        ({"type": "classic", "arguments": {"x-max-priority": 5}}, (3, 10), []),
        ({"type": "quorum", "arguments": {"x-max-priority": 5}}, (3, 10), ["arguments.x-max-priority"]),
        ({"type": "stream", "arguments": {"x-message-ttl": 5}}, (4, 0), ["arguments.x-message-ttl"]),
        ({"type": "classic", "arguments": {"x-delivery-limit": 5}}, (4, 0), ["arguments.x-delivery-limit"]),
        ({"type": "classic", "arguments": {"x-nobody-knows": 5}}, (4, 0), []),
        ({"arguments": {"x-delivery-limit": 5}}, (4, 0), []),
        ({"arguments": {"x-dead-letter-routing-key": "k"}}, (4, 0), ["arguments.x-dead-letter-routing-key"]),
        ({"type": "quorum", "durable": False}, (3, 10), ["durable"]),
        ({"type": "stream", "autoDelete": True}, (3, 10), ["autoDelete"]),
        ({"type": "classic", "durable": False}, (4, 2), []),
        ({"type": "classic", "durable": False}, (4, 3), ["durable"]),
        ({"type": "quorums"}, (4, 0), ["type"]),
        ({"type": "stream"}, (3, 8, 9), ["type"]),
        ({"arguments": {"x-queue-type": "quorum"}}, (4, 0), ["arguments.x-queue-type"]),
    ],
)
def test_refusals_point_at_their_field(entry: dict[str, Any], version: tuple[int, ...], expected: list[str]) -> None:
    assert paths(entry, *version) == expected


def test_an_unknown_type_suggests_the_closest() -> None:
    [problem] = problems(QueueSpec.model_validate({"type": "quorums"}))
    assert problem.help == "did you mean `quorum`?"


@pytest.mark.parametrize(
    ("entry", "type_"), [({}, "classic"), ({"type": "quorum"}, "quorum"), ({"type": "stream"}, "stream")]
)
def test_a_simulated_queue_has_a_type(entry: dict[str, Any], type_: str) -> None:
    after = QueueSpec.model_validate(entry).to_json()
    change = Change(Address("r", "queues", ("/", "q")), Action.CREATE, Reason.ABSENT, after=after)
    made = QueueKind().simulate(change, None, Facts(cluster_id="c", version="4.0"))
    assert made is not None
    assert not isinstance(made, Problem)
    assert made.to_json()["type"] == type_


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("orders/%@~ é", False),
        ("é" * 127, False),
        ("é" * 128, True),
        ("", True),
        ("a\nb", True),
        ("a\rb", True),
        (".", True),
        ("..", True),
        ("...", False),
    ],
)
def test_names_that_would_come_to_nothing_are_refused(name: str, *, refused: bool) -> None:
    assert (QueueKind().name_problem(Address("r", "queues", ("/", name))) is not None) is refused


def test_names_of_the_server_are_its_own() -> None:
    assert QueueKind().internal(Address("r", "queues", ("/", "amq.gen-1"))) is not None
    assert QueueKind().internal(Address("r", "queues", ("/", "amqp"))) is None
