"""A plan that passes will apply: what the server refuses by its version and its limits is found before."""

from __future__ import annotations

from typing import Any

import pytest

from tests.brokers.rabbitmq.management import Refused
from tests.integration.rabbitmq.e2e.amqp import channel, depth, publish
from tests.integration.rabbitmq.e2e.project import Project

LIMITED = {"limits": {"max-queues": 2}}
TOO_MANY: dict[str, dict[str, Any]] = {
    "declared": {"a": {}, "b": {}, "c": {}},
    "made": {"a": {"deadLetter": True, "retry": {"delays": ["1s"]}}},
}


@pytest.mark.parametrize("case", TOO_MANY)
def test_more_queues_than_a_vhost_may_have_are_found_while_planning(
    case: str, project: Project, cell: set[str]
) -> None:
    project.declare({"vhosts": {"v": {**LIMITED, "queues": TOO_MANY[case]}}})
    for command in ("plan", "apply"):
        with project.nothing_written():
            ran = project.mq(command, *(("--auto-approve",) if command == "apply" else ()))
        assert ran.code == 3, ran.text
        assert "MQ350" in ran.text
        assert "may have 2 queues by its limit `max-queues`" in ran.text
    project.declare({"vhosts": {"v": {**LIMITED, "queues": {"a": {}, "b": {}}}}})
    project.converge()
    cell.add(f"rabbitmq-{project.server.line}/queues/e2e-limit-of-the-vhost")


def test_queues_of_others_count_and_a_higher_limit_lets_them_in(project: Project) -> None:
    server = project.server
    project.declare({"vhosts": {"v": LIMITED}})
    project.apply()
    server.management.call("PUT", "queues", "v", "theirs", body={"durable": True})
    project.declare({"vhosts": {"v": {**LIMITED, "queues": {"a": {}, "b": {}}}}})
    assert "1 live and 2 to create" in project.plan(code=3).err
    project.declare({"vhosts": {"v": {"limits": {"max-queues": 3}, "queues": {"a": {}, "b": {}}}}})
    project.converge()


VALUES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("policies", {"delivery-limit": -1}),
    ("operatorPolicies", {"delivery-limit": -1}),
    ("policies", {"queue-master-locator": "balanced"}),
    ("policies", {"ha-mode": "exactly"}),
    ("policies", {"ha-params": 1}),
)


@pytest.mark.parametrize(("kind", "definition"), VALUES)
def test_values_that_a_version_refuses_are_refused_by_the_plan_and_no_others(
    kind: str, definition: dict[str, Any], project: Project
) -> None:
    server = project.server
    policy = {"p": {"pattern": "^q", "applyTo": "queues", "definition": definition}}
    project.declare({"vhosts": {"/": {kind: policy}}})
    planned = project.mq("plan")
    resource = "policies" if kind == "policies" else "operator-policies"
    body = {"pattern": "^q", "apply-to": "queues", "definition": definition}
    try:
        server.management.call("PUT", resource, "/", "other", body=body)
        taken = True
    except Refused:
        taken = False
    assert (planned.code == 0) is taken, planned.text


@pytest.mark.parametrize(
    ("definition", "idle"), [({"max-length": 10, "delivery-limit": 5}, True), ({"max-length": 10}, False)]
)
def test_an_operator_policy_that_limits_nothing_is_warned_of(
    definition: dict[str, int],
    idle: bool,  # noqa: FBT001 - a case
    project: Project,
) -> None:
    server = project.server
    policy = {"cap": {"pattern": ".*", "applyTo": "queues", "definition": definition}}
    project.declare({"vhosts": {"v": {"queues": {"orders": {"type": "classic"}}, "operatorPolicies": policy}}})
    ran = project.plan()
    assert ("MQ351" in ran.err) is idle, ran.err
    project.apply()
    with channel(server, "v") as line:
        line.confirm_delivery()
        for _ in range(12):
            publish(line, "", "orders")
        assert depth(line, "orders") == (12 if idle else 10)
