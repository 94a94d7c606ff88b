"""Rights that are missing are named with user and vhost, and nothing unseen is taken for absent."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

import pytest

from tests.integration.rabbitmq_e2e.amqp import Login
from tests.integration.rabbitmq_e2e.project import WHOLE, Project

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}
OPEN, CLOSED = "/open", "/closed"
IN_EACH = {
    "exchanges": {"orders": {"type": "topic"}},
    "queues": {"mail": {"bindings": [{"exchange": "orders", "routingKey": "paid"}]}},
}


def somebody(server: RabbitServer, tags: str, *vhosts: str) -> Login:
    """A user with a random password and all rights in some vhosts."""
    login = ("deployer", secrets.token_hex(8))
    server.management.call("PUT", "users", login[0], body={"password": login[1], "tags": tags})
    for vhost in (OPEN, CLOSED):
        server.management.call("PUT", "vhosts", vhost, body={})
    for vhost in vhosts:
        server.management.call("PUT", "permissions", vhost, login[0], body=EVERYTHING)
    return login


def test_an_administrator_without_permissions_in_a_vhost_is_told_which_and_the_rest_is_applied(
    project: Project, cell: set[str]
) -> None:
    server = project.server
    project.owns(WHOLE, somebody(server, "administrator", OPEN))
    project.declare({"vhosts": {OPEN: IN_EACH, CLOSED: IN_EACH}})
    project.plan("-o", "json=plan.json")
    ran = project.mq("apply", "plan.json", "-o", "json")
    assert ran.code == 4, ran.text
    results = {result["address"]: result for result in ran.json()["results"]}
    for address, result in results.items():
        if "%2Fopen" in address:
            assert result["outcome"] == "applied", result
        elif "/bindings/" not in address:
            said = json.dumps(result)
            assert result["outcome"] == "failed", result
            assert "configure" in said
            assert "deployer" in said
            assert CLOSED in said
    assert {row["name"] for row in server.management.get("queues", OPEN)} == {"mail"}
    assert server.management.get("queues", CLOSED) == []
    cell.add(f"rabbitmq-{server.line}/queues/e2e-missing-right-is-named")


@pytest.mark.newest
@pytest.mark.parametrize("tags", ["management", "monitoring", "policymaker"])
def test_a_vhost_that_can_not_be_seen_is_not_taken_for_absent(project: Project, tags: str, cell: set[str]) -> None:
    server = project.server
    project.owns({"vhosts": {OPEN: {}, CLOSED: {}}}, somebody(server, tags, OPEN))
    project.declare({"vhosts": {OPEN: IN_EACH, CLOSED: IN_EACH}})
    with project.nothing_written():
        ran = project.mq("plan", "-o", "json")
    assert ran.code == 3, ran.text
    assert CLOSED in ran.err
    assert "seen" in ran.err, ran.err
    planned = [change["address"] for change in ran.json()["changes"] if not change["blockedBy"]]
    assert not any("closed" in address for address in planned), planned
    cell.add(f"rabbitmq-{server.line}/vhosts/e2e-unseen-is-not-absent")


@pytest.mark.newest
def test_what_can_not_be_seen_is_not_said_to_be_gone(project: Project) -> None:
    server = project.server
    login = somebody(server, "policymaker", OPEN)
    server.management.call("PUT", "queues", CLOSED, "mail", body={"durable": True})
    upstream = {"value": {"uri": "amqp://eu"}}
    server.management.call("PUT", "parameters", "federation-upstream", CLOSED, "eu", body=upstream)
    project.owns({"vhosts": {OPEN: {}, CLOSED: {}}}, login)
    removed = ("queues/%2Fclosed/mail", "parameters/%2Fclosed/federation-upstream/eu", "queues/%2Fopen/mail")
    project.declare({}, {f"rabbit/{address}": {} for address in removed})
    with project.nothing_written():
        ran = project.mq("plan", "-o", "json")
    assert ran.code == 3, ran.text
    blocked = {found["address"] for found in ran.json()["diagnostics"] if found["code"] == "MQ304"}
    assert blocked == {f"rabbit/{address}" for address in removed[:2]}


@pytest.mark.newest
def test_a_vhost_that_is_not_there_is_planned_by_who_sees_all(project: Project) -> None:
    server = project.server
    project.owns(WHOLE, somebody(server, "administrator"))
    project.declare({"vhosts": {"/new": IN_EACH}})
    ran = project.plan("-o", "json")
    assert {change["action"] for change in ran.json()["changes"]} == {"create"}


def test_an_export_that_may_not_list_users_says_so_and_fails(project: Project) -> None:
    server = project.server
    login = somebody(server, "management,policymaker", OPEN)
    project.owns({"vhosts": {OPEN: {}, CLOSED: {}}, "users": ["deployer"]}, login)
    ran = project.mq("export")
    assert ran.code == 1, ran.text
    assert OPEN in ran.out
    assert "MQ304" in ran.err
    assert "`rabbit/users` can't be read" in ran.err
