"""Consumers that crash, groups that begin anew, and one consumer at a time, on copies of real queues of every type."""

import pytest

from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.test_traffic import QUEUES
from tests.integration.rabbitmq.verification.verified import VHOST, only, verify
from tests.integration.verified import results

TURNS = {"turns": {"type": "quorum", "arguments": {"x-single-active-consumer": True}}}


@pytest.mark.slow
def test_crashes_and_replays_hold_on_every_type_of_queue(project: Project) -> None:
    exchanges = {"shop": {"type": "topic"}}
    project.declare({"vhosts": {VHOST: {"exchanges": exchanges, "queues": {**QUEUES, **TURNS}}}})
    project.apply()
    found = results(verify(project, *only("V08", "V09", "V45")))
    names = (*QUEUES, *TURNS, "orders.dlq")
    assert found == {**{f"{check} {name}": "pass" for check in ("V08", "V09") for name in names}, "V45 audit": "pass"}
