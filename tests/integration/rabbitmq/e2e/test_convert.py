"""Definitions → manifests → a server → definitions: they come back as they were."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.rabbitmq.e2e.project import Project

VHOST = "/shop"
OURS = ("mqinfra.", "internal_", "cluster_name", "cluster_tags")
TOPOLOGY = {
    "users": {
        "email": {"tags": ["monitoring"], "limits": {"max-connections": 20}, "password": {"env": "EMAIL_PASSWORD"}},
        "feed": {},
    },
    "globalParameters": {"shop": {"value": {"one": 1, "two": [True, "2"]}}},
    "vhosts": {
        VHOST: {
            "limits": {"max-queues": 50},
            "exchanges": {
                "orders": {"type": "topic", "arguments": {"alternate-exchange": "lost"}},
                "lost": {"type": "fanout", "durable": False},
                "by-header": {"type": "headers", "autoDelete": True},
            },
            "queues": {
                "orders.email": {"type": "quorum", "arguments": {"x-delivery-limit": 5}},
                "orders.plain": {"type": "classic", "arguments": {"x-message-ttl": 60000, "x-max-priority": 5}},
                "orders.stream": {"type": "stream", "arguments": {"x-max-age": "7D"}},
            },
            "bindings": [
                {"exchange": "orders", "queue": "orders.email", "routingKey": "order.*.paid"},
                {"exchange": "orders", "toExchange": "by-header", "routingKey": "order.#"},
                {"exchange": "by-header", "queue": "orders.plain", "arguments": {"x-match": "all", "paper": 1}},
                {"exchange": "lost", "queue": "orders.stream"},
            ],
            "policies": {"ttl": {"pattern": "^orders\\.", "applyTo": "queues", "definition": {"max-length": 1000}}},
            "operatorPolicies": {"cap": {"pattern": "^orders\\.", "definition": {"max-length": 100000}}},
            "permissions": {"email": {"configure": "", "write": "^lost$", "read": "^orders\\."}},
            "topicPermissions": {"email": {"orders": {"write": "^order\\.", "read": ".*"}}},
            "parameters": {"federation-upstream": {"far": {"value": {"uri": "amqp://far", "ack-mode": "on-confirm"}}}},
        }
    },
}


def comparable(definitions: Any) -> dict[str, list[str]]:
    """Each row as text, sorted; without hashes, which are never copied, and what is a server's own or ours."""
    found: dict[str, list[str]] = {}
    for section, rows in definitions.items():
        if isinstance(rows, list):
            some = [dict(row) for row in rows if not str(row.get("name")).startswith(OURS)]
            for row in some:
                row.pop("password_hash", None)
                row.pop("hashing_algorithm", None)
            found[section] = sorted(json.dumps(row, sort_keys=True) for row in some)
    return found


def test_definitions_come_back_from_a_server_as_they_were(project: Project, cell: set[str]) -> None:
    server = project.server
    project.secret("EMAIL_PASSWORD", "planted-password")
    project.declare(TOPOLOGY)
    project.apply()
    before = server.management.get("definitions")
    (project.root / "definitions.json").write_text(json.dumps(before), encoding="utf-8")

    server.wipe()
    converted = project.mq("convert", "definitions.json", "--name", "orders")
    assert converted.code == 0, converted.text
    assert "password_hash" in converted.err
    assert str(next(row for row in before["users"] if row["name"] == "email")["password_hash"]) not in converted.text
    project.text(converted.out, whole=True)
    assert project.mq("validate").code == 0
    project.apply()
    assert comparable(server.management.get("definitions")) == comparable(before)
    project.settled()

    # And the other way: what `export` writes the server takes, and no user loses its password.
    exported = project.mq("export", "-o", "definitions")
    assert exported.code == 0, exported.text
    users = server.management.get("definitions")["users"]
    server.management.call("DELETE", "vhosts", VHOST)
    server.management.call("POST", "definitions", body=json.loads(exported.out))
    after = server.management.get("definitions")
    assert comparable(after) == comparable(before)
    assert after["users"] == users
    cell.add(f"rabbitmq-{server.line}/vhosts/e2e-convert")
