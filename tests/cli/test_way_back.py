"""Going back: the state before an apply is kept, and a plan towards it undoes the apply."""

import json

import pytest

from tests.cli.conftest import Project
from tests.cli.records import origins
from tests.days import SOON

TOMBSTONE = f"removed:\n  kafka/topics/orders.cancelled: {{until: {SOON}}}\n"


def settings(project: Project) -> dict[str, object]:
    return {address: resource["spec"] for address, resource in project.live().items()}


def test_an_apply_is_undone_by_a_plan_towards_the_state_before(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    before = settings(project)
    project.topics(
        "    orders.created: {partitions: 12, config: {retention.ms: 14d, cleanup.policy: compact}}\n"
        "    orders.new: {partitions: 1}\n",
        TOMBSTONE,
    )
    ran = project.mq("apply", "--auto-approve", "-o", "before=before.json")
    assert ran.code == 0
    assert "to go back: mqinfra plan -e local --desired before.json" in ran.err
    assert "not undone by that: kafka/topics/orders.cancelled: what was in it is gone" in ran.err
    assert settings(project) != before
    plan = json.loads(project.mq("plan", "--desired", "before.json", "-o", "json").out)
    assert {change["address"]: change["action"] for change in plan["changes"]} == {
        "kafka/topics/orders.cancelled": "create",
        "kafka/topics/orders.created": "update",
        "kafka/topics/orders.new": "delete",
    }
    assert project.mq("apply", "--desired", "before.json", "--auto-approve").code == 0
    assert settings(project) == before
    assert "orders.new" not in origins(project)


def test_the_way_back_leaves_alone_what_the_apply_did_not_touch(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 12, config: {retention.ms: 14d}}\n")
    project.mq("apply", "--auto-approve", "-o", "before=before.json")
    project.topics("    orders.created: {partitions: 12, config: {retention.ms: 14d}}\n    orders.later: {}\n")
    plan = json.loads(project.mq("plan", "--desired", "before.json", "-o", "json").out)
    assert [change["address"] for change in plan["changes"]] == ["kafka/topics/orders.created"]


def test_replicas_go_back_to_as_many_as_there_were(project: Project) -> None:
    project.topics("    orders.created: {partitions: 2, replicationFactor: 2}\n")
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 2, replicationFactor: 3}\n")
    ran = project.mq("apply", "--auto-approve", "-o", "before=before.json")
    assert ran.code == 0, ran.err
    assert "not undone by that" not in ran.err
    assert project.mq("apply", "--desired", "before.json", "--auto-approve").code == 0
    assert settings(project)["kafka/topics/orders.created"] == {"partitions": 2, "replicationFactor": 2, "config": {}}


def test_a_saved_plan_keeps_the_state_before_too(project: Project) -> None:
    project.mq("plan", "-o", "json=plan.json")
    assert project.mq("apply", "plan.json", "-o", "before=before.json").code == 0
    state = json.loads((project.root / "before.json").read_text())
    assert state["resources"] == {"kafka/topics/orders.cancelled": None, "kafka/topics/orders.created": None}


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"project": "store"}, "it is of store/local, and this is shop/local"),
        ({"formatVersion": "2.0"}, "it has format 2.0"),
        ({"resources": {"kafka/topics/payroll": None}}, "`kafka/topics/payroll` is not in the project's scope"),
        ({"resources": {"kafka/topics/orders.a": {"partitions": "many"}}}, "partitions"),
        ({"kind": "Plan"}, "it is no state"),
    ],
)
def test_a_state_of_somebody_else_or_an_edited_one_is_refused(
    project: Project, edit: dict[str, object], said: str
) -> None:
    state = {"kind": "DesiredState", "project": "shop", "environment": "local", "resources": {}}
    (project.root / "before.json").write_text(json.dumps(state | edit))
    ran = project.mq("apply", "--desired", "before.json", "--auto-approve")
    assert (ran.code, "MQ197" in ran.err, said in ran.err) == (1, True, True)
    assert not project.live()


def test_whoever_asks_for_the_state_before_gets_it_also_when_nothing_changes(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    assert project.mq("apply", "--auto-approve", "-o", "before=before.json").code == 0
    assert json.loads((project.root / "before.json").read_text())["resources"] == {}


def test_the_state_before_needs_a_file(project: Project) -> None:
    assert project.mq("apply", "--auto-approve", "-o", "before").code == 64
