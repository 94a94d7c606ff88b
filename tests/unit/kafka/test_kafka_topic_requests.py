from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.reading import Facts
from mqinfra.providers.kafka.topics.kind import TopicKind
from mqinfra.providers.kafka.topics.requests import MAX_RECORDS, MAX_RESOURCES, weight

KIND = TopicKind()
FACTS = Facts(cluster_id="c", version="4.4")


def topic(name: str) -> Address:
    return Address("kafka", "topics", (name,))


def create(name: str, after: dict[str, Any], action: Action = Action.CREATE) -> Change:
    return Change(address=topic(name), action=action, reason=Reason.ABSENT, after=after, identity="old")


def update(name: str, *differences: tuple[tuple[str, ...], Any, Any], action: Action = Action.UPDATE) -> Change:
    return Change(
        address=topic(name),
        action=action,
        reason=Reason.DIFFERS,
        differences=tuple(FieldDifference(path=p, before=b, after=a) for p, b, a in differences),
        after={},
    )


def delete(name: str) -> Change:
    return Change(address=topic(name), action=Action.DELETE, reason=Reason.TOMBSTONE)


def calls(*changes: Change) -> list[tuple[str, dict[str, Any]]]:
    return [
        (request.api, {address.name: dict(body) for address, body in request.body.items()})
        for request in KIND.requests(changes, FACTS)
    ]


def test_a_create_says_everything_as_kafka_writes_it() -> None:
    after = {
        "partitions": 12,
        "replicationFactor": 3,
        "config": {"retention.ms": 604_800_000, "preallocate": True, "segment.ms": None, "cleanup.policy": ["compact"]},
    }
    assert calls(create("orders", after)) == [
        (
            "CreateTopics",
            {
                "orders": {
                    "partitions": 12,
                    "replicationFactor": 3,
                    "config": {"retention.ms": "604800000", "preallocate": "true", "cleanup.policy": "compact"},
                }
            },
        )
    ]


def test_what_is_left_to_the_broker_is_asked_for_as_its_default() -> None:
    assert calls(create("a", {}), create("b", {"partitions": None, "replicationFactor": None})) == [
        (
            "CreateTopics",
            {name: {"partitions": -1, "replicationFactor": -1, "config": {}} for name in ("a", "b")},
        )
    ]


def test_growth_and_settings_of_one_topic_are_two_calls() -> None:
    change = update(
        "orders",
        (("partitions",), 6, 12),
        (("config", "retention.ms"), None, 1000),
        (("config", "segment.ms"), 5, None),
    )
    assert calls(change) == [
        ("CreatePartitions", {"orders": {"count": 12, "before": 6}}),
        ("IncrementalAlterConfigs", {"orders": {"set": {"retention.ms": "1000"}, "reset": ["segment.ms"]}}),
    ]


def test_a_default_number_of_partitions_is_no_growth() -> None:
    assert calls(update("orders", (("partitions",), 6, None))) == []


def test_calls_come_in_an_order_that_works() -> None:
    changes = [
        delete("gone"),
        create("again", {"partitions": 1}, Action.REPLACE),
        update("known", (("config", "retention.ms"), 1, 2)),
        create("new", {}),
        update("taken", (("config", "retention.ms"), 1, 2), action=Action.ADOPT),
        create("forgotten", {}, Action.FORGET),
    ]
    assert [(api, list(body)) for api, body in calls(*changes)] == [
        ("CreateTopics", ["new"]),
        ("IncrementalAlterConfigs", ["known", "taken"]),
        ("DeleteTopics", ["again"]),
        ("CreateTopics", ["again"]),
        ("DeleteTopics", ["gone"]),
    ]


def test_a_replaced_topic_names_the_one_that_has_to_be_gone() -> None:
    (_, (_, body)) = calls(create("again", {"partitions": 1}, Action.REPLACE))
    assert body["again"]["replaces"] == "old"


