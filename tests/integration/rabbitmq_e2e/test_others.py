"""Others write too, between plan and apply and between look and write: what they made is never called ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.integration.rabbitmq_e2e.project import Project

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.recorder import Request
    from tests.brokers.rabbitmq.server import RabbitServer

VHOST = "/shop"
TOPOLOGY = {
    "vhosts": {
        VHOST: {
            "exchanges": {"orders": {"type": "topic"}},
            "queues": {"mail": {}},
            "policies": {"limit": {"pattern": "^mail$", "definition": {"max-length": 9}}},
        }
    }
}
Write = Callable[[], object]


def put(server: RabbitServer, kind: str, name: str, **body: object) -> Write:
    return lambda: server.management.call("PUT", kind, VHOST, name, body=body)


@pytest.fixture
def planned(project: Project) -> Project:
    project.server.management.call("PUT", "vhosts", VHOST, body={})
    project.declare(TOPOLOGY)
    return project


def test_a_saved_plan_is_not_done_where_somebody_made_the_same_names_otherwise(
    planned: Project, cell: set[str]
) -> None:
    server = planned.server
    planned.plan("-q", "-o", "json=plan.json")
    put(server, "queues", "mail", durable=True, arguments={"x-max-length": 1})()
    put(server, "exchanges", "orders", type="topic", durable=True, arguments={"alternate-exchange": "spare"})()
    definition = {"max-length": 9, "message-ttl": 5}
    put(server, "policies", "limit", pattern="^mail$", definition=definition, **{"apply-to": "all"})()
    with planned.nothing_written():
        ran = planned.mq("apply", "plan.json")
    assert ran.code == 5, ran.text
    for words in (
        "`arguments.x-max-length` was not set and is now 1",
        "`arguments.alternate-exchange` was not set and is now spare",
        "`definition.message-ttl` was not set and is now 5",
    ):
        assert words in ran.err, ran.err
    cell.add(f"rabbitmq-{server.line}/queues/e2e-made-otherwise-is-stale")


def test_a_saved_plan_is_done_where_somebody_made_the_same(planned: Project) -> None:
    planned.plan("-q", "-o", "json=plan.json")
    planned.apply()
    with planned.nothing_written():
        ran = planned.mq("apply", "plan.json")
    assert ran.code == 0, ran.text
    assert "3 done already" in ran.text


def between(project: Project, sign: str, write: Write) -> None:
    """Let somebody write right before the first mutating request whose path has the sign."""
    done: list[str] = []

    def act(_: int, request: Request) -> None:
        if request.mutating and sign in request.path and not done:
            done.append(request.path)
            write()

    project.server.proxy.on_request = act


@pytest.mark.parametrize(
    ("sign", "kind", "name", "body", "words"),
    [
        ("/queues/", "queues", "mail", {"durable": True, "arguments": {"x-max-length": 1}}, "x-max-length"),
        # The server never compares what no queue type knows, and says yes.
        ("/queues/", "queues", "mail", {"durable": True, "arguments": {"x-custom": 1}}, "arguments.x-custom"),
        ("/exchanges/", "exchanges", "orders", {"type": "fanout", "durable": True}, "inequivalent arg 'type'"),
    ],
)
def test_a_create_that_comes_second_is_not_applied(
    sign: str, kind: str, name: str, body: dict[str, object], words: str, planned: Project, cell: set[str]
) -> None:
    between(planned, sign, put(planned.server, kind, name, **body))
    ran = planned.mq("apply", "--auto-approve", "--timeout", "3", "-o", "json")
    assert ran.code == 4, ran.text
    [result] = [item for item in ran.json()["results"] if item["outcome"] != "applied"]
    assert result["address"] == f"rabbit/{kind}/%2Fshop/{name}"
    assert words in result["message"], result
    cell.add(f"rabbitmq-{planned.server.line}/{kind}/e2e-second-create-is-not-applied")


class LastLook:
    """Writes when an apply has looked at everything and has not looked again."""

    def __init__(self, project: Project, sign: str, write: Write) -> None:
        self._project, self._sign, self._write = project, sign, write
        self._looks = 0
        self.done = False
        project.server.proxy.on_reply = self._replied

    def _replied(self, _: int, request: Request) -> None:
        if request.mutating or self._sign not in request.path or self.done:
            return
        self._looks += 1
        if self._looks == 2:  # the plan of this apply, then what it touches
            self.done = True
            self._write()


@pytest.mark.parametrize("there", ["absent", "there"])
def test_what_another_writer_wrote_meanwhile_is_not_overwritten(there: str, planned: Project, cell: set[str]) -> None:
    server = planned.server
    if there == "there":
        put(server, "policies", "limit", pattern="^mail$", definition={"max-length": 5})()
    theirs = put(server, "policies", "limit", pattern="^mail$", definition={"max-length": 7})
    planned.declare({"vhosts": {VHOST: {"policies": TOPOLOGY["vhosts"][VHOST]["policies"]}}})
    planned.plan("-q", "-o", "json=plan.json")
    server.proxy.reset()
    looks = LastLook(planned, "/policies/%2Fshop", theirs)
    looks._looks = 1  # a saved plan is not planned again
    ran = planned.mq("apply", "plan.json", "-o", "json")
    assert looks.done
    assert ran.code in (1, 4), ran.text
    [result] = ran.json()["results"]
    assert result["outcome"] == "failed"
    assert "`definition.max-length` was" in result["message"]
    assert "is now 7" in result["message"]
    assert planned.written() == []
    assert server.management.get("policies", VHOST, "limit")["definition"] == {"max-length": 7}
    cell.add(f"rabbitmq-{server.line}/policies/e2e-not-overwritten")


@pytest.mark.parametrize("kind", ["permissions", "users", "globalParameters", "vhosts"])
def test_nothing_that_others_write_whole_is_overwritten(kind: str, project: Project) -> None:
    server = project.server
    server.management.call("PUT", "vhosts", VHOST, body={})
    server.management.call("PUT", "users", "email", body={"tags": ""})
    call = server.management.call
    cases: dict[str, tuple[dict[str, object], str, Write, str]] = {
        "permissions": (
            {"vhosts": {VHOST: {"permissions": {"email": {"read": "^orders"}}}}},
            "/permissions",
            lambda: call("PUT", "permissions", VHOST, "email", body={"configure": "", "write": "", "read": "^all"}),
            "`read` was absent, to be ^orders and is now ^all",
        ),
        "users": (
            {"users": {"new": {"tags": ["monitoring"]}}},
            "/users",
            lambda: call("PUT", "users", "new", body={"tags": "management", "password": "theirs"}),
            "`password` was not set and is now set",
        ),
        "globalParameters": (
            {"globalParameters": {"team": {"value": {"name": "orders"}}}},
            "/global-parameters",
            lambda: call("PUT", "global-parameters", "team", body={"value": {"name": "billing"}}),
            "`value.name` was absent, to be orders and is now billing",
        ),
        "vhosts": (
            {"vhosts": {"/new": {"limits": {"max-queues": 5}}}},
            "/vhost",
            lambda: [
                call("PUT", "vhosts", "/new", body={}),
                call("PUT", "vhost-limits", "/new", "max-queues", body={"value": 2}),
            ],
            "`limits.max-queues` was absent, to be 5 and is now 2",
        ),
    }
    topology, sign, write, words = cases[kind]
    project.declare(topology)
    project.plan("-q", "-o", "json=plan.json")
    server.proxy.reset()
    looks = LastLook(project, sign, write)
    looks._looks = 1 if kind != "vhosts" else 0  # limits and names of vhosts are two lists
    ran = project.mq("apply", "plan.json", "-o", "json")
    assert looks.done
    [result] = ran.json()["results"]
    assert result["outcome"] == "failed", ran.text
    assert words in result["message"], result
    assert project.written() == []
