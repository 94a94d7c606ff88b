"""A Kafka as companies have them: 500 topics of three teams, with dead letters, groups, users and rights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from mqinfra.providers.kafka.api.acl import Acl
from tests.integration.kafka.e2e.hand import QUIET, Hand
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

_AT_ONCE = 100
_WEEK = 7 * 86_400_000
_SETTINGS: tuple[dict[str, str], ...] = (
    {},
    {"retention.ms": str(_WEEK)},
    {"retention.ms": "-1", "cleanup.policy": "compact"},
    {"cleanup.policy": "compact,delete", "min.compaction.lag.ms": "60000", "retention.ms": str(4 * _WEEK)},
    {"max.message.bytes": "2097152", "compression.type": "zstd"},
    {"retention.bytes": "1073741824", "segment.bytes": "104857600", "message.timestamp.type": "LogAppendTime"},
)
GROUPS = tuple(f"{team}.worker-{number}" for team in ("orders", "billing") for number in range(4))


@dataclass(frozen=True)
class Made:
    """A topic to be made."""

    name: str
    partitions: int
    config: dict[str, str]


def orders(number: int) -> Iterator[Made]:
    """Half of them with a topic for dead letters, kept for two weeks as ours are, or otherwise."""
    for one in range(number // 3):
        settings = _SETTINGS[one % len(_SETTINGS)]
        yield Made(f"orders.event-{one}", 1 + one % 3, settings)
        yield Made(f"orders.command_{one}", 1, settings)
        kept = {"retention.ms": str(2 * _WEEK), "cleanup.policy": "delete"} if one % 2 else {"retention.ms": "-1"}
        yield Made(f"orders.command_{one}.dlq", 1, kept)
    for one in range(number - 3 * (number // 3)):
        yield Made(f"orders.Rest_{one}", 1, {})


def company(topics: int = 500) -> list[Made]:
    """What stands on the cluster: a third is of the team that is taken over first."""
    made = [*orders(topics // 3)]
    made += [Made(f"billing-{one}", 1, _SETTINGS[one % len(_SETTINGS)]) for one in range(topics // 3)]
    made += [Made(f"Legacy_{one}", 1 + one % 2, {}) for one in range(topics - len(made))]
    return made


def make(cluster: KafkaCluster, hand: Hand, made: list[Made]) -> None:
    """Make topics, groups that have read some of them, and the rights of three applications."""
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap, **QUIET})
    for first in range(0, len(made), _AT_ONCE):
        some = [NewTopic(one.name, one.partitions, 1, config=one.config) for one in made[first : first + _AT_ONCE]]
        for future in admin.create_topics(some).values():
            future.result()
    until(lambda: {one.name for one in made} <= hand.names())
    for number, group in enumerate(GROUPS):
        topic = made[3 * number].name if group.startswith("orders") else f"billing-{number}"
        reader = Consumer({"bootstrap.servers": cluster.bootstrap, "group.id": group, **QUIET})
        reader.commit(offsets=[TopicPartition(topic, 0, 0)], asynchronous=False)
        reader.close()
    hand.create_acls(*acls())


def acls() -> Iterator[Acl]:
    """As `kafka-acls.sh --producer --consumer` makes them, and a few that it doesn't."""
    for one in range(8):
        for operation in ("Read", "Describe"):
            yield Acl("topic", f"orders.command_{one}", "literal", f"User:orders-{one}", "*", operation, "allow")
        yield Acl("group", f"orders.worker-{one}", "literal", f"User:orders-{one}", "*", "Read", "allow")
        for operation in ("Write", "Describe", "Create"):
            yield Acl("topic", f"billing-{one}", "literal", f"User:billing-{one}", "10.0.0.1", operation, "allow")
    yield Acl("topic", "orders.", "prefixed", "User:orders-report", "*", "Read", "allow")
    yield Acl("topic", "*", "literal", "User:audit", "*", "Read", "allow")
    yield Acl("topic", "orders.event-0", "literal", "User:audit", "*", "Read", "deny")
    yield Acl("cluster", "kafka-cluster", "literal", "User:orders-0", "*", "IdempotentWrite", "allow")
