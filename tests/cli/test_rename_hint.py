"""A new resource that looks like one that goes is said to, with what a rename takes; nothing else comes of it."""

import json
from typing import Any

import pytest

from mqinfra.providers.base.kind import Kind
from tests.cli.conftest import Project
from tests.ours import OURS

OLD = "    orders.kept: {}\n    orders.created: {partitions: 3, config: {retention.ms: 7d}}\n"


def hints(project: Project, *options: str) -> list[dict[str, Any]]:
    plan = json.loads(project.mq("plan", "-o", "json", *options).out)
    return [item for item in plan["diagnostics"] if item["code"] == "MQ216"]


def begin(project: Project, entries: str = OLD) -> None:
    project.topics(entries)
    assert project.mq("apply", "--auto-approve").code == 0


def test_a_create_beside_a_delete_that_looks_alike_is_pointed_out(project: Project) -> None:
    begin(project)
    project.topics(
        OLD.replace("orders.created", "orders.create-events"), "removed: {kafka/topics/orders.created: {}}\n"
    )
    (hint,) = hints(project)
    assert hint["severity"] == "info"
    assert hint["address"] == "kafka/topics/orders.create-events"
    assert hint["message"] == (
        "new topic `orders.create-events` looks like topic `orders.created`, which this plan deletes"
    )
    assert hint["help"][0].startswith("if it was renamed: Kafka renames no topic: declare both")
    assert hint["span"]["file"] == "topology/orders.yaml"
    ran = project.mq("plan")
    assert "1 to create, 0 to update, 0 to replace, 1 to delete" in ran.out
    assert "looks like topic `orders.created`" in ran.err


def test_what_is_no_longer_declared_and_stays_is_pointed_out_too(project: Project) -> None:
    begin(project)
    project.topics(OLD.replace("orders.created", "orders.creation"))
    (hint,) = hints(project)
    assert hint["message"].endswith("looks like topic `orders.created`, which is no longer declared, and stays")


@pytest.mark.parametrize(
    "new",
    [
        "orders.shipped: {partitions: 3, config: {retention.ms: 7d}}",
        "orders.create: {partitions: 64, config: {cleanup.policy: compact}}",
    ],
)
def test_another_name_or_other_settings_are_no_rename(project: Project, new: str) -> None:
    begin(project)
    project.topics(f"    orders.kept: {{}}\n    {new}\n")
    assert hints(project) == []


def test_nothing_is_pointed_out_where_the_old_one_stays_declared(project: Project) -> None:
    begin(project)
    project.topics(OLD + "    orders.created2: {partitions: 3, config: {retention.ms: 7d}}\n")
    assert hints(project) == []


def test_each_old_one_is_named_once_and_what_sugar_makes_not_at_all(project: Project) -> None:
    begin(project, OLD.replace("partitions: 3,", "partitions: 3, deadLetter: true,"))
    entry = "{partitions: 3, deadLetter: true, config: {retention.ms: 7d}}"
    project.topics(f"    orders.kept: {{}}\n    orders.create: {entry}\n    orders.creates: {entry}\n")
    assert len(hints(project)) == 1


def test_what_is_not_selected_is_not_pointed_out(project: Project) -> None:
    begin(project)
    project.topics(OLD.replace("orders.created", "orders.create"))
    assert hints(project, "--exclude", "name:orders.create") == []


def test_kinds_that_hold_something_say_what_a_rename_of_them_takes() -> None:
    silent = {f"{kind.broker}/{kind.name}" for kind in OURS.kinds() if kind.renaming == Kind.renaming}
    assert silent.isdisjoint({"kafka/topics", "rabbitmq/queues", "rabbitmq/exchanges", "redis/streams", "redis/groups"})
