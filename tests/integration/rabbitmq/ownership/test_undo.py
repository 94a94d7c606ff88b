"""The way back on a real server, and what has none."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.faults.plugin import exhaustive
from tests.integration.rabbitmq.ownership.live import held
from tests.ownership.undo import goes_back

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer
    from tests.ownership.workspace import Workspace

USERS = {"w": {"password": {"env": "W"}}}


@pytest.fixture
def thorough(pytestconfig: pytest.Config) -> None:
    """Asked for before the server, which is then not emptied for nothing."""
    if not exhaustive(pytestconfig):
        pytest.skip("make test-faults plays it, which takes more than a minute; the sandbox does in every run")


@pytest.mark.usefixtures("thorough")
def test_creates_changes_and_dropped_routes_are_undone(space: Workspace, rabbitmq_3: RabbitServer) -> None:
    before = {
        "exchanges": {"ev": {"type": "topic"}},
        "queues": {
            "q": {
                "type": "quorum",
                "bindings": [{"exchange": "ev", "routingKey": "a"}, {"exchange": "ev", "routingKey": "b"}],
            }
        },
        "policies": {"p": {"pattern": "^none$", "applyTo": "queues", "definition": {"max-length": 9}}},
        "permissions": {"w": {"read": "^q$"}},
    }
    after = {
        "exchanges": {"ev": {"type": "topic"}, "in": {"type": "fanout"}},
        "queues": {
            "q": {"type": "quorum", "deadLetter": True, "bindings": [{"exchange": "ev", "routingKey": "a"}]},
            "p": {"type": "classic", "bindings": [{"exchange": "in"}]},
        },
        "policies": {"p": {"pattern": "^none$", "applyTo": "queues", "definition": {"max-length": 10}}},
        "permissions": {"w": {"read": "^(q|p)$"}},
    }
    one, other = ({"rabbitmq": {"users": USERS, "vhosts": {"/shop": some}}} for some in (before, after))
    goes_back(space, one, other, partial(held, rabbitmq_3))


def test_a_user_that_was_deleted_is_not_made_again_and_it_is_said(space: Workspace) -> None:
    vhosts = {"/shop": {"queues": {"q": {"type": "classic"}}}}
    space.declare(t={"rabbitmq": {"users": USERS, "vhosts": vhosts}})
    space.apply()
    space.declare(t={"rabbitmq": {"vhosts": vhosts}, "removed": {"rabbitmq/users/w": {}}})
    ran = space.mq("apply", "--auto-approve", "-o", "before=before.json")
    assert ran.code == 0, ran.text
    said = "not undone by that: rabbitmq/users/w: it would have to be made with its secrets, which nothing keeps"
    assert said in ran.err
