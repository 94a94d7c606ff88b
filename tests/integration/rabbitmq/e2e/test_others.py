"""Others write too, between plan and apply and between look and write: what they made is never called ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.integration.rabbitmq.e2e.project import Project

if TYPE_CHECKING:
    from tests.brokers.http_protocol import HttpRequest
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
    with planned.nothing_written(but_records=True):
        ran = planned.mq("apply", "plan.json")
    assert ran.code == 0, ran.text
    assert "3 already done" in ran.text


def between(project: Project, sign: str, write: Write) -> None:
    """Let somebody write right before the first mutating request whose path has the sign."""
    done: list[str] = []

    def act(_: int, request: HttpRequest) -> None:
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


FIRST: dict[str, object] = {"users": {"aaa": {}}}
"""What an apply writes before policies, permissions and parameters; others write at that moment."""


@pytest.mark.parametrize("there", ["absent", "there"])
def test_what_another_writer_wrote_meanwhile_is_not_overwritten(there: str, planned: Project, cell: set[str]) -> None:
    server = planned.server
    if there == "there":
        put(server, "policies", "limit", pattern="^mail$", definition={"max-length": 5})()
    theirs = put(server, "policies", "limit", pattern="^mail$", definition={"max-length": 7})
    planned.declare({**FIRST, "vhosts": {VHOST: {"policies": TOPOLOGY["vhosts"][VHOST]["policies"]}}})
    between(planned, "/users/", theirs)
    ran = planned.mq("apply", "--adopt", "--auto-approve", "-o", "json")
    assert ran.code == 4, ran.text
    [result] = [item for item in ran.json()["results"] if item["outcome"] == "failed"]
    assert result["address"] == "rabbit/policies/%2Fshop/limit"
    assert "`definition.max-length` was" in result["message"]
    assert "is now 7" in result["message"]
    assert not any("/policies/" in request for request in planned.written())
    assert server.management.get("policies", VHOST, "limit")["definition"] == {"max-length": 7}
    cell.add(f"rabbitmq-{server.line}/policies/e2e-not-overwritten")


@pytest.mark.parametrize("kind", ["permissions", "globalParameters", "operatorPolicies", "topicPermissions"])
def test_nothing_that_is_written_whole_is_overwritten(kind: str, project: Project) -> None:
    server = project.server
    call = server.management.call
    call("PUT", "vhosts", VHOST, body={})
    call("PUT", "users", "email", body={"tags": ""})
    limit: dict[str, object] = {"pattern": "^a$", "definition": {"max-length": 9}}
    cases: dict[str, tuple[dict[str, object], Write, str]] = {
        "permissions": (
            {"vhosts": {VHOST: {"permissions": {"email": {"read": "^orders"}}}}},
            lambda: call("PUT", "permissions", VHOST, "email", body={"configure": "", "write": "", "read": "^all"}),
            "`read` was absent, to be ^orders and is now ^all",
        ),
        "globalParameters": (
            {"globalParameters": {"team": {"value": {"name": "orders"}}}},
            lambda: call("PUT", "global-parameters", "team", body={"value": {"name": "billing"}}),
            "`value.name` was absent, to be orders and is now billing",
        ),
        "operatorPolicies": (
            {"vhosts": {VHOST: {"operatorPolicies": {"cap": limit}}}},
            put(server, "operator-policies", "cap", pattern="^a$", definition={"max-length": 9, "expires": 7}),
            "`definition.expires` was not set and is now 7",
        ),
        "topicPermissions": (
            {"vhosts": {VHOST: {"topicPermissions": {"email": {"amq.topic": {"write": "^a", "read": ""}}}}}},
            put(server, "topic-permissions", "email", exchange="amq.topic", write="^b", read=""),
            "`write` was absent, to be ^a and is now ^b",
        ),
    }
    topology, write, words = cases[kind]
    project.declare({**FIRST, **topology})
    between(project, "/users/", write)
    ran = project.mq("apply", "--auto-approve", "-o", "json")
    assert ran.code == 4, ran.text
    [result] = [item for item in ran.json()["results"] if item["outcome"] == "failed"]
    assert words in result["message"], result
    assert all("/users/" in request for request in project.written())
