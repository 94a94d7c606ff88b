"""A saved plan is applied only to what it saw; replies that are lost and servers that are away do no harm."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tests.brokers.http_protocol import status_only
from tests.brokers.recorder import MUTATING
from tests.faults.crash import Crash, Moment, Point
from tests.integration.rabbitmq.e2e.project import Project

if TYPE_CHECKING:
    from tests.brokers.http_protocol import HttpRequest

VHOST = "/shop"
TOPOLOGY = {
    "users": {"email": {"tags": ["monitoring"]}},
    "vhosts": {
        VHOST: {
            "description": "orders",
            "exchanges": {"orders": {"type": "topic"}},
            "queues": {"orders.a": {"bindings": [{"exchange": "orders", "routingKey": "a"}]}},
            "policies": {"ttl": {"pattern": "^orders", "definition": {"message-ttl": 1000}}},
            "permissions": {"email": {"read": "^orders"}},
        }
    },
}
OLD = "rabbit/queues/%2Fshop/old"
FAST = ("--timeout", "2")
MOMENTS = {"before": Moment.REQUEST, "after": Moment.REPLY}


def prepare(project: Project) -> None:
    """Save a plan with a user and a vhost to change, things to make in it, and one to delete."""
    server = project.server
    server.wipe()
    server.management.call("PUT", "vhosts", VHOST, body={"description": "by hand"})
    server.management.call("PUT", "queues", VHOST, "old", body={"durable": True})
    server.management.call("PUT", "users", "email", body={"tags": ""})
    server.management.call("PUT", "policies", VHOST, "ttl", body={"pattern": "^o", "definition": {"message-ttl": 1}})
    project.declare(TOPOLOGY, {OLD: {"reason": "OPS-1"}})
    project.plan("--adopt", "-q", "-o", "json=plan.json")
    server.proxy.reset()


def test_what_was_changed_by_hand_makes_a_plan_stale(project: Project, cell: set[str]) -> None:
    prepare(project)
    body = {"pattern": "^o", "definition": {"message-ttl": 2}}
    project.server.management.call("PUT", "policies", VHOST, "ttl", body=body)
    with project.nothing_written():
        ran = project.mq("apply", "plan.json")
    assert ran.code == 5, ran.text
    assert "rabbit/policies/%2Fshop/ttl" in ran.err
    assert "definition.message-ttl" in ran.err
    cell.add(f"rabbitmq-{project.server.line}/policies/e2e-stale-field")


@pytest.mark.parametrize("when", MOMENTS)
def test_an_apply_that_was_killed_is_finished_by_the_same_command(when: str, project: Project, cell: set[str]) -> None:
    for point in (1, 3, 6, 8):
        prepare(project)
        victim = project.start("apply", "plan.json", "-q")
        Crash(project.server.proxy, victim, Point(point, MOMENTS[when]), of=MUTATING)
        assert victim.end().code == -9, point
        project.server.proxy.reset()
        ran = project.mq("apply", "plan.json")
        assert ran.code == 0, ran.text
        project.settled()
    cell.add(f"rabbitmq-{project.server.line}/vhosts/e2e-killed-{when}-a-write")


def test_replies_that_are_lost_are_made_up_for_by_looking(project: Project, cell: set[str]) -> None:
    prepare(project)
    ran = project.mq("apply", "plan.json")
    writes = len(project.written())
    assert ran.code == 0, ran.text
    for nth in range(1, writes + 1):
        prepare(project)
        project.server.proxy.faults.cut_after(nth)
        ran = project.mq("apply", "plan.json", *FAST)
        assert ran.code == 0, (nth, ran.text)
        project.settled()
    cell.add(f"rabbitmq-{project.server.line}/vhosts/e2e-lost-reply")


@pytest.mark.parametrize("nth", [1, 4])
def test_a_management_api_that_is_away_for_a_moment_is_waited_for_or_said(nth: int, project: Project) -> None:
    prepare(project)
    project.server.proxy.faults.answer(status_only(503), nth, "mutating")
    project.server.proxy.faults.answer(status_only(503), nth + 1, "mutating")
    ran = project.mq("apply", "plan.json")
    assert ran.code in (0, 4), ran.text
    assert ran.code == 0 or "503" in ran.text
    ran = project.mq("apply", "plan.json")
    assert ran.code == 0, ran.text
    project.settled()


def test_a_server_that_restarts_in_the_middle_ends_applied_or_said_and_the_next_run_finishes(
    project: Project, cell: set[str]
) -> None:
    prepare(project)
    server = project.server
    restart = threading.Thread(target=server.start)

    def crash(number: int, request: HttpRequest) -> None:
        if request.mutating and number == 4:
            server.kill()
            restart.start()

    server.proxy.on_request = crash
    ran = project.mq("apply", "plan.json", "--timeout", "20")
    restart.join()
    assert ran.code in (0, 1, 4), ran.text
    assert ran.code == 0 or "failed" in ran.text or "unknown" in ran.text
    server.proxy.reset()
    ran = project.mq("apply", "plan.json")
    assert ran.code == 0, ran.text
    project.settled()
    cell.add(f"rabbitmq-{server.line}/vhosts/e2e-restart-in-the-middle")
