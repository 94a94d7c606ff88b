"""What is taken out of the manifest is gone from a real server in the end, and nothing else is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.rabbitmq.ownership.live import held
from tests.ownership.brokers import removes

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer
    from tests.ownership.workspace import Workspace

EV = {"exchanges": {"ev": {"type": "topic"}}}
DELAYS = {"retry": {"delays": ["10s", "1m"]}}


def vhost(*, users: dict[str, Any] | None = None, **sections: Any) -> dict[str, Any]:
    return {"rabbitmq": {**({"users": users} if users else {}), "vhosts": {"/shop": sections}}}


def queue(**fields: Any) -> dict[str, Any]:
    return vhost(**EV, queues={"q": {"type": "quorum", **fields}})


def bound(key: str) -> dict[str, Any]:
    return queue(deadLetter=True, bindings=[{"exchange": "ev", "routingKey": key}])


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "an edited binding": (bound("order.*"), bound("order.paid")),
    "a dead letter": (queue(deadLetter=True), queue()),
    "a queue with retries": (queue(deadLetter=True, **DELAYS), vhost(**EV)),
    "other delays": (
        queue(deadLetter=True, **DELAYS),
        queue(deadLetter=True, retry={"delays": ["30s", "5m"]}),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_was_taken_out_is_gone_in_the_end(name: str, space: Workspace, rabbitmq_3: RabbitServer) -> None:
    before, after = CASES[name]
    removes(space, before, after, rabbitmq_3.wipe, partial(held, rabbitmq_3))
