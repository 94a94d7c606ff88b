"""Of two policies that match a queue one wins whole, and which one depends on the queue's type; plan says so."""

from __future__ import annotations

import pytest

from tests.integration.rabbitmq.e2e.project import Project

VHOST = "/shop"
TYPES = ("classic", "quorum", "stream")


@pytest.mark.parametrize("key", ["max-age", "delivery-limit", "max-length"])
def test_plan_and_server_agree_which_policy_is_in_force_for_each_type(
    key: str, project: Project, cell: set[str]
) -> None:
    value: object = {"max-age": "7D", "delivery-limit": 5, "max-length": 10}[key]
    policies = {
        "low": {"pattern": "^q", "applyTo": "queues", "definition": {"max-length-bytes": 1_000_000}},
        "high": {"pattern": "^q", "applyTo": "queues", "priority": 9, "definition": {key: value}},
    }
    queues = {f"q.{kind}": {"type": kind} for kind in TYPES}
    project.declare({"vhosts": {VHOST: {"queues": queues, "policies": {"low": policies["low"]}}}})
    project.converge()
    project.declare({"vhosts": {VHOST: {"queues": queues, "policies": policies}}})
    ran = project.plan("-o", "json")
    project.converge()
    rows = project.server.management.get("queues", VHOST, query="disable_stats=true&enable_queue_totals=true")
    server_says = {row["name"]: row["policy"] for row in rows}
    effects = {
        effect["address"].rpartition("/")[2]: effect
        for change in ran.json()["changes"]
        for effect in change.get("effects", [])
    }
    for queue, policy in server_says.items():
        assert (queue in effects) == (policy == "high"), (queue, policy, effects)
    for effect in effects.values():
        assert effect["after"].keys() == {key}
        assert effect["before"].keys() == {"max-length-bytes"}
        assert effect["by"] == "rabbit/policies/%2Fshop/high"
    cell.add(f"rabbitmq-{project.server.line}/policies/e2e-two-policies")
