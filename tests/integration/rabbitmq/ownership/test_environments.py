"""Two environments in one vhost of a real RabbitMQ: what sugar makes, policies and rights have names of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.ownership.environments import two_environments

if TYPE_CHECKING:
    from tests.ownership.workspace import Workspace

QUEUES: dict[str, Any] = {"q": {"bindings": [{"exchange": "x", "routingKey": "k"}], "deadLetter": True}}
USERS = {"w": {"password": {"env": "W"}}}
RIGHTS = {"w": {"consumes": ["q"], "publishes": ["x"]}}


def test_environments_share_a_vhost_by_a_prefix(space: Workspace) -> None:
    names = {f"rabbitmq/{kind}": {"prefix": "stg."} for kind in ("queues", "exchanges", "policies", "users")}
    shop: dict[str, Any] = {"exchanges": {"x": {"type": "topic"}}, "queues": QUEUES}
    document = {"rabbitmq": {"users": USERS, "vhosts": {"/shop": {**shop, "access": RIGHTS}}}}
    two_environments(space, names, document, {"rabbitmq": {"users": USERS, "vhosts": {"/shop": shop}}})
