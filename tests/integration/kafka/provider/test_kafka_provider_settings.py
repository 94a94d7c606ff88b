"""The table of topic settings, and the sandbox's model of how brokers read values, held against real brokers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mqinfra.model.change import Action
from mqinfra.model.setting import Problem
from mqinfra.providers.kafka.topics.kind import TopicKind
from mqinfra.providers.kafka.topics.settings import settings_of
from tests.integration.kafka.provider.changes import await_topic, await_topics, create, replace, send, update

if TYPE_CHECKING:
    from mqinfra.model.change import Change
    from mqinfra.providers.base.session import Session

# The test brokers clear files away sooner than brokers do by themselves.
SET_BY_THE_TEST_BROKERS = {"file.delete.delay.ms"}


def test_the_table_knows_every_key_and_the_right_defaults(session: Session) -> None:
    send(session, create("orders"))
    live = await_topics(session, ["orders"])["orders"]
    table = settings_of(session.facts.version_tuple)
    assert {path[1] for path in live.inherited} == set(table.names())
    assert live.spec.to_json() == {"partitions": 1, "replicationFactor": 1, "config": {}}
    theirs = {key[1]: value for key, value in live.inherited.items()}
    ours = {setting.name: setting.default for setting in table}
    differing = {key for key in ours if ours[key] != theirs[key] or type(ours[key]) is not type(theirs[key])}
    assert differing <= SET_BY_THE_TEST_BROKERS, {key: (ours[key], theirs[key]) for key in differing}


ACCEPTED: list[dict[str, Any]] = [
    {"retention.ms": " 604800000 "},
    {"retention.ms": "+5"},
    {"retention.bytes": -7},
    {"preallocate": "TRUE"},
    {"min.cleanable.dirty.ratio": 1},
    {"min.cleanable.dirty.ratio": "0.30"},
    {"cleanup.policy": "compact, delete"},
    {"cleanup.policy": "delete,compact"},
    {"cleanup.policy": ""},
    {"leader.replication.throttled.replicas": "0:1,1:2"},
    {"leader.replication.throttled.replicas": "*"},
    {"compression.type": "zstd", "compression.zstd.level": 5},
    {"min.insync.replicas": 3},
    {"local.retention.ms": 10, "retention.ms": 5},
    {"segment.bytes": 100},
    {"message.downconversion.enable": False},
    {"errors.deadletterqueue.group.enable": True},
    {"remote.log.copy.disable": True},
    {"flush.messages": 9223372036854775807},
]
REFUSED: list[dict[str, Any]] = [
    {"retention.msec": 1},
    {"retention.ms": "1d"},
    {"retention.ms": "5.0"},
    {"retention.ms": ""},
    {"retention.ms": -5},
    {"local.retention.ms": -3},
    {"min.insync.replicas": 0},
    {"segment.bytes": 99_999_999_999},
    {"segment.bytes": 10},
    {"cleanup.policy": "deleted"},
    {"cleanup.policy": "compact,deleted"},
    {"compression.type": "brotli"},
    {"compression.gzip.level": 0},
    {"compression.gzip.level": 10},
    {"compression.lz4.level": 18},
    {"compression.zstd.level": 23},
    {"message.timestamp.type": "logappendtime"},
    {"preallocate": "yes"},
    {"min.cleanable.dirty.ratio": "1.5"},
    {"min.cleanable.dirty.ratio": "x"},
    {"leader.replication.throttled.replicas": "a:b"},
    {"min.compaction.lag.ms": 10, "max.compaction.lag.ms": 5},
    {"min.compaction.lag.ms": 10, "max.compaction.lag.ms": 5, "cleanup.policy": "compact"},
    {"remote.storage.enable": True},
    {"remote.copy.lag.ms": -2},
    {"message.format.version": "9.9"},
]
SHAPES: list[dict[str, Any]] = [{"partitions": 20_000}, {"replicationFactor": 5}, {"partitions": 3}, {}]


def cases() -> list[Any]:
    entries = [{"config": config} for config in ACCEPTED + REFUSED] + SHAPES
    return [pytest.param(entry, id=str(entry)) for entry in entries]


@pytest.mark.parametrize("entry", cases())
def test_the_sandbox_takes_and_refuses_what_the_broker_does(session: Session, entry: dict[str, Any]) -> None:
    change = create("orders", **entry)
    objections = session.dry_run([change])
    simulated = TopicKind().simulate(change, None, session.facts)
    if objections:
        assert isinstance(simulated, Problem), f"the broker says {objections[0].problem}"
        words, ours = objections[0].problem.message, simulated.message
        # 4.4 appends "... or some brokers have all their log directories cordoned."
        assert words.startswith(ours.rstrip(".")), (words, ours)
    else:
        assert not isinstance(simulated, Problem), simulated
        send(session, change)
        assert await_topics(session, ["orders"])["orders"].spec == simulated


def test_names_are_refused_alike(session: Session) -> None:
    for name in ("a b", "..", "x" * 250, "örders"):
        change = create(name)
        assert session.dry_run([change])
        assert isinstance(TopicKind().simulate(change, None, session.facts), Problem)


@pytest.mark.parametrize(
    "change",
    [
        update("orders", (("partitions",), 3, 3)),
        update("orders", (("partitions",), 3, 2)),
        update("orders", (("config", "retention.msec"), None, 1)),
        update(
            "orders", (("config", "min.compaction.lag.ms"), None, 10), (("config", "max.compaction.lag.ms"), None, 5)
        ),
        update("gone", (("config", "retention.ms"), None, 5)),
    ],
    ids=["same", "fewer", "unknown key", "conflict", "absent"],
)
def test_updates_are_refused_alike(session: Session, change: Change) -> None:
    send(session, create("orders", partitions=3))
    live = await_topics(session, ["orders"])
    assert session.dry_run([change])
    spec = live[change.address.name].spec if change.address.name in live else None
    assert isinstance(TopicKind().simulate(change, spec, session.facts), Problem)


def test_updates_give_the_same_alike(session: Session) -> None:
    send(session, create("orders", partitions=1, config={"retention.ms": 7, "segment.ms": 8}))
    live = await_topics(session, ["orders"])["orders"]
    change = update(
        "orders",
        (("partitions",), 1, 4),
        (("config", "retention.ms"), 7, 9),
        (("config", "segment.ms"), 8, None),
        (("config", "cleanup.policy"), None, "delete,compact"),
    )
    expected = TopicKind().simulate(change, live.spec, session.facts)
    send(session, change)
    found = await_topic(session, "orders", lambda now: now.spec == expected)
    assert found.identity == live.identity


def test_a_replace_gives_a_new_topic(session: Session) -> None:
    send(session, create("orders", partitions=3, config={"retention.ms": 7}))
    old = await_topics(session, ["orders"])["orders"]
    change = replace("orders", old.identity, partitions=1)
    assert [request.api for request in session.requests([change])] == ["DeleteTopics", "CreateTopics"]
    assert change.action is Action.REPLACE
    send(session, change)
    new = await_topic(session, "orders", lambda now: now.identity != old.identity)
    assert new.spec == TopicKind().simulate(change, old.spec, session.facts)
