"""Arguments of queues and exchanges: types, units, and which type of queue takes what in which version."""

import pytest
from pydantic import JsonValue

from mqinfra.model.setting import Problem
from mqinfra.providers.rabbitmq.settings.exchange_arguments import (
    EXCHANGE_ARGUMENTS,
    exchange_type_problem,
)
from mqinfra.providers.rabbitmq.settings.queue_arguments import (
    QUEUE_ARGUMENTS,
    argument_problem,
    arguments_problems,
    policy_key_of,
    shape_problem,
)


@pytest.mark.parametrize(
    ("name", "written", "sent"),
    [
        ("x-message-ttl", "7d", 604_800_000),
        ("x-message-ttl", 0, 0),
        ("x-max-length-bytes", "1GiB", 2**30),
        ("x-max-length", 10, 10),
        ("x-delivery-limit", "unlimited", -1),
        ("x-delivery-limit", -7, -7),
        ("x-max-age", "7D", "7D"),
        ("x-overflow", "reject-publish", "reject-publish"),
        ("x-single-active-consumer", True, True),
        ("x-dead-letter-exchange", "", ""),
        ("x-max-priority", 255, 255),
        ("x-expires", None, None),
    ],
)
def test_values_become_what_is_sent(name: str, written: JsonValue, sent: JsonValue) -> None:
    setting = QUEUE_ARGUMENTS.get(name)
    assert setting is not None
    assert setting.parse(written) == sent


@pytest.mark.parametrize(
    ("name", "written", "help_"),
    [
        ("x-max-length", "10", "write 10 without quotes"),
        ("x-max-length", 10.0, "write 10"),
        ("x-max-length", True, ""),
        ("x-max-length", -1, ""),
        ("x-expires", 0, "accepted: 7d, 168h, 604800000"),
        ("x-expires", "11y", "accepted: 7d, 168h, 604800000"),
        ("x-message-ttl", 315_360_000_001, "accepted: 7d, 168h, 604800000"),
        ("x-max-priority", 256, ""),
        ("x-max-age", "7d", "accepted: 7D, 12h, 1Y (M is 30 days, m a minute)"),
        ("x-max-age", "0D", "accepted: 7D, 12h, 1Y (M is 30 days, m a minute)"),
        ("x-overflow", "drop-haed", "did you mean `drop-head`?"),
        ("x-dead-letter-routing-key", 123, 'put it in quotes: "123"'),
        ("x-single-active-consumer", "true", "write true or false, without quotes"),
        ("x-queue-version", 3, ""),
    ],
)
def test_values_of_another_type_or_range_are_refused(name: str, written: JsonValue, help_: str) -> None:
    setting = QUEUE_ARGUMENTS.get(name)
    assert setting is not None
    problem = setting.parse(written)
    assert isinstance(problem, Problem)
    assert problem.help == help_


def test_values_compare_by_json_type_known_or_not() -> None:
    for name in ("x-max-length", "x-custom"):
        assert QUEUE_ARGUMENTS.same(name, 10, 10)
        assert not QUEUE_ARGUMENTS.same(name, 10, 10.0)
        assert not QUEUE_ARGUMENTS.same(name, 10, "10")
        assert not QUEUE_ARGUMENTS.same(name, 1, True)
    assert not QUEUE_ARGUMENTS.same("x-custom", {"a": [1]}, {"a": [1.0]})
    assert QUEUE_ARGUMENTS.same("x-custom", {"a": [1]}, {"a": [1]})


@pytest.mark.parametrize(
    ("name", "queue_type", "version", "refused"),
    [
        ("x-max-length", "classic", (), False),
        ("x-max-length", "stream", (), True),
        ("x-max-priority", "quorum", (3, 10), True),
        ("x-max-priority", "quorum", (4, 3, 5), True),
        ("x-delivery-limit", "classic", (), True),
        ("x-custom", "quorum", (), False),
        ("x-queue-leader-locator", "classic", (3, 13, 7), True),
        ("x-queue-leader-locator", "classic", (4, 0), False),
        ("x-stream-filter-size-bytes", "classic", (4, 2, 6), False),
        ("x-stream-filter-size-bytes", "classic", (4, 2, 7), True),
        ("x-stream-filter-size-bytes", "classic", (4, 3, 0), False),
        ("x-stream-filter-size-bytes", "classic", (4, 3, 1), True),
        ("x-consumer-timeout", "classic", (3, 12), False),
        ("x-consumer-timeout", "classic", (), True),
        ("x-max-length", "mqtt_qos0", (), False),
        ("x-queue-type", "classic", (), True),
    ],
)
def test_arguments_of_other_types_only_are_refused(
    name: str, queue_type: str, version: tuple[int, ...], *, refused: bool
) -> None:
    assert (argument_problem(name, queue_type, version) is not None) == refused


