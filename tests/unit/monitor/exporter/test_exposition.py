"""Metrics of hand-made samples: what is not known is missing, and old news is no news."""

import time
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from mqinfra.model.health import State
from mqinfra.monitor import metrics
from mqinfra.monitor.exporter.exposition import Exposition
from mqinfra.monitor.exporter.view import ClusterView, View
from mqinfra.monitor.judge import judge
from mqinfra.monitor.series import Series
from mqinfra.monitor.watch import Seen
from mqinfra.providers.base.monitoring.sample import Lane, Sample
from tests.unit.monitor.series import watched

PATIENCE = 45.0
UP = ClusterView("main", "kafka", up=True)


def shown(*seen: Seen, partitions: bool = False, **cluster: Any) -> dict[str, float]:
    """Samples as text, `name{label="value"}`, with their values; states that do not hold are left out."""
    exposition = Exposition("1", PATIENCE, partitions=partitions)
    clusters = {"main": replace(UP, **{"looked": time.time(), **cluster})}
    exposition.view = View(clusters, seen)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(exposition)
    values: dict[str, float] = {}
    for family in registry.collect():
        for one in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in one.labels.items() if value)
            if not (one.name == metrics.STATUS.name and one.value == 0):
                values[f"{one.name} {labels}"] = one.value
    return values


def seen(sample: Sample, **what: Any) -> Seen:
    series = Series(watched(**what), (replace(sample, at=sample.at or time.time()),))
    return Seen(series, judge(series))


def group(**fields: Any) -> Seen:
    lanes = (Lane("0", 5, 0, 9, 9), Lane("1", 7, 0, 8, 8))
    return seen(Sample(0.0, lanes=lanes, waiting=5, consumers=2, **fields))


OF_GROUP = "system=kafka,cluster=main,resource=main/things/orders,group=billing"


def test_a_group_is_one_series_for_each_metric() -> None:
    found = shown(group())
    assert found[f"{metrics.LAG.name} {OF_GROUP}"] == 5
    assert found[f"{metrics.POSITION.name} {OF_GROUP}"] == 12
    assert found[f"{metrics.MEMBERS.name} {OF_GROUP}"] == 2


def test_partitions_are_told_apart_on_request() -> None:
    found = shown(group(), partitions=True)
    assert [found[f"{metrics.LAG.name} {OF_GROUP},partition={number}"] for number in (0, 1)] == [4, 1]
    assert f"{metrics.LAG.name} {OF_GROUP}" not in found


def test_a_partition_that_was_never_committed_is_missing_and_not_0() -> None:
    lanes = (Lane("0", None, 0, 9, 9), Lane("1", 7, 0, 8, 8))
    found = shown(seen(Sample(0.0, lanes=lanes, waiting=1)), partitions=True)
    assert f"{metrics.LAG.name} {OF_GROUP},partition=0" not in found
    assert found[f"{metrics.LAG.name} {OF_GROUP},partition=1"] == 1


def test_what_is_unknown_is_only_a_state() -> None:
    found = shown(seen(Sample(0.0, unknown="the group can't be seen")))
    about = {name: value for name, value in found.items() if "group=billing" in name}
    assert about == {f"{metrics.STATUS.name} {OF_GROUP},state={State.UNKNOWN.value}": 1.0}


def test_what_was_seen_too_long_ago_is_missing_and_its_cluster_is_down() -> None:
    old = time.time() - PATIENCE - 1
    one = seen(Sample(old, lanes=(Lane("0", 5, 0, 9, 9),), waiting=4))
    found = shown(one, looked=old)
    assert [name for name in found if "orders" in name] == []
    assert found[f"{metrics.SCRAPE_SUCCESS.name} system=kafka,cluster=main"] == 0


@pytest.mark.parametrize(("up", "expected"), [(True, 1.0), (False, 0.0), (None, None)])
def test_a_cluster_that_was_not_looked_at_yet_is_neither_up_nor_down(up: bool | None, expected: float | None) -> None:  # noqa: FBT001 - a parameter of the test
    assert shown(up=up).get(f"{metrics.SCRAPE_SUCCESS.name} system=kafka,cluster=main") == expected


def test_a_queue_says_its_messages_by_state_and_what_came_and_went() -> None:
    found = shown(seen(Sample(0.0, waiting=3, held=1, length=4, consumers=0, put=90, taken=86), what="queue"))
    resource = "system=kafka,cluster=main,resource=main/things/orders"
    assert found[f"{metrics.MESSAGES.name} {resource},state=ready"] == 3
    assert found[f"{metrics.MESSAGES.name} {resource},state=unacked"] == 1
    assert found[f"{metrics.MEMBERS.name} {resource}"] == 0
    assert found[f"{metrics.ARRIVED.name} {resource}"] == 90
    assert metrics.DEAD_LETTERS.name not in " ".join(found)


def test_dead_letters_are_counted() -> None:
    found = shown(seen(Sample(0.0, waiting=3, length=3), what="queue", role="dead letters"))
    assert found[f"{metrics.DEAD_LETTERS.name} system=kafka,cluster=main,resource=main/things/orders"] == 3


def test_a_topic_says_its_ends_and_the_fewest_replicas_in_sync() -> None:
    lanes = (Lane("0", None, 2, 9, 9, in_sync=3), Lane("1", None, 0, 8, 8, in_sync=2))
    found = shown(seen(Sample(0.0, lanes=lanes, length=15), what="topic"))
    resource = "system=kafka,cluster=main,resource=main/things/orders"
    assert [found[f"{metric.name} {resource}"] for metric in (metrics.END, metrics.OLDEST, metrics.IN_SYNC)] == [
        17,
        2,
        2,
    ]


def test_an_end_that_is_not_known_leaves_no_sum() -> None:
    lanes = (Lane("0", None, 2, None, None), Lane("1", None, 0, 8, 8))
    found = shown(seen(Sample(0.0, lanes=lanes), what="topic"))
    assert not [name for name in found if name.startswith(metrics.END.name)]


def test_drift_is_0_where_a_plan_changes_nothing_and_missing_where_none_could_be_made() -> None:
    name = f"{metrics.DRIFT.name} system=kafka,cluster=main,action=create"
    assert shown(drift={"create": 0})[name] == 0
    assert name not in shown(drift=None)


def test_every_metric_that_is_shown_stands_in_the_table() -> None:
    names = {name.split(" ")[0] for name in shown(group())}
    assert names <= {metric.name for metric in metrics.METRICS}
