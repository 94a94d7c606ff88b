"""A project that owns a part of a vhost reaches no further: not by policies, and not by rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.rabbitmq.e2e.amqp import channel, depth, publish
from tests.integration.rabbitmq.e2e.project import Project

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

VHOST = "shared"
MESSAGES = 20


@pytest.fixture
def shared(project: Project) -> Project:
    """A vhost in which another team has a queue with messages."""
    server: RabbitServer = project.server
    server.management.call("PUT", "vhosts", VHOST, body={})
    server.management.call("PUT", "queues", VHOST, "a.q", body={"durable": True})
    with channel(server, VHOST) as line:
        line.confirm_delivery()
        for _ in range(MESSAGES):
            publish(line, "", "a.q")
    project.owns({"vhosts": {VHOST: {"names": ["b.*"]}}, "users": ["b.mailer"]})
    return project


@pytest.mark.parametrize("kind", ["policies", "operatorPolicies"])
def test_a_policy_of_one_project_drops_nothing_of_another(kind: str, shared: Project, cell: set[str]) -> None:
    policy = {"b.p": {"pattern": ".*", "applyTo": "queues", "definition": {"max-length": 1}}}
    shared.declare({"vhosts": {VHOST: {"queues": {"b.q": {}}, kind: policy}}})
    for command in ("plan", "apply"):
        with shared.nothing_written():
            ran = shared.mq(command, *(("--auto-approve",) if command == "apply" else ()))
        assert ran.code == 3, ran.text
        assert "MQ734" in ran.text
        assert "reaches `*` in vhost `shared`" in ran.text
    with channel(shared.server, VHOST) as line:
        assert depth(line, "a.q") == MESSAGES
    policy["b.p"]["pattern"] = "^b\\."
    shared.declare({"vhosts": {VHOST: {"queues": {"b.q": {}}, kind: policy}}})
    shared.converge()
    with channel(shared.server, VHOST) as line:
        assert depth(line, "a.q") == MESSAGES
    cell.add(f"rabbitmq-{shared.server.line}/{kind}/e2e-stays-in-its-part")


def test_access_to_what_another_project_owns_is_refused(shared: Project) -> None:
    access = {"b.mailer": {"user": "b.mailer", "consumes": [{"queue": "a.q", "external": True}]}}
    shared.declare({"users": {"b.mailer": {}}, "vhosts": {VHOST: {"access": access}}})
    ran = shared.plan(code=3)
    assert "MQ732" in ran.err
    assert "`a.q`" in ran.err
