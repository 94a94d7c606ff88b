"""What a RabbitMQ server holds, as somebody sees it who asks past mqinfra."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

_PARTS = ("vhosts", "users", "permissions", "topic_permissions", "parameters", "policies", "queues", "exchanges")


def held(server: RabbitServer) -> Mapping[str, object]:
    """Its definitions, without the records of mqinfra, and without hashes, which have a salt of their own each time."""
    found: Mapping[str, list[dict[str, Any]]] = server.management.get("definitions")
    rows = {
        part: sorted(json.dumps(_plain(row), sort_keys=True) for row in found[part]) for part in (*_PARTS, "bindings")
    }
    rows["global_parameters"] = sorted(
        row["name"] for row in found["global_parameters"] if not row["name"].startswith("mqinfra.")
    )
    return rows


def _plain(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in row.items() if name != "password_hash"}