def test_bodies_hold_no_more_than_json() -> None:
    changes = [create("a", {"partitions": 3, "config": {"retention.ms": 1}}), delete("b")]
    for request in KIND.requests(changes, FACTS):
        for address in request.body:
            Change(address=address, action=Action.CREATE, reason=Reason.ABSENT, after=dict(request.body[address]))


@given(st.lists(st.tuples(st.integers(1, 9_000), st.integers(0, 5)), max_size=60))
def test_calls_stay_within_the_limits_and_lose_nothing(sizes: list[tuple[int, int]]) -> None:
    changes = [
        create(f"t{number}", {"partitions": partitions, "config": {f"k{key}": key for key in range(settings)}})
        for number, (partitions, settings) in enumerate(sizes)
    ]
    requests = KIND.requests(changes, FACTS)
    assert [address for request in requests for address in request.body] == [change.address for change in changes]
    for request in requests:
        weights = [weight(body) for body in request.body.values()]
        assert len(weights) == 1 or sum(weights) <= MAX_RECORDS
        assert sum(weights) <= MAX_RECORDS or weights[0] > MAX_RECORDS


def test_a_call_holds_no_more_topics_than_the_limit() -> None:
    requests = KIND.requests([delete(f"t{number}") for number in range(MAX_RESOURCES * 2 + 1)], FACTS)
    assert [len(request.body) for request in requests] == [MAX_RESOURCES, MAX_RESOURCES, 1]


def test_changes_of_settings_go_in_calls_as_large_as_the_broker_takes() -> None:
    changes = [update(f"t{number}", (("config", "retention.ms"), 1, 2)) for number in range(MAX_RECORDS + 1)]
    assert [len(request.body) for request in KIND.requests(changes, FACTS)] == [MAX_RECORDS, 1]


def test_records_are_counted_as_kraft_counts_them() -> None:
    assert weight({"partitions": 3, "replicationFactor": 2, "config": {"a": "1", "b": "2"}}) == 6
    assert weight({"count": 12, "before": 6}) == 7
    assert weight({"set": {"a": "1"}, "reset": ["b", "c"]}) == 3
    assert weight({}) == 1


def test_more_replicas_come_before_more_must_be_in_sync_and_fewer_must_be_before_fewer_are_there() -> None:
    insync = ("config", "min.insync.replicas")
    more = update("orders", (insync, 1, 2), (("config", "retention.ms"), None, 5), (("replicationFactor",), 1, 3))
    assert calls(more) == [
        ("IncrementalAlterConfigs", {"orders": {"set": {"retention.ms": "5"}, "reset": []}}),
        (
            "AlterPartitionReassignments",
            {"orders": {"replicationFactor": 3, "then": {"set": {"min.insync.replicas": "2"}, "reset": []}}},
        ),
    ]
    fewer = update("orders", (insync, 2, 1), (("replicationFactor",), 3, 1))
    assert calls(fewer) == [
        ("IncrementalAlterConfigs", {"orders": {"set": {"min.insync.replicas": "1"}, "reset": []}}),
        ("AlterPartitionReassignments", {"orders": {"replicationFactor": 1}}),
    ]


def test_how_many_must_be_in_sync_waits_for_nothing_where_replicas_stay() -> None:
    alone = update("orders", (("config", "min.insync.replicas"), 1, 2))
    assert [api for api, _ in calls(alone)] == ["IncrementalAlterConfigs"]


def test_a_reset_that_raises_waits_too() -> None:
    insync = FieldDifference(("config", "min.insync.replicas"), 1, None, inherited=2)
    change = Change(
        topic("orders"), Action.UPDATE, Reason.DIFFERS, (insync, FieldDifference(("replicationFactor",), 1, 3))
    )
    [(api, bodies)] = calls(change)
    assert api == "AlterPartitionReassignments"
    assert bodies["orders"]["then"] == {"set": {}, "reset": ["min.insync.replicas"]}
