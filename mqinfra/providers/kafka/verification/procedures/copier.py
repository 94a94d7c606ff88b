"""A process that copies one topic into another in transactions, and can be killed within one.

It is told by a line of JSON what to copy. Before the end of every transaction it says which records are in it, and
waits for a line: so whoever kills it knows what must never be seen.
"""

import sys
import time
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka import Message as Record
from pydantic import BaseModel

from mqinfra.providers.base.child import obedient
from mqinfra.providers.kafka.api.clients import Clients
from mqinfra.providers.kafka.verification.producer import SAFE

BATCH = 50
_PATIENCE = 20.0


class Task(BaseModel):
    """What is to be copied.

    Attributes:
        settings: of the connection.
        source: the topic that is read.
        target: the topic that is written.
        partitions: how many the source has.
        transactional: False copies as many an application does: write, then commit where it read to.
    """

    settings: dict[str, str | int | bool]
    source: str
    target: str
    partitions: int
    transactional: bool


class Said(BaseModel):
    """What it says: the places that are written and not yet committed, that it is through, or why it can't go on."""

    open: list[tuple[int, int]] = []
    done: bool = False
    error: str = ""


def main() -> None:
    """Copy until there is no more to read, or nobody answers."""
    task = Task.model_validate_json(sys.stdin.readline())
    try:
        _copy(task)
    except KafkaException as error:
        _say(Said(error=error.args[0].str()))


def _copy(task: Task) -> None:
    clients = Clients(task.settings)
    more = {"transactional.id": f"{task.target}.copier", "transaction.timeout.ms": 60_000} if task.transactional else {}
    producer = clients.producer({**SAFE, **more})
    if task.transactional:
        producer.init_transactions(_PATIENCE)
    consumer = clients.consumer(
        {
            "group.id": f"{task.target}.copier",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "fetch.wait.max.ms": 50,
        }
    )
    asked = [TopicPartition(task.source, number) for number in range(task.partitions)]
    stands = consumer.committed(asked, _PATIENCE)
    consumer.assign([TopicPartition(one.topic, one.partition, max(one.offset, 0)) for one in stands])
    while _copied(task, consumer, producer):
        pass
    _say(Said(done=True))
    consumer.close()


def _copied(task: Task, consumer: Consumer, producer: Producer) -> bool:
    """Copy one batch; whether there was any."""
    records: list[Record] = []
    deadline = time.monotonic() + 2.0
    while not records and time.monotonic() < deadline:
        records = [one for one in consumer.consume(BATCH, 0.2) if one.error() is None]
    if not records:
        return False
    written: list[tuple[int, int]] = []

    def answered(error: KafkaError | None, one: Record) -> None:
        partition, offset = one.partition(), one.offset()
        if error is None and partition is not None and offset is not None:
            written.append((partition, offset))

    if task.transactional:
        producer.begin_transaction()
    for record in records:
        headers: Any = record.headers() or []
        producer.produce(task.target, record.value(), record.key(), headers=list(headers), on_delivery=answered)
    producer.flush(_PATIENCE)
    _say(Said(open=written))
    if not sys.stdin.readline():
        sys.exit(1)
    ends = consumer.position([TopicPartition(task.source, number) for number in range(task.partitions)])
    ends = [one for one in ends if one.offset >= 0]
    if task.transactional:
        producer.send_offsets_to_transaction(ends, consumer.consumer_group_metadata(), _PATIENCE)
        producer.commit_transaction(_PATIENCE)
    else:
        consumer.commit(offsets=ends, asynchronous=False)
    return True


def _say(said: Said) -> None:
    sys.stdout.write(said.model_dump_json() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    obedient(main)
