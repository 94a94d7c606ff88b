"""Copies, rights and other environments on real clusters: never more is destroyed than without."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from confluent_kafka import Consumer, Producer, TopicPartition

from mqinfra.model.record import Owner
from mqinfra.providers.kafka.records.names import topic_of
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.rights import User
from tests.integration.kafka.ownership.conftest import SCOPE
from tests.ownership.workspace import Workspace, destroyed, made

if TYPE_CHECKING:
    import pytest

    from tests.brokers.kafka.cluster import KafkaCluster

RECORDS = topic_of(Owner("shop", "local"))
NAMES = [f"shop.t{number}" for number in range(6)]
QUIET: dict[str, Any] = {"enable.metrics.push": False, "log_level": 0}


def declared(**more: Any) -> dict[str, Any]:
    """Topics with a setting, which an edit drops, and a right."""
    return {"kafka": {"topics": {name: {"partitions": 1, **more} for name in NAMES}}}


def with_setting() -> dict[str, Any]:
    whole = declared(config={"retention.ms": "3d"})
    whole["kafka"]["access"] = {"reader": {"principal": "User:reader", "consumes": [NAMES[0]], "group": "shop.g"}}
    return whole


def shrunk(space: Workspace) -> dict[str, Any]:
    """Apply, and drop the setting, the right and two topics; what the plan is then."""
    space.declare(t=with_setting())
    ran = space.mq("apply", "--auto-approve", "-q")
    assert ran.code == 0, ran.text
    less = declared()
    for name in NAMES[:2]:
        del less["kafka"]["topics"][name]
    space.declare(t={**less, "removed": {f"kafka/topics/{name}": {} for name in NAMES[:2]}})
    plan = space.plan()
    assert {f"kafka/topics/{name}" for name in NAMES[:2]} < destroyed(plan)
    assert {f"kafka/topics/{name} config.retention.ms" for name in NAMES[2:]} < destroyed(plan)
    assert any("/acls/" in text for text in destroyed(plan))
    return plan


def copy(one: KafkaCluster, other: KafkaCluster, topic: str) -> None:
    """Copy all messages of a topic, as a mirror does; the copy has other offsets and times."""
    Hand(other).create_records(topic)
    reader = Consumer({"bootstrap.servers": one.bootstrap, "group.id": "mirror", "enable.partition.eof": True, **QUIET})
    writer = Producer({"bootstrap.servers": other.bootstrap, **QUIET})
    reader.assign([TopicPartition(topic, 0, 0)])
    deadline = time.monotonic() + 20.0
    while (message := reader.poll(1.0)) is None or message.error() is None:
        assert time.monotonic() < deadline, "the topic could not be read to its end"
        if message is not None:
            writer.produce(topic, key=message.key(), value=message.value())
    reader.close()
    assert writer.flush(20.0) == 0


def test_a_copy_of_a_cluster_with_its_records_is_not_the_cluster(
    space: Workspace, kafka_4: KafkaCluster, kafka_39: KafkaCluster
) -> None:
    """Its topics have other ids, and so has the cluster."""
    kafka_39.wipe()
    original = shrunk(space)
    for name in NAMES:
        Hand(kafka_39).create(name, config={"retention.ms": "259200000"})
    copy(kafka_4, kafka_39, RECORDS)
    space.project({"kafka": {"type": "kafka", "bootstrap": kafka_39.bootstrap}}, SCOPE)
    plan = space.plan()
    assert destroyed(plan) == {f"kafka/topics/{name}" for name in NAMES[:2]}, "the lines still say so"
    assert destroyed(plan) < destroyed(original)
    status = space.mq("status", "-o", "json")
    assert status.code == 0, status.text


def test_a_topic_that_was_made_again_is_not_the_one_on_record(space: Workspace, hand: Hand) -> None:
    original = shrunk(space)
    hand.delete(NAMES[3])
    hand.create(NAMES[3], config={"retention.ms": "259200000"})
    left = f"kafka/topics/{NAMES[3]} config.retention.ms"
    assert destroyed(space.plan()) == destroyed(original) - {left}


def test_who_sees_half_the_topics_destroys_nothing_more(
    space: Workspace, kafka_4: KafkaCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = shrunk(space)
    user = User(kafka_4)
    monkeypatch.setenv("PW", user.password)
    for name in NAMES[::2]:
        user.allow(name, "DESCRIBE_CONFIGS")
    login = {"mechanism": "SCRAM-SHA-512", "username": user.name, "password": {"env": "PW"}}
    space.project({"kafka": {"type": "kafka", "bootstrap": kafka_4.sasl_bootstrap, "security": {"sasl": login}}}, SCOPE)
    blind = space.plan("--skip-rights")
    assert destroyed(blind) <= {f"kafka/topics/{name}" for name in NAMES[:2:2]}, "records can't be read either"
    assert made(blind) == set()
    user.allow(RECORDS, "READ")
    seeing = space.plan("--skip-rights")
    assert destroyed(seeing) <= destroyed(original)
    assert {f"kafka/topics/{name}" for name in NAMES[1:2]}.isdisjoint(destroyed(seeing))
    assert made(seeing) == set(), "what can't be seen is not absent"


def test_two_environments_on_one_cluster_leave_each_other_alone(space: Workspace, hand: Hand) -> None:
    plan = shrunk(space)
    prod = Workspace(space.root, "prod")
    prod.project({"kafka": {"type": "kafka", "bootstrap": hand.bootstrap}}, SCOPE, others=["local"])
    assert destroyed(prod.plan()) == set(), "all of it is claimed by the other, the lines' topics too"
    prod.declare(t=with_setting())
    ran = prod.mq("apply", "--auto-approve", "-q")
    assert ran.code in (0, 3), ran.text
    less = declared()
    for name in NAMES[:2]:
        del less["kafka"]["topics"][name]
    prod.declare(t=less)
    for found in (prod.plan(), space.plan()):
        assert destroyed(found) <= destroyed(plan)
        assert not any("/acls/" in text for text in destroyed(found)), "the other one still claims it"
