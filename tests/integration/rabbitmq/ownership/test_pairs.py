"""Two applies at once on a real server."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tests.faults.plugin import exhaustive
from tests.integration.rabbitmq.ownership.live import held
from tests.ownership.pairs import races

if TYPE_CHECKING:
    import pytest

    from tests.brokers.rabbitmq.server import RabbitServer
    from tests.ownership.workspace import Workspace

POLICIES = 12


def documents(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Policies of queues that are not there, which the two want otherwise, and queues that are new each round."""
    queues = {f"q{n}": {"type": "classic"} for n in range(number + 1)}
    pair = [
        {
            f"p{n}": {"pattern": f"^none{n}$", "applyTo": "queues", "definition": {"max-length": length}}
            for n in range(POLICIES)
        }
        for length in (2 * number + 1, 2 * number + 2)
    ]
    one, other = ({"rabbitmq": {"vhosts": {"/shop": {"queues": queues, "policies": some}}}} for some in pair)
    return one, other


def test_they_never_interleave(space: Workspace, rabbitmq_3: RabbitServer, pytestconfig: pytest.Config) -> None:
    races(space, documents, partial(held, rabbitmq_3), many=exhaustive(pytestconfig))