def test_the_type_is_said_beside_the_arguments() -> None:
    problem = argument_problem("x-queue-type", "quorum")
    assert problem is not None
    assert "`type`" in problem.help


def test_help_names_the_argument_that_would_do() -> None:
    problem = argument_problem("x-message-ttl", "stream")
    assert problem is not None
    assert problem.help == "use `x-max-age`"


@pytest.mark.parametrize(
    ("arguments", "version", "paths"),
    [
        ({"x-dead-letter-routing-key": "k"}, (), [("x-dead-letter-routing-key",)]),
        ({"x-dead-letter-routing-key": "k", "x-dead-letter-exchange": ""}, (), []),
        ({"x-max-age": "1D", "x-max-length": 1}, (), [("x-max-age",)]),
        ({"x-custom": None}, (), [("x-custom",)]),
        ({"x-queue-version": 1}, (4, 2), []),
        ({"x-queue-version": 1}, (4, 3), [("x-queue-version",)]),
    ],
)
def test_every_refusal_of_a_declaration_is_found(
    arguments: dict[str, JsonValue], version: tuple[int, ...], paths: list[tuple[str, ...]]
) -> None:
    assert [problem.path for problem in arguments_problems(arguments, "classic", version)] == paths


@pytest.mark.parametrize(
    ("name", "queue_type", "version", "key"),
    [
        ("x-max-length", "", (), "max-length"),
        ("x-max-length", "stream", (), None),
        ("x-max-age", "stream", (), "max-age"),
        ("x-consumer-timeout", "", (3, 11), None),
        ("x-consumer-timeout", "", (3, 12), "consumer-timeout"),
        ("x-queue-leader-locator", "classic", (3, 13), None),
        ("x-queue-type", "", (), None),
        ("x-max-priority", "", (), None),
        ("x-single-active-consumer", "", (), None),
        ("x-quorum-initial-group-size", "", (), None),
        ("x-custom", "", (), None),
        ("max-length", "", (), None),
    ],
)
def test_arguments_that_a_policy_can_set(name: str, queue_type: str, version: tuple[int, ...], key: str | None) -> None:
    assert policy_key_of(name, queue_type, version) == key


@pytest.mark.parametrize(
    ("queue_type", "durable", "auto_delete", "version", "refused"),
    [
        ("quorum", True, False, (), False),
        ("quorum", False, False, (3, 10), True),
        ("stream", True, True, (3, 10), True),
        ("classic", False, True, (4, 2), False),
        ("classic", False, False, (4, 3), True),
        ("classic", True, True, (4, 3), False),
    ],
)
def test_shapes_that_a_type_can_have(
    queue_type: str, version: tuple[int, ...], *, durable: bool, auto_delete: bool, refused: bool
) -> None:
    problem = shape_problem(queue_type, durable=durable, auto_delete=auto_delete, version=version)
    assert (problem is not None) == refused


def test_exchange_arguments_and_types() -> None:
    setting = EXCHANGE_ARGUMENTS.get("hash-property")
    assert setting is not None
    assert isinstance(setting.parse("user_id"), Problem)
    assert exchange_type_problem("topic") is None
    assert exchange_type_problem("x-consistent-hash") is None
    missing = exchange_type_problem("x-consistent-hash", (4, 0), frozenset({"topic"}))
    assert missing is not None
    assert "rabbitmq_consistent_hash_exchange" in missing.help
    assert exchange_type_problem("x-local-random", (3, 13)) is not None
    assert exchange_type_problem("x-local-random", (4, 0)) is None
    assert exchange_type_problem("x-delayed-message", (4, 3)) is not None
    misspelt = exchange_type_problem("topik")
    assert misspelt is not None
    assert misspelt.help == "did you mean `topic`?"
