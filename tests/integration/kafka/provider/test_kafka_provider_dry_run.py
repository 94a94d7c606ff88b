from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka.cimpl import ACL_OPERATION_DELETE

from mqinfra.providers.kafka.topics import requests as topic_requests
from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.release import installed
from tests.integration.kafka.provider.changes import await_topics, create, delete, replace, send, topic, update
from tests.integration.kafka.provider.conftest import connect
from tests.integration.kafka.provider.rights import allow

if TYPE_CHECKING:
    from pathlib import Path

    from mqinfra.model.span import Path as FieldPath
    from mqinfra.providers.base.kind import Objection
    from mqinfra.providers.base.session import Session


@pytest.mark.parametrize(
    ("entry", "path"),
    [
        ({"config": {"retention.msec": 1}}, ("config", "retention.msec")),
        ({"config": {"segment.ms": 5, "retention.ms": "1d"}}, ("config", "retention.ms")),
        ({"config": {"cleanup.policy": "deleted"}}, ("config", "cleanup.policy")),
        (
            {"config": {"leader.replication.throttled.replicas": "x"}},
            ("config", "leader.replication.throttled.replicas"),
        ),
        (
            {"config": {"max.compaction.lag.ms": 5, "min.compaction.lag.ms": 10}},
            ("config", "max.compaction.lag.ms"),
        ),
        ({"replicationFactor": 5}, ("replicationFactor",)),
        ({"partitions": 20_000}, ("partitions",)),
        ({"config": {"remote.storage.enable": True}}, ()),
    ],
    ids=str,
)
def test_a_refusal_points_at_the_field(session: Session, entry: dict[str, Any], path: FieldPath) -> None:
    (objection,) = session.dry_run([create("orders", **entry)])
    assert (objection.address, objection.path, objection.unchecked) == (topic("orders"), path, False)
    assert objection.problem.message


def test_an_unknown_key_is_answered_with_the_closest(session: Session) -> None:
    (objection,) = session.dry_run([create("orders", config={"retention.msec": 1})])
    assert objection.problem.help == "did you mean `retention.ms`?"


def test_good_changes_raise_nothing_and_change_nothing(proxied: Session, kafka_4: KafkaCluster) -> None:
    send(proxied, create("orders", partitions=3), create("old"))
    await_topics(proxied, ["orders", "old"])
    before = kafka_4.metadata_end_offset()
    kafka_4.proxy.reset()
    changes = [
        create("new", partitions=3, config={"retention.ms": 5}),
        update("orders", (("partitions",), 3, 6), (("config", "segment.ms"), None, 9)),
        delete("old"),
    ]
    assert proxied.dry_run(changes) == []
    assert kafka_4.proxy.mutating() == []
    assert kafka_4.metadata_end_offset() == before


def test_one_bad_topic_says_nothing_against_the_good_ones(session: Session) -> None:
    send(session, create("a.b"))
    await_topics(session, ["a.b"])
    changes = [
        create("good"),
        create("bad", replicationFactor=9),
        create("a_b"),
        update("gone", (("partitions",), 1, 2)),
    ]
    found = {objection.address.name for objection in session.dry_run(changes)}
    assert found == {"bad", "a_b", "gone"}


def test_calls_that_turn_out_too_large_are_cut(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_requests, "MAX_RECORDS", 1_000_000)
    changes = [create(f"t{number}", partitions=900) for number in range(15)]
    assert len(session.requests(changes)) == 1
    assert session.dry_run(changes) == []


def without_names(objections: list[Objection]) -> set[str]:
    assert not any(objection.unchecked for objection in objections)
    return {objection.lacking for objection in objections}


def test_a_caller_who_may_not_is_told_of_each_right(session: Session, limited: Session, kafka: KafkaCluster) -> None:
    send(session, create("orders", partitions=1), create("billing", partitions=1))
    await_topics(session, ["orders", "billing"])
    assert len(without_names(limited.dry_run([create("x"), create("y")]))) == 1
    found = without_names(
        limited.dry_run([update("orders", (("partitions",), 1, 2), (("config", "segment.ms"), 1, 2))])
    )
    assert found == {"Alter on the topic", "AlterConfigs on the topic"}
    allow(kafka, "billing", ACL_OPERATION_DELETE)
    (objection,) = limited.lacking([delete("billing"), delete("orders")])
    assert (objection.address, objection.lacking) == (topic("orders"), "Delete on the topic")
    assert "--operation Delete --topic orders" in objection.problem.help
    assert session.lacking([delete("billing"), delete("orders"), create("new")]) == []


def test_a_replace_can_not_be_asked_about(session: Session) -> None:
    send(session, create("orders"))
    live = await_topics(session, ["orders"])["orders"]
    (objection,) = session.dry_run([replace("orders", live.identity, partitions=2)])
    assert objection.unchecked


def test_brokers_that_delete_no_topics_are_found_out(tmp_path: Path) -> None:
    cluster = KafkaCluster(installed("4"), tmp_path, Settings(properties={"delete.topic.enable": "false"}))
    try:
        cluster.start()
        with connect(cluster.bootstrap) as session:
            send(session, create("orders"))
            await_topics(session, ["orders"])
            (objection,) = session.dry_run([delete("orders")])
            assert not objection.unchecked
            assert "delete.topic.enable" in objection.problem.message
            (result,) = send(session, delete("orders")).values()
            assert type(result).__name__ == "Refused"
    finally:
        cluster.close()
