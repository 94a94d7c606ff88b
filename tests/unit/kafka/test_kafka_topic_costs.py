from typing import Any

import pytest

from mqinfra.model.change import CostKind, FieldDifference, Undo
from mqinfra.model.reading import Facts, Live
from mqinfra.providers.base.verdict import Verdict, Way
from mqinfra.providers.kafka.topics.kind import TopicKind
from mqinfra.providers.kafka.topics.spec import TopicSpec

KIND = TopicKind()
FACTS = Facts(cluster_id="c", version="4.4")
DAY = 86_400_000


def verdict(path: tuple[str, ...], before: Any, after: Any, own: dict[str, Any] | None = None) -> Verdict:
    spec = TopicSpec(partitions=6, replication_factor=1, config=own or {})
    live = Live(spec, "id", KIND.inherited(FACTS))
    difference = FieldDifference(
        path=path,
        before=before,
        after=after,
        inherited=live.inherited.get(path),
        mutability=TopicSpec.marker(path).mutability,
    )
    return KIND.classify(difference, live, FACTS)


def config(key: str, before: Any, after: Any, own: dict[str, Any] | None = None) -> Verdict:
    mine = {key: before, **(own or {})} if before is not None else own or {}
    return verdict(("config", key), before, after, mine)


def test_more_partitions_break_the_order_of_keys_and_stay() -> None:
    found = verdict(("partitions",), 6, 12)
    assert (found.way, found.undo) == (Way.IN_PLACE, Undo.NO)
    (cost,) = found.costs
    assert cost.kind is CostKind.ORDER_BROKEN
    assert "stale copies" not in cost.text


def test_more_partitions_of_a_compacted_topic_leave_stale_copies() -> None:
    found = verdict(("partitions",), 6, 12, {"cleanup.policy": "compact,delete"})
    assert "stale copies" in found.costs[0].text


def test_fewer_partitions_are_impossible() -> None:
    assert verdict(("partitions",), 6, 3).way is Way.IMPOSSIBLE


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1)])
def test_another_replication_factor_is_a_move_that_can_be_undone(before: int, after: int) -> None:
    assert verdict(("replicationFactor",), before, after) == Verdict(Way.IN_PLACE, undo=Undo.YES)


def test_more_replicas_stop_writes_where_more_must_be_in_sync_than_there_are() -> None:
    (cost,) = verdict(("replicationFactor",), 1, 3, {"min.insync.replicas": 2}).costs
    assert cost.kind is CostKind.SEMANTICS_CHANGED
    assert "fail until 2 replicas of a partition are in sync" in cost.text
    assert not verdict(("replicationFactor",), 2, 3, {"min.insync.replicas": 2}).costs
    assert not verdict(("replicationFactor",), 3, 2, {"min.insync.replicas": 5}).costs


@pytest.mark.parametrize(
    ("key", "before", "after", "says"),
    [
        ("retention.ms", 7 * DAY, DAY, "older records expire"),
        ("retention.ms", None, DAY, "from 7d to 1d"),
        ("retention.ms", 30 * DAY, None, "from 30d to 7d"),
        ("retention.ms", -1, DAY, "from unlimited to 1d"),
        ("retention.bytes", None, 2**30, "from unlimited to 1GiB"),
        ("retention.bytes", 2**31, 2**30, "the oldest records of partitions above it expire"),
    ],
)
def test_less_retention_loses_data_for_good(key: str, before: Any, after: Any, says: str) -> None:
    found = config(key, before, after)
    (cost,) = found.costs
    assert (cost.kind, found.undo, cost.path) == (CostKind.RETENTION_LOWERED, Undo.NO, ("config", key))
    assert cost.text.startswith(says)


@pytest.mark.parametrize(
    ("key", "before", "after", "own"),
    [
        ("retention.ms", DAY, 7 * DAY, {}),
        ("retention.ms", DAY, None, {}),
        ("retention.ms", DAY, -1, {}),
        ("retention.ms", None, 7 * DAY, {}),
        ("retention.ms", 7 * DAY, DAY, {"cleanup.policy": "compact"}),
        ("local.retention.ms", 7 * DAY, DAY, {}),
        ("local.retention.ms", DAY, -2, {"remote.storage.enable": True}),
        ("segment.ms", 7 * DAY, DAY, {}),
        ("cleanup.policy", "delete", "delete", {}),
        ("remote.storage.enable", False, True, {}),
    ],
)
def test_harmless_changes_cost_nothing(key: str, before: Any, after: Any, own: dict[str, Any]) -> None:
    assert config(key, before, after, own) == Verdict()


@pytest.mark.parametrize("before", [6 * DAY, -2, None])
def test_less_local_retention_slows_reads_and_loses_nothing(before: Any) -> None:
    found = config("local.retention.ms", before, DAY, {"remote.storage.enable": True})
    (cost,) = found.costs
    assert (cost.kind, found.undo) == (CostKind.RETENTION_LOWERED, Undo.YES)
    assert "remote storage" in cost.text


@pytest.mark.parametrize(
    ("before", "after", "undo", "says"),
    [
        ("delete", "compact", Undo.NO, ("newest record of each key", "no longer expire")),
        ("compact", "delete", Undo.NO, ("`retention.ms` 7d", "no longer cleared")),
        ("delete", "compact,delete", Undo.NO, ("newest record of each key",)),
        ("compact,delete", "compact", Undo.YES, ("no longer expire",)),
        (None, "compact", Undo.NO, ("newest record of each key",)),
        ("compact", None, Undo.NO, ("are deleted",)),
        ("delete", "", Undo.YES, ("no longer expire",)),
    ],
)
def test_another_cleanup_policy_says_what_it_means(before: Any, after: Any, undo: Undo, says: tuple[str, ...]) -> None:
    found = config("cleanup.policy", before, after)
    (cost,) = found.costs
    assert (cost.kind, found.undo) == (CostKind.SEMANTICS_CHANGED, undo)
    assert all(word in cost.text for word in says)


def test_tiered_storage_off_can_not_be_taken_back() -> None:
    found = config("remote.storage.enable", True, False)
    assert found.undo is Undo.NO
    assert config("remote.storage.enable", True, None) == found
