"""Every state of groups and dead letters is brought about on a real Kafka, and seen within two intervals."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from mqinfra.model.health import State
from tests.integration.kafka.e2e.groups import GroupShop, Readers
from tests.integration.kafka.e2e.hand import QUIET, consumer, polling
from tests.integration.watching import watching

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

TOPIC, GROUP = "orders.new", "billing"


def declared(shop: GroupShop, **promises: object) -> None:
    shop.groups(
        {GROUP: {"topics": [TOPIC], **({"promises": promises} if promises else {})}},
        topics=(f"{TOPIC}: {{partitions: 1, replicationFactor: 1, deadLetter: true}}",),
    )
    assert shop.apply().code == 0


def member(cluster: KafkaCluster) -> Consumer:
    """Who reads when told to, and commits when told to."""
    settings = {"group.id": GROUP, "auto.offset.reset": "earliest", "enable.auto.commit": False}
    one = Consumer({"bootstrap.servers": cluster.bootstrap, **settings, **QUIET})
    one.subscribe([TOPIC])
    deadline = time.monotonic() + 20
    while not one.assignment():
        assert time.monotonic() < deadline
        one.poll(0.1)
    return one


def test_readers_that_stop_stall_go_back_and_leave_are_seen(live_4: KafkaCluster, shop: GroupShop) -> None:
    declared(shop)
    readers = Readers(live_4)
    readers.produce(TOPIC, 50)
    readers.commit(GROUP, TOPIC, 50)
    one = member(live_4)
    with watching() as watch:
        assert watch.sees(GROUP, State.OK).series.last.waiting == 0
        readers.produce(TOPIC, 20)
        seen = watch.sees(GROUP, State.STALLED)
        assert "20 messages wait" in seen.judged.verdict.reason
        one.commit(offsets=[TopicPartition(TOPIC, 0, 60)], asynchronous=False)
        watch.sees(GROUP, State.STOPPED, within=2)
        one.close()
        watch.sees(GROUP, State.NO_MEMBERS)
        readers.commit(GROUP, TOPIC, 5)
        seen = watch.sees(GROUP, State.REWOUND)
        assert "partition 0 went back from 60 to 5" in seen.judged.verdict.reason
        readers.commit(GROUP, TOPIC, 70)
        watch.sees(GROUP, State.OK)


def test_what_expires_unread_and_dead_letters_that_come_are_seen(live_4: KafkaCluster, shop: GroupShop) -> None:
    declared(shop)
    readers = Readers(live_4)
    readers.produce(TOPIC, 50)
    readers.commit(GROUP, TOPIC, 10)
    with watching() as watch:
        watch.look()
        admin = AdminClient({"bootstrap.servers": live_4.bootstrap, **QUIET})
        for future in admin.delete_records([TopicPartition(TOPIC, 0, 30)]).values():
            future.result()
        seen = watch.sees(GROUP, State.AT_RISK_OF_LOSS)
        assert seen.judged.verdict.reason == "20 messages went away before the group read them"
        assert watch.look()["orders.new.dlq"].judged.verdict.state is State.OK
        readers.produce("orders.new.dlq", 3)
        seen = watch.sees("orders.new.dlq", State.DLQ_GROWING)
        assert "3 messages came" in seen.judged.verdict.reason


def test_promises_that_do_not_hold_are_seen_until_they_do(live_4: KafkaCluster, shop: GroupShop) -> None:
    declared(shop, maxLag=10, maxDelay="1h")
    readers = Readers(live_4)
    readers.produce(TOPIC, 30, timestamp=int((time.time() - 7_200) * 1_000))
    readers.commit(GROUP, TOPIC, 25)
    one = member(live_4)
    try:
        with watching() as watch:
            seen = watch.sees(GROUP, State.LAGGING)
            assert seen.judged.verdict.reason.startswith("5 messages wait for longer than the promised 1h")
            readers.produce(TOPIC, 200)
            one.commit(offsets=[TopicPartition(TOPIC, 0, 40)], asynchronous=False)
            watch.look()
            one.commit(offsets=[TopicPartition(TOPIC, 0, 60)], asynchronous=False)
            seen = watch.sees(GROUP, State.LAGGING)
            assert "at most 10 are promised" in seen.judged.verdict.reason
            for offset in range(80, 200, 20):
                one.commit(offsets=[TopicPartition(TOPIC, 0, offset)], asynchronous=False)
                watch.look()
            assert watch.look()[GROUP].judged.verdict.state is State.CATCHING_UP
    finally:
        one.close()


def test_the_markers_of_transactions_are_no_lag(live_4: KafkaCluster, shop: GroupShop) -> None:
    declared(shop)
    producer = Producer({"bootstrap.servers": live_4.bootstrap, "transactional.id": "tx", **QUIET})
    producer.init_transactions(20)
    producer.begin_transaction()
    producer.produce(TOPIC, b"x", partition=0)
    producer.commit_transaction(20)
    Readers(live_4).commit(GROUP, TOPIC, 1)
    with watching() as watch:
        seen = [watch.look()[GROUP] for _ in range(6)][-1]
        assert seen.series.last.lanes[0].end == 2
        assert seen.judged.verdict.state is State.OK
        producer.begin_transaction()
        for number in range(40):
            producer.produce(TOPIC, str(number).encode(), partition=0)
        producer.flush(20)
        seen = watch.look()[GROUP]
        assert (seen.series.last.lanes[0].end, seen.series.last.lanes[0].readable) == (42, 2)
        producer.abort_transaction(20)


def test_a_group_that_does_not_come_to_share_out_what_it_reads_is_seen(live_4: KafkaCluster, shop: GroupShop) -> None:
    declared(shop)
    Readers(live_4).commit(GROUP, TOPIC, 0)
    silent = member(live_4)  # it does not poll any more, so it learns nothing of others
    with watching() as watch:
        watch.sees(GROUP, State.OK)
        another = consumer(live_4.bootstrap, GROUP)
        another.subscribe([TOPIC])
        with polling(another):
            seen = watch.sees(GROUP, State.REBALANCING, within=2)
            assert "`preparing rebalancing` in all of" in seen.judged.verdict.reason
            with polling(silent):
                watch.sees(GROUP, State.OK, within=2)


def test_a_batch_that_nobody_runs_now_is_no_fault(live_4: KafkaCluster, shop: GroupShop) -> None:
    declared(shop, batch=True)
    readers = Readers(live_4)
    readers.produce(TOPIC, 30)
    readers.commit(GROUP, TOPIC, 10)
    with watching() as watch:
        watch.sees(GROUP, State.EMPTY_OK)
        assert {watch.look()[GROUP].judged.verdict.state for _ in range(4)} == {State.EMPTY_OK}


@pytest.mark.slow_faults
def test_what_grows_is_seen_without_a_promise(live_4: KafkaCluster, shop: GroupShop) -> None:
    declared(shop)
    readers = Readers(live_4)
    readers.produce(TOPIC, 6_000)
    readers.commit(GROUP, TOPIC, 1)
    one = member(live_4)
    try:
        with watching() as watch:
            for number in range(2, 10):
                readers.produce(TOPIC, 200)
                one.commit(offsets=[TopicPartition(TOPIC, 0, number)], asynchronous=False)
                watch.look()
            assert watch.sees(GROUP, State.LAGGING).judged.verdict.rule == "growing"
    finally:
        one.close()


def test_what_nobody_can_tell_is_not_known(live_4: KafkaCluster, shop: GroupShop) -> None:
    shop.groups({GROUP: {"topics": [TOPIC]}}, topics=(f"{TOPIC}: {{partitions: 1, replicationFactor: 1}}",))
    with watching() as watch:
        seen = watch.sees(GROUP, State.UNKNOWN)
        assert seen.judged.verdict.reason == "it does not exist; `mqinfra apply` makes it"
        assert shop.apply().code == 0
        Readers(live_4).produce(TOPIC, 5)
        one = member(live_4)
        try:
            watch.look()
            seen = watch.look()[GROUP]
            assert seen.judged.verdict.reason == "1 member, and nothing committed yet"
        finally:
            one.close()
