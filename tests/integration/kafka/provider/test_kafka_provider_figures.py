from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.cimpl import ACL_OPERATION_DESCRIBE

from mqinfra.model.errors import UserError
from mqinfra.model.reading import Figures
from tests.integration.kafka.provider.changes import await_topics, create, send, topic
from tests.integration.kafka.provider.rights import allow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mqinfra.providers.base.session import Session
    from tests.brokers.kafka.cluster import KafkaCluster

JOINED_WITHIN = 30.0


def produce(cluster: KafkaCluster, name: str, number: int) -> None:
    producer = Producer({"bootstrap.servers": cluster.bootstrap, "enable.metrics.push": False})
    for each in range(number):
        producer.produce(name, value=b"x", partition=each % 3)
    assert producer.flush(20) == 0


@contextmanager
def consumer(cluster: KafkaCluster, group: str, *names: str) -> Iterator[Consumer]:
    client = Consumer(
        {"bootstrap.servers": cluster.bootstrap, "group.id": group, "enable.metrics.push": False, "log_level": 0}
    )
    client.subscribe(list(names))
    deadline = time.monotonic() + JOINED_WITHIN
    while not client.assignment() and time.monotonic() < deadline:
        client.poll(0.1)
    assert client.assignment()
    try:
        yield client
    finally:
        client.close()


def figures(session: Session, *names: str) -> dict[str, Figures]:
    return {address.name: each for address, each in session.figures([topic(name) for name in names]).items()}


def test_messages_and_active_groups_are_counted(session: Session, kafka: KafkaCluster) -> None:
    send(session, create("orders", partitions=3), create("billing", partitions=3), create("empty"))
    await_topics(session, ["orders", "billing", "empty"])
    produce(kafka, "orders", 10)
    produce(kafka, "billing", 3)
    with consumer(kafka, "mailer", "orders"), consumer(kafka, "audit", "orders", "billing"):
        found = figures(session, "orders", "billing", "empty")
    assert found == {
        "orders": Figures(10, ("audit", "mailer")),
        "billing": Figures(3, ("audit",)),
        "empty": Figures(0, ()),
    }


def test_a_group_that_only_left_offsets_is_no_consumer(session: Session, kafka: KafkaCluster) -> None:
    send(session, create("orders", partitions=3))
    await_topics(session, ["orders"])
    produce(kafka, "orders", 3)
    with consumer(kafka, "gone", "orders") as client:
        client.commit(offsets=[TopicPartition("orders", 0, 1)], asynchronous=False)
    left = "committed offsets of groups without members would be deleted with it: gone"
    assert figures(session, "orders") == {"orders": Figures(3, (), (left,))}


def test_an_absent_topic_holds_nothing(session: Session) -> None:
    assert figures(session, "absent") == {"absent": Figures(0, ())}


def test_what_can_not_be_seen_is_unknown(session: Session, limited: Session, kafka: KafkaCluster) -> None:
    send(session, create("orders", partitions=3))
    await_topics(session, ["orders"])
    produce(kafka, "orders", 3)
    unseen = ("can't tell which groups have offsets in it: this needs Describe on the cluster",)
    assert figures(limited, "orders") == {"orders": Figures(None, None, unseen)}
    # Kafka leaves groups out of the list without a word, so seeing none says nothing.
    allow(kafka, "*", ACL_OPERATION_DESCRIBE)
    assert figures(limited, "orders") == {"orders": Figures(3, None, unseen)}


def test_offsets_without_an_answer_are_an_error_and_no_number(proxied: Session, kafka_4: KafkaCluster) -> None:
    send(proxied, create("orders"))
    await_topics(proxied, ["orders"])
    for nth in range(1, 100):
        kafka_4.proxy.faults.swallow_reply(nth, "ListOffsets")
    with pytest.raises(UserError) as told:
        figures(proxied, "orders")
    assert told.value.diagnostics[0].code == "MQ418"


def test_figures_write_nothing(proxied: Session, kafka_4: KafkaCluster) -> None:
    send(proxied, create("orders"))
    await_topics(proxied, ["orders"])
    kafka_4.proxy.reset()
    figures(proxied, "orders")
    assert kafka_4.proxy.mutating() == []
