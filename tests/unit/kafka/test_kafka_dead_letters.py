from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.providers.kafka.topics.kind import TopicKind

KIND = TopicKind()
ORDERS = Address("kafka", "topics", ("orders",))
DAY = 86_400_000


def made(entry: dict[str, Any], name: str = "orders") -> Any:
    expansion = KIND.expand(Address("kafka", "topics", (name,)), KIND.entry.model_validate(entry))
    assert type(expansion.spec) is KIND.spec
    return expansion


def test_a_plain_entry_makes_nothing_else() -> None:
    expansion = made({"partitions": 3})
    assert (expansion.made, expansion.references) == ((), ())
    assert expansion.spec.fields() == {("partitions",): 3}


def test_dead_letters_follow_their_topic() -> None:
    expansion = made(
        {
            "partitions": 12,
            "replicationFactor": 3,
            "deadLetter": True,
            "config": {
                "min.insync.replicas": 2,
                "max.message.bytes": "1MiB",
                "compression.type": "zstd",
                "cleanup.policy": "compact",
                "segment.ms": "1h",
            },
        }
    )
    (letter,) = expansion.made
    assert (letter.kind, letter.path, letter.by) == ("topics", ("orders.dlq",), ("deadLetter",))
    assert letter.data == {
        "deadLetter": False,
        "partitions": 12,
        "replicationFactor": 3,
        "config": {
            "min.insync.replicas": 2,
            "max.message.bytes": "1MiB",
            "compression.type": "zstd",
            "cleanup.policy": "delete",
            "retention.ms": 14 * DAY,
        },
    }
    (reference,) = expansion.references
    assert (reference.path, str(reference.target), reference.needed) == (
        ("deadLetter",),
        "kafka/topics/orders.dlq",
        False,
    )


def test_what_the_topic_leaves_to_the_broker_is_left_to_it_for_dead_letters_too() -> None:
    (letter,) = made({"deadLetter": True}).made
    assert letter.data == {"deadLetter": False, "config": {"cleanup.policy": "delete", "retention.ms": 14 * DAY}}
    (letter,) = made({"deadLetter": True, "partitions": None}).made
    assert letter.data["partitions"] is None


@pytest.mark.parametrize(
    ("declared", "kept"),
    [("7d", 14 * DAY), (30 * DAY, 30 * DAY), ("30d", 30 * DAY), (-1, -1), ("unlimited", -1), (None, 14 * DAY)],
)
def test_letters_stay_two_weeks_or_as_long_as_the_topic(declared: object, kept: int) -> None:
    (letter,) = made({"deadLetter": True, "config": {"retention.ms": declared}}).made
    assert letter.data["config"]["retention.ms"] == kept


def test_a_retention_that_is_no_duration_is_the_topics_own_finding() -> None:
    (letter,) = made({"deadLetter": True, "config": {"retention.ms": "7 dayz"}}).made
    assert letter.data["config"]["retention.ms"] == 14 * DAY


def test_details_win_over_what_follows_from_the_topic() -> None:
    details = {"name": "lost", "partitions": 1, "retention": "90d", "config": {"cleanup.policy": "compact,delete"}}
    expansion = made({"partitions": 12, "replicationFactor": 3, "deadLetter": details})
    (letter,) = expansion.made
    assert letter.path == ("lost",)
    assert letter.data == {
        "deadLetter": False,
        "partitions": 1,
        "replicationFactor": 3,
        "config": {"cleanup.policy": "compact,delete", "retention.ms": "90d"},
    }
    assert str(expansion.references[0].target) == "kafka/topics/lost"


def test_dead_letters_have_no_dead_letters() -> None:
    assert made({"deadLetter": True}, "orders.dlq").made == ()
    (letter,) = made({"deadLetter": True}).made
    assert KIND.expand(ORDERS, KIND.entry.model_validate(letter.data)).made == ()
