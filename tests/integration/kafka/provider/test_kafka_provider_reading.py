from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import (
    ACL_OPERATION_DESCRIBE,
    ACL_OPERATION_DESCRIBE_CONFIGS,
    NewTopic,
)

from mqinfra.model.errors import UserError
from mqinfra.model.reading import Coverage
from tests.integration.kafka.provider.changes import await_topic, await_topics, create, send, topic, update
from tests.integration.kafka.provider.conftest import connect
from tests.integration.kafka.provider.rights import allow

if TYPE_CHECKING:
    from mqinfra.providers.base.session import Session
    from tests.brokers.kafka.cluster import KafkaCluster

CONFIG = {"retention.ms": 604_800_000, "cleanup.policy": "delete,compact", "preallocate": True}


def test_a_topic_reads_as_it_was_made(session: Session) -> None:
    send(session, create("orders", partitions=3, config=CONFIG))
    live = await_topics(session, ["orders"])["orders"]
    assert live.spec.to_json() == {
        "partitions": 3,
        "replicationFactor": 1,
        "config": {"cleanup.policy": "compact,delete", "preallocate": True, "retention.ms": 604_800_000},
    }
    assert live.identity
    assert live.inherited["config", "segment.ms"] == 604_800_000
    assert ("config", "retention.ms") not in live.inherited
    assert live.value(("config", "min.insync.replicas")) == 1


def test_a_value_like_the_default_is_the_topics_own_when_it_was_set(session: Session) -> None:
    send(session, create("orders", config={"retention.ms": 604_800_000}), create("plain"))
    live = await_topics(session, ["orders", "plain"])
    assert live["orders"].spec.fields()["config", "retention.ms"] == 604_800_000
    assert ("config", "retention.ms") not in live["plain"].spec.fields()


def test_replicas_and_partitions_are_those_of_the_cluster(kafka_4_three: KafkaCluster) -> None:
    kafka_4_three.wipe()
    with connect(kafka_4_three.bootstrap) as session:
        send(session, create("orders", partitions=4, replicationFactor=3), create("lone", replicationFactor=2))
        live = await_topics(session, ["orders", "lone"])
    assert (live["orders"].spec.fields()["partitions",], live["orders"].spec.fields()["replicationFactor",]) == (4, 3)
    assert live["lone"].spec.fields()["replicationFactor",] == 2


def test_absent_topics_are_missing_and_impossible_names_too(session: Session) -> None:
    send(session, create("orders"))
    await_topics(session, ["orders"])
    found = session.read({"topics": [topic("orders"), topic("absent"), topic("a b")]})
    assert list(found.resources) == [topic("orders")]
    assert found.denied == {}
    assert found.coverage == {"topics": Coverage.NAMED}


def test_everything_is_read_on_request_but_what_belongs_to_kafka(session: Session, kafka: KafkaCluster) -> None:
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap, "enable.metrics.push": False})
    for future in admin.create_topics([NewTopic("__private", 1, 1), NewTopic("_schemas", 1, 1)]).values():
        future.result()
    send(session, create("orders"), create("billing"))
    await_topics(session, ["orders", "billing", "__private", "_schemas"])
    found = session.read({"topics": None})
    assert list(found.resources) == [topic("billing"), topic("orders")]
    assert found.coverage == {"topics": Coverage.COMPLETE}


def test_only_what_is_named_is_asked_for(proxied: Session, kafka_4: KafkaCluster) -> None:
    send(proxied, *(create(f"t{number}") for number in range(50)))
    await_topics(proxied, [f"t{number}" for number in range(50)])
    kafka_4.proxy.reset()
    proxied.read({"topics": [topic(f"t{number}") for number in range(10)]})
    counts = kafka_4.proxy.recorder.counts()
    assert counts["DescribeConfigs"] == 1
    assert kafka_4.proxy.mutating() == []
    sizes = [len(request.frame) for request in kafka_4.proxy.recorder.requests if request.name == "DescribeConfigs"]
    assert max(sizes) < 50 * 12


def test_topics_that_inherit_the_same_share_it(session: Session) -> None:
    names = [f"t{number}" for number in range(20)]
    send(session, *(create(name, config={"retention.ms": number}) for number, name in enumerate(names)))
    live = await_topics(session, names)
    assert len({id(each.inherited) for each in live.values()}) == 1


def test_without_rights_topics_are_denied_and_never_absent(session: Session, limited: Session) -> None:
    send(session, create("orders"))
    await_topics(session, ["orders"])
    found = limited.read({"topics": [topic("orders"), topic("absent")]})
    assert found.resources == {}
    assert set(found.denied) == {topic("orders"), topic("absent")}
    assert "Describe on topic `orders`" in found.denied[topic("orders")]


def test_settings_that_can_not_be_seen_deny_the_topic(session: Session, limited: Session, kafka: KafkaCluster) -> None:
    send(session, create("orders"))
    await_topics(session, ["orders"])
    allow(kafka, "*", ACL_OPERATION_DESCRIBE)
    found = limited.read({"topics": [topic("orders"), topic("absent")]})
    assert set(found.denied) == {topic("orders")}
    assert "DescribeConfigs on topic `orders`" in found.denied[topic("orders")]
    allow(kafka, "*", ACL_OPERATION_DESCRIBE_CONFIGS)
    assert set(limited.read({"topics": [topic("orders")]}).resources) == {topic("orders")}


def test_a_changed_setting_is_seen(session: Session) -> None:
    send(session, create("orders", config={"retention.ms": 5}))
    await_topics(session, ["orders"])
    send(session, update("orders", (("config", "retention.ms"), 5, None), (("config", "segment.ms"), None, 9)))
    live = await_topic(session, "orders", lambda now: ("config", "segment.ms") in now.spec.fields())
    assert live.spec.to_json()["config"] == {"segment.ms": 9}


@pytest.mark.parametrize("api", ["Metadata", "DescribeConfigs"])
def test_a_cluster_that_falls_silent_is_an_error_and_not_an_absence(
    proxied: Session, kafka_4: KafkaCluster, api: str
) -> None:
    send(proxied, create("orders"))
    await_topics(proxied, ["orders"])
    for nth in range(1, 40):
        kafka_4.proxy.faults.swallow_reply(nth, api)
    with pytest.raises(UserError) as caught:
        proxied.read({"topics": [topic("orders")]})
    assert caught.value.diagnostics[0].code == "MQ418"
