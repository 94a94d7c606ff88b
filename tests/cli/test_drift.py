"""`drift`: what somebody else did since the last apply, and nothing that the manifests did."""

import json

import pytest

from tests.cli.conftest import Project

CREATED, CANCELLED = "kafka/topics/orders.created", "kafka/topics/orders.cancelled"


@pytest.fixture
def applied(project: Project) -> Project:
    assert project.mq("apply", "--auto-approve").code == 0
    return project


def test_without_drift_it_exits_0_whatever_the_manifests_say(applied: Project) -> None:
    applied.topics("    orders.created: {partitions: 24}\n    orders.cancelled: {partitions: 6}\n")
    ran = applied.mq("drift")
    assert (ran.code, ran.out) == (0, "No drift.\n")


def test_a_value_that_somebody_else_set_is_named_with_both_and_exits_2(applied: Project) -> None:
    def edit(live: dict[str, dict[str, object]]) -> None:
        live[CREATED]["spec"]["config"]["retention.ms"] = 5  # type: ignore[index]

    applied.by_hand(edit)
    ran = applied.mq("drift")
    assert ran.code == 2
    assert "config.retention.ms: 604800000 was applied, 5 is there" in ran.out
    found = json.loads(applied.mq("drift", "-o", "json").out)["resources"]
    assert [(item["address"], item["fields"]) for item in found] == [
        (CREATED, [{"path": ["config", "retention.ms"], "applied": 604800000, "live": 5}])
    ]


def test_what_was_deleted_or_made_again_drifted(applied: Project) -> None:
    def edit(live: dict[str, dict[str, object]]) -> None:
        del live[CREATED]
        live[CANCELLED]["identity"] = "another"

    applied.by_hand(edit)
    ran = applied.mq("drift")
    assert ran.code == 2
    assert f"{CREATED} was deleted\n" in ran.out
    assert f"{CANCELLED} was deleted and made again\n" in ran.out
