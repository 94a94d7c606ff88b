"""Keys of policies and operator policies: types, versions, and the types of queue that lack them."""

import pytest
from pydantic import JsonValue

from mqinfra.model.setting import Problem
from mqinfra.providers.rabbitmq.settings.policy_keys import (
    OPERATOR_POLICY_KEYS,
    POLICY_KEYS,
    key_problem,
    operator_policy_keys_of,
    policy_keys_of,
    unsupported_keys,
)


@pytest.mark.parametrize(
    ("key", "written", "sent"),
    [
        ("message-ttl", "1h", 3_600_000),
        ("max-length-bytes", "1MB", 10**6),
        ("delivery-limit", "unlimited", -1),
        ("expires", "20w", 12_096_000_000),
        ("queue-version", 2, 2),
        ("initial-cluster-size", 0, 0),
    ],
)
def test_values_become_what_is_sent(key: str, written: JsonValue, sent: JsonValue) -> None:
    setting = POLICY_KEYS.get(key)
    assert setting is not None
    assert setting.parse(written) == sent


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("max-length", "1"),
        ("max-length", 1.0),
        ("expires", 0),
        ("overflow", "drop"),
        ("stream-filter-size-bytes", 15),
        ("stream-max-segment-size-bytes", 3_000_000_001),
        ("dead-letter-exchange", 1),
        ("queue-leader-locator", "here"),
    ],
)
def test_values_that_the_server_refuses_are_problems(key: str, written: JsonValue) -> None:
    setting = POLICY_KEYS.get(key)
    assert setting is not None
    assert isinstance(setting.parse(written), Problem)


@pytest.mark.parametrize(
    ("key", "version", "known"),
    [
        ("max-length", (3, 10), True),
        ("ha-mode", (3, 13, 7), True),
        ("ha-mode", (4, 0), False),
        ("ha-mode", (), False),
        ("consumer-timeout", (3, 11, 28), False),
        ("consumer-timeout", (3, 12), True),
        ("target-group-size", (3, 13), True),
        ("delayed-retry-min", (4, 3, 0), False),
        ("delayed-retry-min", (4, 3, 1), True),
        ("member-placement-tag", (4, 3, 5), False),
        ("federation-upstream-set", (), True),
        ("shards-per-node", (), True),
    ],
)
def test_keys_come_and_go_with_versions(key: str, version: tuple[int, ...], *, known: bool) -> None:
    assert (policy_keys_of(version).get(key) is not None) == known
    assert (key_problem(key, version) is None) == known


@pytest.mark.parametrize(
    ("key", "version", "known"),
    [
        ("max-length", (3, 10), True),
        ("overflow", (3, 12, 6), False),
        ("overflow", (3, 12, 7), True),
        ("queue-version", (3, 11, 24), True),
        ("queue-version", (3, 12, 0), False),
        ("queue-version", (3, 12, 7), True),
        ("ha-mode", (3, 11, 10), True),
        ("ha-mode", (4, 0), False),
        ("alternate-exchange", (), False),
        ("dead-letter-exchange", (), False),
    ],
)
def test_operator_policies_have_fewer_keys(key: str, version: tuple[int, ...], *, known: bool) -> None:
    assert (operator_policy_keys_of(version).get(key) is not None) == known
    assert (key_problem(key, version, table=OPERATOR_POLICY_KEYS) is None) == known


@pytest.mark.parametrize(
    ("key", "version", "help_"),
    [
        ("max-lenght", (), "did you mean `max-length`?"),
        ("x-max-length", (), "write `max-length`"),
        ("ha-mode", (4, 0), "use quorum queues"),
        ("consumer-timeout", (3, 10), "it needs 3.12 or newer"),
    ],
)
def test_unknown_keys_come_with_a_way_out(key: str, version: tuple[int, ...], help_: str) -> None:
    problem = key_problem(key, version)
    assert problem is not None
    assert problem.help == help_


def test_tables_are_closed() -> None:
    assert POLICY_KEYS.closed
    assert OPERATOR_POLICY_KEYS.closed
    assert set(OPERATOR_POLICY_KEYS.names()) < set(POLICY_KEYS.names())


@pytest.mark.parametrize(
    ("key", "queue_type", "version", "lacking"),
    [
        ("max-length", "stream", (), True),
        ("max-length-bytes", "stream", (), False),
        ("max-age", "classic", (), True),
        ("delivery-limit", "classic", (), True),
        ("delivery-limit", "quorum", (), False),
        ("queue-leader-locator", "classic", (3, 13), True),
        ("queue-leader-locator", "classic", (4, 0), False),
        ("max-in-memory-length", "classic", (3, 12, 6), False),
        ("max-in-memory-length", "classic", (3, 12, 7), True),
        ("ha-mode", "quorum", (3, 10), True),
        ("ha-sync-batch-size", "quorum", (3, 10), False),
        ("alternate-exchange", "classic", (), False),
        ("max-age", "topic", (), False),
    ],
)
def test_types_lack_keys(key: str, queue_type: str, version: tuple[int, ...], *, lacking: bool) -> None:
    assert unsupported_keys([key], queue_type, version) == ((key,) if lacking else ())


def test_lacking_keys_are_sorted() -> None:
    assert unsupported_keys({"overflow": 1, "expires": 1, "max-age": 1}, "stream") == ("expires", "overflow")
