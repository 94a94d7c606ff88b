from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from confluent_kafka.cimpl import ACL_OPERATION_ALTER, ACL_OPERATION_CREATE

from mqinfra.providers.base.request import Accepted, Lost, Refused
from tests.integration.kafka.provider.changes import (
    await_topic,
    await_topics,
    create,
    delete,
    read,
    send,
    update,
)
from tests.integration.kafka.provider.rights import allow

if TYPE_CHECKING:
    from mqinfra.providers.base.session import Session
    from tests.brokers.kafka.cluster import KafkaCluster


def test_topics_are_made_changed_and_deleted(session: Session) -> None:
    names = [f"t{number}" for number in range(30)]
    assert set(send(session, *map(create, names)).values()) == {Accepted()}
    await_topics(session, names)
    change = (("partitions",), 1, 2), (("config", "retention.ms"), None, 5)
    assert set(send(session, *(update(name, *change) for name in names)).values()) == {Accepted()}
    wanted = {"partitions": 2, "replicationFactor": 1, "config": {"retention.ms": 5}}
    for name in names:
        await_topic(session, name, lambda now: now.spec.to_json() == wanted)
    assert set(send(session, *map(delete, names)).values()) == {Accepted()}
    await_topics(session, names, there=False)


def test_one_call_holds_many_topics(proxied: Session, kafka_4: KafkaCluster) -> None:
    kafka_4.proxy.reset()
    send(proxied, *(create(f"t{number}") for number in range(30)))
    assert [request.name for request in kafka_4.proxy.mutating()] == ["CreateTopics"]


def test_a_bad_topic_is_refused_in_the_brokers_words_and_the_others_made(session: Session) -> None:
    results = send(session, create("good"), create("bad", config={"retention.ms": "1d"}))
    assert results["good"] == Accepted()
    assert results["bad"] == Refused("Invalid value 1d for configuration retention.ms: Not a number of type LONG")
    await_topics(session, ["good"])


@pytest.mark.parametrize(
    ("wanted", "says"), [(3, "already has 3 partition(s)"), (2, "2 would not be an increase")], ids=["same", "fewer"]
)
def test_growth_that_is_none_is_refused(session: Session, wanted: int, says: str) -> None:
    send(session, create("orders", partitions=3))
    await_topics(session, ["orders"])
    (result,) = send(session, update("orders", (("partitions",), 3, wanted))).values()
    assert isinstance(result, Refused)
    assert says in result.message
    assert not result.retry


def test_what_exists_or_is_gone_is_refused_and_not_lost(session: Session) -> None:
    send(session, create("orders"))
    await_topics(session, ["orders"])
    assert send(session, create("orders"))["orders"] == Refused("Topic 'orders' already exists.")
    results = send(session, delete("gone"), update("lost", (("config", "retention.ms"), 1, 2)))
    assert all(isinstance(result, Refused) for result in results.values())


def test_a_missing_right_is_named(session: Session, limited: Session, kafka: KafkaCluster) -> None:
    send(session, create("orders", partitions=1))
    await_topics(session, ["orders"])
    (refused,) = send(limited, create("new")).values()
    assert isinstance(refused, Refused)
    assert refused.message == "not allowed: this needs Create on topic `new`"
    assert "`kafka-acls --add --allow-principal User:limited --operation Create --topic new`" in refused.help[0]
    for change, right in (
        (update("orders", (("partitions",), 1, 2)), "Alter"),
        (update("orders", (("config", "retention.ms"), 1, 2)), "AlterConfigs"),
        (delete("orders"), "Delete"),
    ):
        (refused,) = send(limited, change).values()
        assert isinstance(refused, Refused)
        assert f"needs {right} on topic `orders`" in refused.message
    allow(kafka, "new", ACL_OPERATION_CREATE)
    allow(kafka, "orders", ACL_OPERATION_ALTER)
    assert send(limited, create("new")) == {"new": Accepted()}
    assert send(limited, update("orders", (("partitions",), 1, 2))) == {"orders": Accepted()}


@pytest.mark.parametrize("fault", ["swallow_reply", "cut_after"])
def test_a_lost_reply_is_lost_although_the_broker_acted(proxied: Session, kafka_4: KafkaCluster, fault: str) -> None:
    getattr(kafka_4.proxy.faults, fault)(of="CreateTopics")
    (result,) = send(proxied, create("orders")).values()
    assert isinstance(result, Lost)
    assert "orders" in await_topics(proxied, ["orders"])
    assert len(kafka_4.proxy.recorder.of("CreateTopics")) == 1


def test_a_lost_request_is_lost_too(proxied: Session, kafka_4: KafkaCluster) -> None:
    kafka_4.proxy.faults.drop_request(of="CreateTopics")
    (result,) = send(proxied, create("orders")).values()
    assert isinstance(result, Lost)
    assert read(proxied, "orders") == {}
    assert send(proxied, create("orders")) == {"orders": Accepted()}


def test_a_setting_that_is_as_wanted_writes_nothing(session: Session, kafka: KafkaCluster) -> None:
    send(session, create("orders", config={"retention.ms": 5}))
    await_topics(session, ["orders"])
    before = kafka.metadata_end_offset()
    assert send(session, update("orders", (("config", "retention.ms"), 5, 5))) == {"orders": Accepted()}
    assert kafka.metadata_end_offset() == before
