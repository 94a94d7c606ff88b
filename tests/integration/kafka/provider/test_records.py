"""Records in a topic: they come back whole, whatever the topic went through, and who may not read them is told why."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.cimpl import (
    ACL_OPERATION_CREATE,
    ACL_OPERATION_DESCRIBE,
    ACL_OPERATION_READ,
    ACL_OPERATION_WRITE,
)

from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from mqinfra.providers.base.records import Stored
from mqinfra.providers.kafka.records.names import topic_of
from tests.integration.kafka.provider.changes import await_topics, create, read, send, topic
from tests.integration.kafka.provider.conftest import SECRETS, connect
from tests.integration.kafka.provider.rights import allow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mqinfra.providers.base.records import RecordStore
    from mqinfra.providers.base.session import Session
    from tests.brokers.kafka.cluster import KafkaCluster

OWNER = Owner("shop", "prod")
OTHER = Owner("billing", "prod")
TOPIC = topic_of(OWNER)
COMPACTED_WITHIN = 60.0


def store_of(session: Session, owner: Owner = OWNER) -> RecordStore:
    store = session.records(owner)
    assert store is not None
    return store


def configure(cluster: KafkaCluster, resource: ConfigResource, **settings: str) -> None:
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap, "enable.metrics.push": False})
    for name, text in settings.items():
        entry = ConfigEntry(name.replace("_", "."), text, incremental_operation=AlterConfigOpType.SET)
        resource.add_incremental_config(entry)
    for future in admin.incremental_alter_configs([resource]).values():
        future.result()


def refusal(found: pytest.ExceptionInfo[UserError]) -> str:
    """What is said, with what to do; without a secret."""
    assert found.value.exit_code is ExitCode.ERROR
    [diagnostic] = found.value.diagnostics
    text = " ".join((diagnostic.message, *diagnostic.help))
    assert not any(secret in text for secret in SECRETS.values())
    return f"{diagnostic.code} {text}"


def test_a_thousand_records_come_back_in_another_session(session: Session, kafka: KafkaCluster) -> None:
    texts = {f"topics/t{number}": f'{{"number": {number}, "filler": "{"x" * 500}"}}' for number in range(1_000)}
    odd = {"": "{}", "é/\x00/\n": '"ü"', "\ud800": '"\udfff"', "empty": ""}
    store = store_of(session)
    assert store.load() == Stored()
    store.save(texts | odd)
    with connect(kafka.bootstrap) as another:
        found = store_of(another).load()
    assert found.exists
    assert found.texts == texts | odd


def test_a_record_that_was_removed_is_gone_and_the_same_call_again_is_harmless(session: Session) -> None:
    store = store_of(session)
    for _ in range(2):
        store.save({"a": "1", "b": "2", "c": "3"})
        store.save({"a": None, "b": "4", "d": None})
        assert store.load().texts == {"b": "4", "c": "3"}


def test_the_topic_is_made_by_the_first_write_and_with_what_the_records_need(
    session: Session,
) -> None:
    store = store_of(session)
    store.load()
    store.others(["a"])
    assert TOPIC not in read(session, TOPIC)
    store.save({})
    assert store.load() == Stored(exists=True)
    live = read(session, TOPIC)[TOPIC]
    assert live.spec.to_json() == {
        "partitions": 1,
        "replicationFactor": 1,
        "config": {
            "cleanup.policy": "compact",
            "message.timestamp.type": "LogAppendTime",
            "unclean.leader.election.enable": False,
            "segment.ms": 3_600_000,
            "min.cleanable.dirty.ratio": 0.1,
        },
    }


def test_three_brokers_keep_three_copies_and_two_have_what_was_acknowledged(kafka_4_three: KafkaCluster) -> None:
    kafka_4_three.wipe()
    with connect(kafka_4_three.bootstrap) as session:
        store_of(session).save({"a": "1"})
        live = await_topics(session, [TOPIC])[TOPIC]
        assert store_of(session).load().texts == {"a": "1"}
    assert live.spec.field(("replicationFactor",)) == 3
    assert live.spec.field(("config", "min.insync.replicas")) == 2


def test_what_compaction_leaves_gaps_in_is_read_to_its_end(session: Session, kafka: KafkaCluster) -> None:
    store = store_of(session)
    store.save({"untouched": "first"})
    configure(kafka, ConfigResource(ConfigResource.Type.BROKER, "1"), log_cleaner_backoff_ms="200")
    resource = ConfigResource(ConfigResource.Type.TOPIC, TOPIC)
    configure(kafka, resource, segment_ms="50", min_cleanable_dirty_ratio="0.001", delete_retention_ms="0")
    expected = {"untouched": "first"}
    deadline = time.monotonic() + COMPACTED_WITHIN
    count = 0
    while True:
        count += 1
        written: dict[str, str | None] = {f"k{number}": f"{count}" for number in range(20)}
        written["gone"] = None if count % 2 else "here"
        store.save(written)
        expected |= {key: text for key, text in written.items() if text is not None}
        if count % 2:
            expected.pop("gone", None)
        if count >= 20 and count % 5 == 0 and gaps_in(kafka):
            break
        assert time.monotonic() < deadline, "the broker did not compact the topic"
        time.sleep(0.06)
    assert store.load().texts == expected


def gaps_in(cluster: KafkaCluster) -> bool:
    """Whether offsets are missing among the messages, as a reader that asks for nothing else sees it."""
    reader = Consumer(
        {
            "bootstrap.servers": cluster.bootstrap,
            "group.id": "test",
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "enable.metrics.push": False,
        }
    )
    reader.assign([TopicPartition(TOPIC, 0, 0)])
    offsets = []
    while (message := reader.poll(10)) is not None and message.error() is None:
        offsets.append(message.offset() or 0)
    reader.close()
    return len(offsets) < offsets[-1] + 1


def test_others_claims_are_named_and_only_of_what_is_asked_for(session: Session) -> None:
    long = Owner("p" * 300, "prod")
    store_of(session, OTHER).save({"topics/a": "a of billing", "topics/b": "b of billing"})
    store_of(session, long).save({"topics/a": "a of the long one"})
    store_of(session, Owner("idle", "prod")).save({"topics/c": "c"})
    store_of(session).save({"topics/a": "ours"})
    expected: Mapping[Owner, Mapping[str, str]] = {
        OTHER: {"topics/a": "a of billing"},
        long: {"topics/a": "a of the long one"},
    }
    assert store_of(session).others(["topics/a", "topics/z"]) == expected
    assert store_of(session).others(["topics/z"]) == {}
    assert store_of(session, long).load().texts == {"topics/a": "a of the long one"}


def test_the_topic_is_nobody_s_to_declare_and_left_over_for_nobody(session: Session) -> None:
    send(session, create("orders"), create("strangers"))
    await_topics(session, ["orders", "strangers"])
    store_of(session).save({"a": "1"})
    named = session.read({"topics": [topic("orders")]})
    assert set(named.resources) == {topic("orders")}
    assert set(named.listed["topics"]) == {topic("orders"), topic("strangers")}
    everything = session.read({"topics": None})
    assert set(everything.resources) == set(everything.listed["topics"]) == {topic("orders"), topic("strangers")}
    assert session.look({"topics": [topic("orders")]}).listed == {}


def test_who_may_not_read_is_told_which_right_is_missing(
    session: Session, limited: Session, kafka: KafkaCluster
) -> None:
    store_of(session).save({"a": "1"})
    with pytest.raises(UserError) as told:
        store_of(limited).load()
    assert f"MQ346 the records can't be read: this needs Describe on topic `{TOPIC}`" in refusal(told)
    allow(kafka, TOPIC, ACL_OPERATION_DESCRIBE)
    with pytest.raises(UserError) as told:
        store_of(limited).load()
    assert f"this needs Read on topic `{TOPIC}`" in refusal(told)
    assert f"--operation Read --topic {TOPIC}" in refusal(told)


def test_reading_needs_no_right_on_any_group(session: Session, limited: Session, kafka: KafkaCluster) -> None:
    store_of(session).save({"a": "1"})
    allow(kafka, TOPIC, ACL_OPERATION_READ)
    assert store_of(limited).load().texts == {"a": "1"}


def test_an_owner_whose_records_can_not_be_read_is_left_out(
    session: Session, limited: Session, kafka: KafkaCluster
) -> None:
    for owner in (OWNER, OTHER, Owner("hidden", "prod"), Owner("seen", "prod")):
        store_of(session, owner).save({"a": str(owner)})
    allow(kafka, topic_of(OTHER), ACL_OPERATION_READ)
    allow(kafka, topic_of(Owner("seen", "prod")), ACL_OPERATION_DESCRIBE)
    assert store_of(limited).others(["a"]) == {OTHER: {"a": str(OTHER)}}
    others = store_of(limited).load_others()
    assert {owner: stored.texts for owner, stored in others.items()} == {
        OTHER: {"a": str(OTHER)},
        Owner("seen", "prod"): {},
    }
    assert {owner for owner, stored in others.items() if stored.unavailable} == {Owner("seen", "prod")}
    assert store_of(session).load_others().keys() == {OTHER, Owner("hidden", "prod"), Owner("seen", "prod")}


def test_who_may_not_write_is_told_which_right_is_missing(
    limited: Session, session: Session, kafka: KafkaCluster
) -> None:
    store = store_of(limited)
    allow(kafka, TOPIC, ACL_OPERATION_READ)
    with pytest.raises(UserError) as told:
        store.save({"a": "1"})
    assert f"MQ346 the records can't be written: this needs Create on topic `{TOPIC}`" in refusal(told)
    allow(kafka, TOPIC, ACL_OPERATION_CREATE)
    with pytest.raises(UserError) as told:
        store.save({"a": "1"})
    assert f"this needs Write on topic `{TOPIC}`" in refusal(told)
    allow(kafka, TOPIC, ACL_OPERATION_WRITE)
    store.save({"a": "1"})
    assert store_of(session).load().texts == {"a": "1"}


def test_a_record_that_is_too_large_for_the_broker_is_said_and_the_next_one_is_written(session: Session) -> None:
    store = store_of(session)
    with pytest.raises(UserError) as told:
        store.save({"a": "x" * 2_000_000})
    assert "too large" in refusal(told).lower()
    store.save({"b": "1"})
    assert store.load().texts == {"b": "1"}


@pytest.mark.parametrize("api", ["ListOffsets", "Fetch"])
def test_a_cluster_that_falls_silent_is_an_error_and_no_absence_of_records(
    proxied: Session, kafka_4: KafkaCluster, api: str
) -> None:
    store = store_of(proxied)
    store.save({"a": "1"})
    for nth in range(1, 200):
        kafka_4.proxy.faults.swallow_reply(nth, api)
    with pytest.raises(UserError) as told:
        store.load()
    assert refusal(told)


def test_a_write_without_an_answer_is_said_and_not_taken_for_done(proxied: Session, kafka_4: KafkaCluster) -> None:
    store = store_of(proxied)
    store.save({"a": "1"})
    for nth in range(1, 200):
        kafka_4.proxy.faults.swallow_reply(nth, "Produce")
    with pytest.raises(UserError) as told:
        store.save({"a": "2"})
    assert "the records can't be written: Produce" in refusal(told)
    kafka_4.proxy.reset()
    store.save({"a": "3"})
    assert store_of(proxied).load().texts == {"a": "3"}


def test_reading_writes_nothing_to_the_cluster(proxied: Session, kafka_4: KafkaCluster) -> None:
    store_of(proxied).save({"a": "1"})
    store_of(proxied).load()
    kafka_4.proxy.reset()
    before = kafka_4.metadata_end_offset()
    assert store_of(proxied).load().texts == {"a": "1"}
    assert store_of(proxied).others(["a"]) == {}
    assert kafka_4.proxy.mutating() == []
    assert kafka_4.metadata_end_offset() == before
