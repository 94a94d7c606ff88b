"""Diagnoses of groups on a real Kafka: what is done wrong is named first, and no group sees that it is looked at."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from confluent_kafka import Consumer, Message, Producer, TopicPartition

from tests.integration.kafka.e2e.hand import QUIET
from tests.integration.kafka.e2e.shop import Shop

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

TOPIC, LETTERS, GROUP = "orders.new", "orders.new.dlq", "billing"


def made(cluster: KafkaCluster, shop: Shop, partitions: int = 3) -> Producer:
    shop.topics(f"{TOPIC}: {{partitions: {partitions}, replicationFactor: 1, deadLetter: true}}")
    assert shop.apply().code == 0
    return Producer({"bootstrap.servers": cluster.bootstrap, **QUIET})


def send(producer: Producer, counts: dict[int, int]) -> None:
    for partition, count in counts.items():
        for number in range(count):
            producer.produce(TOPIC, f"{partition} {number}".encode(), partition=partition)
    assert producer.flush(20) == 0


def member(cluster: KafkaCluster) -> Consumer:
    settings = {"group.id": GROUP, "auto.offset.reset": "earliest", "enable.auto.commit": False}
    one = Consumer({"bootstrap.servers": cluster.bootstrap, **settings, **QUIET})
    one.subscribe([TOPIC])
    return one


@contextmanager
def working(cluster: KafkaCluster, each: Callable[[Consumer, Message], None]) -> Iterator[None]:
    """A member that does something with each record, once it has its partitions."""
    done, ready, one = threading.Event(), threading.Event(), member(cluster)

    def work() -> None:
        while not done.is_set():
            record = one.poll(0.1)
            if record is not None and record.error() is None:
                each(one, record)
            if one.assignment():
                ready.set()
        one.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert ready.wait(30)
        yield
    finally:
        done.set()
        worker.join()


def diagnosed(shop: Shop, code: int = 7) -> list[str]:
    ran = shop.run("verify", "-q", "--diagnose", TOPIC, "-o", "json")
    assert ran.code == code, ran.text
    causes = [cause for one in ran.json()["diagnoses"] for cause in one["causes"]]
    return [f"{cause['suspect']} ({cause['likelihood']}): {cause['evidence']}" for cause in causes]


def commit(one: Consumer, record: Message) -> None:
    one.commit(message=record, asynchronous=False)


def test_a_group_whose_members_stopped_and_one_that_works_again(live_4: KafkaCluster, shop: Shop) -> None:
    producer = made(live_4, shop)
    send(producer, {0: 5, 1: 5, 2: 5})
    with working(live_4, commit):
        assert diagnosed(shop, code=0) == []
    send(producer, {0: 10, 1: 10, 2: 10})
    assert diagnosed(shop)[0] == "nobody reads (seen): 30 messages wait, and nobody is connected"


@pytest.mark.slow_faults
def test_a_hot_partition_with_a_slow_consumer_and_one_with_a_poison_record(live_4: KafkaCluster, shop: Shop) -> None:
    producer = made(live_4, shop)
    send(producer, {0: 2, 1: 400, 2: 2})
    done = threading.Event()

    def slow(one: Consumer, record: Message) -> None:
        done.wait(0.1)
        commit(one, record)

    with working(live_4, slow):
        causes = diagnosed(shop)
    assert causes[0].startswith(f"one part has nearly all (probable): {TOPIC}:1 has ")

    def fails(one: Consumer, record: Message) -> None:
        if record.partition() == 1:
            one.seek(TopicPartition(TOPIC, 1, record.offset() or 0))
            done.wait(0.05)
        else:
            commit(one, record)

    feeding = threading.Event()

    def feed() -> None:
        while not feeding.wait(0.2):
            send(producer, {0: 1, 2: 1})

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        with working(live_4, fails):
            causes = diagnosed(shop)
    finally:
        feeding.set()
        feeder.join()
    assert causes[0].startswith("a message that always fails (probable): others get on, and nothing was finished in ")


def test_letters_with_their_error_and_records_that_were_sent_again(live_4: KafkaCluster, shop: Shop) -> None:
    producer = made(live_4, shop, partitions=1)
    for _ in range(2):
        producer.produce(TOPIC, b"pay order 17", key=b"17")
    headers: dict[str, str | bytes | None] = {
        "kafka_dlt-exception-fqcn": b"java.lang.IllegalStateException",
        "kafka_dlt-original-topic": b"orders.new",
    }
    for number in range(3):
        producer.produce(LETTERS, str(number).encode(), headers=headers)
    assert producer.flush(20) == 0
    error, twice = diagnosed(shop)
    looked_at = "3 letters; 3 of 3 that were looked at: java.lang.IllegalStateException, from `orders.new`"
    assert error == f"an error of the consumer (seen): {looked_at}"
    assert twice.startswith("sent more than once (probable): 1 message of the newest 2 stand there more than once, ")
    assert twice.endswith(": 0:0 = 0:1")
