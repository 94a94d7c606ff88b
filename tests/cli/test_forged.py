"""A saved plan says which addresses were approved. What it wants of them, and why, is the manifests' to say."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mqinfra.model.plan import Plan, plan_digest
from mqinfra.render.plan_json import plan_from_json, plan_to_json
from tests.cli.conftest import Project

CREATED, CANCELLED = "kafka/topics/orders.created", "kafka/topics/orders.cancelled"


def forge(path: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Edit a plan, and make its digest and its checksum anew, as anybody can."""
    document = json.loads(Path(path).read_text())
    change(document)
    document.pop("checksum")
    plan = Plan.model_validate_json(json.dumps(document))
    digest = plan_digest(plan.project, plan.environment, plan.clusters, plan.changes)
    Path(path).write_text(plan_to_json(plan.model_copy(update={"digest": digest})))
    assert plan_from_json(Path(path).read_text()).digest == digest


def saved(project: Project, *arguments: str) -> str:
    project.mq("plan", "-q", "-o", "json=plan.json", *arguments)
    return "plan.json"


def of(document: dict[str, Any], address: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in document["changes"] if item["address"] == address)
    return found


def other_value(document: dict[str, Any]) -> None:
    change = of(document, CREATED)
    change["after"]["config"]["retention.ms"] = 1
    next(item for item in change["differences"] if item["path"][-1] == "retention.ms")["after"] = 1


def only_the_difference(document: dict[str, Any]) -> None:
    next(item for item in of(document, CREATED)["differences"] if item["path"][-1] == "retention.ms")["after"] = 1


def only_what_is_sent(document: dict[str, Any]) -> None:
    of(document, CREATED)["after"]["config"]["cleanup.policy"] = "delete"


def one_more(document: dict[str, Any]) -> None:
    document["changes"].append({**of(document, CREATED), "address": "kafka/topics/orders.zz"})


def a_delete(document: dict[str, Any]) -> None:
    of(document, CREATED).update(action="delete", reason="tombstone", after=None, differences=[], before={})


@pytest.mark.parametrize("change", [other_value, only_the_difference, only_what_is_sent, one_more, a_delete])
def test_what_the_manifests_do_not_want_is_stale(project: Project, change: Callable[[dict[str, Any]], None]) -> None:
    path = saved(project)
    forge(path, change)
    ran = project.mq("apply", path)
    assert ran.code == 5
    assert "error[MQ307]" in ran.err
    assert "does not match the manifests" in ran.err
    assert not project.live()


def test_so_it_is_of_an_update(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 24, config: {retention.ms: 7d}}\n    orders.cancelled: {}\n")
    path, before = saved(project), project.live()

    def more(document: dict[str, Any]) -> None:
        difference = of(document, CREATED)["differences"][0]
        of(document, CREATED)["differences"].append(
            {**difference, "path": ["config", "retention.ms"], "before": 604800000, "after": 1, "unit": None}
        )

    forge(path, more)
    assert project.mq("apply", path).code == 5
    assert project.live() == before


def test_consent_is_not_the_plans_to_give(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics(
        "    orders.created: {partitions: 12, config: {retention.ms: 7d}}\n", f"removed: {{{CANCELLED}: }}\n"
    )
    project.by_hand(lambda live: live[CANCELLED].update(messages=5, consumers=[]))
    path = saved(project)

    def unblock(plan: dict[str, Any]) -> None:
        of(plan, CANCELLED).update(blockedBy=[], guard={})

    forge(path, unblock)
    ran = project.mq("apply", path)
    assert (ran.code, "error[MQ201]" in ran.err) == (3, True)
    assert CANCELLED in project.live()


def test_an_address_that_is_left_out_is_left_alone(project: Project) -> None:
    path = saved(project)
    forge(path, lambda plan: plan["changes"].remove(of(plan, CANCELLED)))
    assert project.mq("apply", path).code == 0
    assert set(project.live()) == {CREATED}


def test_a_selection_narrows_again(project: Project) -> None:
    project.topics(
        "    orders.created: {partitions: 12}\n    orders.cancelled: {partitions: 2, replicationFactor: 9}\n"
    )
    path = saved(project, "--exclude", "name:orders.cancelled")
    assert project.mq("apply", path).code == 0
    assert set(project.live()) == {CREATED}


def test_how_much_may_be_deleted_the_command_says_and_not_the_file(project: Project) -> None:
    project.topics("".join(f"    orders.t{number}: {{partitions: 1}}\n" for number in range(4)))
    project.mq("apply", "--auto-approve")
    project.topics("", "removed:\n" + "".join(f"  kafka/topics/orders.t{number}:\n" for number in range(4)))
    path = saved(project, "--max-deletes", "kafka/topics=4")
    ran = project.mq("apply", path)
    assert ran.code == 3
    assert "MQ204" in ran.err
    assert "--max-deletes kafka/topics=4" in ran.err
    assert len(project.live()) == 4
    assert project.mq("apply", path, "--max-deletes", "kafka/topcs=4").code == 64
    assert project.mq("apply", path, "--max-deletes", "kafka/topics=4").code == 0
    assert not project.live()


def test_the_expected_digest_is_compared_with_a_saved_plan_too(project: Project) -> None:
    path = saved(project)
    digest = plan_from_json(Path(path).read_text()).digest
    assert project.mq("apply", path, "--expect", f"sha256:{hashlib.sha256(b'').hexdigest()}").code == 5
    assert not project.live()
    assert project.mq("apply", path, "--expect", digest).code == 0
