"""The example of the documentation: a queue with retries, dead letters and a declared TTL keeps all three."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.integration.rabbitmq.e2e.amqp import channel, depth, publish
from tests.integration.rabbitmq.e2e.project import Project
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

VHOST = "/shop"
EXAMPLE = """\
rabbitmq:
  users:
    email: {tags: [], password: {env: EMAIL_PASSWORD}}
  vhosts:
    /shop:
      defaultQueueType: quorum
      limits: {max-queues: 500}
      exchanges:
        orders: {type: topic}
      queues:
        orders.email:
          type: quorum
          bindings: [{exchange: orders, routingKey: order.*.paid}]
          retry: {delays: [10s, 1m, 10m]}
          deadLetter: true
      policies:
        ttl: {pattern: '^orders\\.', applyTo: queues, definition: {message-ttl: 1h}}
      access:
        email: {user: email, consumes: [orders.email], publishes: [orders]}
"""
LETTERS = "orders.email.dlq"
GUARD = "ttl.dead-letters"
SCOPE = {"vhosts": {VHOST: {}}, "users": ["email"]}


def apply(project: Project, text: str = EXAMPLE) -> None:
    project.secret("EMAIL_PASSWORD", "planted-password")
    project.owns(SCOPE)
    project.text(text)
    project.converge()


def effective(server: RabbitServer, queue: str) -> object:
    """What the server says it applies; it comes with the first statistics."""
    return server.management.get("queues", VHOST, queue).get("effective_policy_definition")


def in_force(server: RabbitServer, queue: str) -> tuple[str, dict[str, Any]]:
    """Name and definition of the policy that the server says is in force for a queue."""
    rows = server.management.get("queues", VHOST, query="disable_stats=true&enable_queue_totals=true")
    name = next(row["policy"] for row in rows if row["name"] == queue)
    definition = server.management.get("policies", VHOST, name)["definition"]
    if server.since("4.0"):
        until(lambda: effective(server, queue) == definition, "the server applies another definition")
    return name, definition


def test_the_policy_in_force_has_the_ttl_and_the_dead_letters(project: Project, cell: set[str]) -> None:
    apply(project)
    name, definition = in_force(project.server, "orders.email")
    assert name == "orders.email.policy"
    assert definition == {"message-ttl": 3_600_000, "dead-letter-exchange": "orders.email.dlx.9448c801"}
    name, definition = in_force(project.server, LETTERS)
    assert name == GUARD
    assert "message-ttl" not in definition
    cell.add(f"rabbitmq-{project.server.line}/policies/e2e-merged-policy-in-force")


def test_dead_letters_do_not_expire_by_a_policy_that_is_meant_for_others(project: Project, cell: set[str]) -> None:
    server = project.server
    apply(project, EXAMPLE.replace("message-ttl: 1h", "message-ttl: 500ms"))
    with channel(server, VHOST) as line:
        line.confirm_delivery()
        for _ in range(3):
            publish(line, "orders", "order.1.paid")
        until(lambda: depth(line, LETTERS) == 3, "what expired is not a dead letter")
        time.sleep(1.5)
        assert depth(line, LETTERS) == 3
        # The same letters without the policy that guards them go: they were in danger.
        server.management.call("DELETE", "policies", VHOST, GUARD)
        line.queue_purge(LETTERS)
        publish(line, "", LETTERS)
        until(lambda: depth(line, LETTERS) == 0, "the TTL does not reach the dead letters at all")
    ran = project.plan("--detailed-exitcode", code=2)
    assert f"+ policy {GUARD} " in " ".join(ran.out.split())
    cell.add(f"rabbitmq-{server.line}/policies/e2e-dead-letters-do-not-expire")
