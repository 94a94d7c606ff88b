from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Problem
from mqinfra.providers.kafka.topics.kind import TopicKind
from mqinfra.providers.kafka.topics.spec import TopicSpec

KIND = TopicKind()
NOW = Facts(cluster_id="c", version="4.4", brokers=3)
TIERED_STORAGE_IS_OFF = (
    "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage."
)
ORDERS = Address("kafka", "topics", ("orders",))


def create(after: dict[str, Any], name: str = "orders") -> Change:
    return Change(address=Address("kafka", "topics", (name,)), action=Action.CREATE, reason=Reason.ABSENT, after=after)


def update(*differences: tuple[tuple[str, ...], Any]) -> Change:
    return Change(
        address=ORDERS,
        action=Action.UPDATE,
        reason=Reason.DIFFERS,
        differences=tuple(FieldDifference(path=path, after=after) for path, after in differences),
        after={},
    )


def test_a_create_gives_what_a_broker_gives() -> None:
    made = KIND.simulate(
        create({"config": {"retention.ms": "604800000", "cleanup.policy": "delete,compact"}}), None, NOW
    )
    assert made == TopicSpec(
        partitions=1,
        replication_factor=1,
        config={"retention.ms": 604_800_000, "cleanup.policy": "compact,delete"},
    )


def test_an_update_changes_what_it_names_and_leaves_the_rest() -> None:
    live = TopicSpec(
        partitions=3, replication_factor=2, config={"retention.ms": 5, "segment.ms": 7, "preallocate": True}
    )
    change = update((("partitions",), 6), (("config", "retention.ms"), 9), (("config", "segment.ms"), None))
    assert KIND.simulate(change, live, NOW) == TopicSpec(
        partitions=6, replication_factor=2, config={"retention.ms": 9, "preallocate": True}
    )


def test_a_delete_and_a_replace_start_from_what_is_there() -> None:
    live = TopicSpec(partitions=3, replication_factor=1)
    gone = Change(address=ORDERS, action=Action.DELETE, reason=Reason.TOMBSTONE)
    again = Change(
        address=ORDERS, action=Action.REPLACE, reason=Reason.IMMUTABLE, after={"partitions": 1, "replicationFactor": 3}
    )
    assert KIND.simulate(gone, live, NOW) is None
    assert KIND.simulate(again, live, NOW) == TopicSpec(partitions=1, replication_factor=3)
    for change in (gone, again, update((("partitions",), 9))):
        assert isinstance(KIND.simulate(change, None, NOW), Problem)


# The texts are a real broker's; tests/integration/kafka/provider holds them against one.
@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"retention.msec": 1}, "Unknown topic config name: retention.msec"),
        ({"retention.ms": "1d"}, "Invalid value 1d for configuration retention.ms: Not a number of type LONG"),
        ({"retention.ms": -5}, "Invalid value -5 for configuration retention.ms: Value must be at least -1"),
        ({"segment.bytes": 100}, "Invalid value 100 for configuration segment.bytes: Value must be at least 1048576"),
        (
            {"min.cleanable.dirty.ratio": "1.5"},
            "Invalid value 1.5 for configuration min.cleanable.dirty.ratio: Value must be no more than 1",
        ),
        (
            {"cleanup.policy": "deleted"},
            "Invalid value deleted for configuration cleanup.policy: String must be one of: compact, delete",
        ),
        (
            {"preallocate": "yes"},
            "Invalid value yes for configuration preallocate: Expected value to be either true or false",
        ),
        (
            {"compression.gzip.level": 0},
            "Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1",
        ),
        (
            {"min.compaction.lag.ms": 10, "max.compaction.lag.ms": 5},
            "conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)",
        ),
        (
            {"remote.storage.enable": True},
            TIERED_STORAGE_IS_OFF,
        ),
    ],
)
def test_bad_settings_are_refused_in_the_brokers_words(config: dict[str, Any], says: str) -> None:
    refused = KIND.simulate(create({"config": config}), None, NOW)
    assert isinstance(refused, Problem)
    assert refused.message == says
    live = TopicSpec(partitions=1, replication_factor=1)
    changed = KIND.simulate(update(*((("config", key), value) for key, value in config.items())), live, NOW)
    assert isinstance(changed, Problem)
    assert changed.message == says


@pytest.mark.parametrize(
    ("after", "says"),
    [
        ({"replicationFactor": 5}, "only 3 broker(s) are registered"),
        ({"partitions": 20_000}, "Excessively large number of partitions"),
    ],
)
def test_sizes_beyond_the_cluster_are_refused(after: dict[str, Any], says: str) -> None:
    refused = KIND.simulate(create(after), None, NOW)
    assert isinstance(refused, Problem)
    assert says in refused.message


def test_names_and_existing_topics_are_refused() -> None:
    assert isinstance(KIND.simulate(create({}, "a b"), None, NOW), Problem)
    refused = KIND.simulate(create({}), TopicSpec(partitions=1, replication_factor=1), NOW)
    assert refused == Problem("Topic 'orders' already exists.", "plan again")


@pytest.mark.parametrize(
    ("wanted", "says"),
    [(3, "Topic already has 3 partition(s)."), (2, "2 would not be an increase"), (20_000, "Excessively large")],
)
def test_partitions_only_grow(wanted: int, says: str) -> None:
    refused = KIND.simulate(update((("partitions",), wanted)), TopicSpec(partitions=3, replication_factor=1), NOW)
    assert isinstance(refused, Problem)
    assert says in refused.message


def test_each_version_knows_its_own_keys() -> None:
    old = Facts(cluster_id="c", version="3.9")
    change = create({"config": {"message.downconversion.enable": False}})
    assert isinstance(KIND.simulate(change, None, old), TopicSpec)
    assert isinstance(KIND.simulate(change, None, NOW), Problem)


def test_defaults_are_those_of_the_version() -> None:
    path = ("config", "message.timestamp.after.max.ms")
    assert KIND.inherited(NOW)[path] == 3_600_000
    assert KIND.inherited(Facts(cluster_id="c", version="3.9"))[path] == 2**63 - 1
    assert ("config", "message.format.version") not in KIND.inherited(NOW)
