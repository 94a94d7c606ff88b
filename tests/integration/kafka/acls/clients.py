"""Real clients of a user: what comes of what they try."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster
    from tests.integration.kafka.e2e.rights import User

OK = "OK"
_WITHIN = 10.0
_QUIET = {"enable.metrics.push": False, "log_level": 0, "topic.metadata.refresh.interval.ms": 500}


def login(cluster: KafkaCluster, user: User) -> dict[str, Any]:
    """How a client logs in as the user."""
    return {
        "bootstrap.servers": cluster.sasl_bootstrap,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": user.name,
        "sasl.password": user.password,
        **_QUIET,
    }


def produces(cluster: KafkaCluster, user: User, topic: str) -> str:
    """What comes of producing."""
    producer = Producer(login(cluster, user) | {"message.timeout.ms": 4_000})
    said: list[str] = []
    producer.produce(topic, b"x", on_delivery=lambda error, _: said.append(error.name() if error else OK))
    producer.flush(_WITHIN)
    return said[0] if said else "nothing"


def produces_idempotently(cluster: KafkaCluster, user: User, topic: str) -> str:
    """What comes of producing with idempotence, as Java's clients do by default; without any right it is fatal."""
    producer = Producer(login(cluster, user) | {"enable.idempotence": True, "message.timeout.ms": 4_000})
    said: list[str] = []
    producer.produce(topic, b"x", on_delivery=lambda error, _: said.append(error.name() if error else OK))
    producer.flush(_WITHIN)
    return said[0] if said else "nothing"


def consumes(cluster: KafkaCluster, user: User, topic: str, group: str) -> str:
    """What comes of reading in a group and committing; there has to be a message."""
    consumer = Consumer(
        login(cluster, user)
        | {"group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False, "session.timeout.ms": 6_000}
    )
    try:
        consumer.subscribe([topic])
        deadline = time.monotonic() + _WITHIN
        while time.monotonic() < deadline:
            message = consumer.poll(0.2)
            if message is None:
                continue
            if (error := message.error()) is not None:
                return error.name()
            consumer.commit(message=message, asynchronous=False)
            return OK
    except KafkaException as error:
        return str(error.args[0].name())
    finally:
        consumer.close()
    return "nothing"


def passes_on(cluster: KafkaCluster, user: User, transaction: str, source: str, group: str, target: str) -> str:
    """What comes of a transaction that reads, writes, and commits what it read."""
    producer = Producer(login(cluster, user) | {"transactional.id": transaction, "transaction.timeout.ms": 5_000})
    consumer = Consumer(login(cluster, user) | {"group.id": group, "enable.auto.commit": False})
    try:
        producer.init_transactions(_WITHIN)
        producer.begin_transaction()
        producer.produce(target, b"x")
        place = [TopicPartition(source, 0, 1)]
        producer.send_offsets_to_transaction(place, consumer.consumer_group_metadata(), _WITHIN)
        producer.commit_transaction(_WITHIN)
    except KafkaException as error:
        return str(error.args[0].name())
    finally:
        consumer.close()
    return OK
