"""Keys that we set and the manifest dropped, what somebody else changed, and what is there without a record."""

import json
from typing import Any

from tests.cli.conftest import Project


def change_of(project: Project) -> dict[str, Any]:
    plan = json.loads(project.mq("plan", "-o", "json").out)
    assert len(plan["changes"]) == 1, plan["changes"]
    found: dict[str, Any] = plan["changes"][0]
    return found


def moved(project: Project) -> dict[str, str]:
    return {".".join(item["path"]): item["moved"] for item in change_of(project)["differences"]}


def retention(project: Project, value: int) -> None:
    def change(live: dict[str, dict[str, Any]]) -> None:
        live["kafka/topics/orders.created"]["spec"]["config"]["retention.ms"] = value

    project.by_hand(change)


DAY = 86_400_000
OTHER = "    orders.cancelled: {partitions: 6}\n"
DROPPED = "    orders.created: {partitions: 12}\n" + OTHER


def test_a_key_that_we_set_and_the_manifest_dropped_is_unset(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics(DROPPED)
    change = change_of(project)
    assert change["claim"]["owner"] == "shop/local"
    assert [(item["before"], item["after"], item["note"]) for item in change["differences"]] == [
        (7 * DAY, None, "not declared any more")
    ]
    assert project.mq("plan", "-o", "json=plan.json").code == 0
    assert project.mq("apply", "plan.json").code == 0
    assert project.mq("plan", "--detailed-exitcode").code == 0


def test_a_dropped_key_that_somebody_set_since_stays_theirs(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    retention(project, 9 * DAY)
    project.topics(DROPPED)
    plan = json.loads(project.mq("plan", "-o", "json").out)
    assert plan["changes"] == []
    assert plan["foreign"] == [{"address": "kafka/topics/orders.created", "keys": {"config.retention.ms": 9 * DAY}}]


def test_a_dropped_key_without_a_record_stays(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    document = json.loads(project.sandbox.read_text())
    document["clusters"]["kafka"].pop("records")
    project.sandbox.write_text(json.dumps(document))
    project.topics(DROPPED)
    plan = json.loads(project.mq("plan", "-o", "json").out)
    assert plan["changes"] == []
    assert plan["toRecord"] == ["kafka/topics/orders.cancelled", "kafka/topics/orders.created"]


def test_what_the_manifest_moved_is_intent(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 12, config: {retention.ms: 8d}}\n" + OTHER)
    assert moved(project) == {"config.retention.ms": "intent"}


def test_what_somebody_moved_is_drift_and_says_what_was_applied(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    retention(project, 5 * DAY)
    assert moved(project) == {"config.retention.ms": "drift"}
    assert change_of(project)["differences"][0]["recorded"] == 7 * DAY
    assert "drift: applied as 7d" in project.mq("plan").out


def test_what_both_moved_is_both(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    retention(project, 5 * DAY)
    project.topics("    orders.created: {partitions: 12, config: {retention.ms: 8d}}\n" + OTHER)
    assert moved(project) == {"config.retention.ms": "both"}


def test_a_protection_outlives_its_entry(project: Project) -> None:
    project.topics("    orders.created: {lifecycle: {protect: true}}\n    orders.cancelled: {}\n")
    assert project.mq("apply", "--auto-approve").code == 0
    project.topics("    orders.cancelled: {}\n", "removed: {kafka/topics/orders.created: {}}\n")
    assert change_of(project)["blockedBy"] == ["MQ205"]


def test_lifting_a_protection_takes_an_apply_of_its_own(project: Project) -> None:
    topic = "    orders.cancelled: {}\n    orders.created: {partitions: %d, lifecycle: {replace: recreate%s}}\n"
    project.topics(topic % (2, ", protect: true"))
    assert project.mq("apply", "--auto-approve").code == 0
    project.topics(topic % (1, ""))
    assert change_of(project)["blockedBy"] == ["MQ205"]
    project.topics(topic % (2, ""))
    assert project.mq("apply", "--auto-approve").code == 0
    project.topics(topic % (1, ""))
    assert change_of(project)["blockedBy"] == []
    project.topics("    orders.cancelled: {}\n", "removed: {kafka/topics/orders.created: {}}\n")
    assert change_of(project)["blockedBy"] == []


def test_what_another_project_claims_is_not_deleted(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    file = project.root / "mqinfra.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("name: shop", "name: other"), encoding="utf-8")
    project.topics("    orders.cancelled: {partitions: 6}\n", "removed: {kafka/topics/orders.created: {}}\n")
    plan = json.loads(project.mq("plan", "-o", "json").out)
    assert plan["changes"] == []
    (found,) = [item for item in plan["diagnostics"] if item["address"] == "kafka/topics/orders.created"]
    assert (found["code"], found["severity"]) == ("MQ214", "warning")
    assert "is not deleted: it is claimed by `shop/local`" in found["message"]
    assert plan["toRecord"] == []
