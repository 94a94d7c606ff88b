"""Rights that are missing are named with user and vhost, and nothing unseen is taken for absent."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from tests.integration.rabbitmq.e2e.amqp import Login
from tests.integration.rabbitmq.e2e.project import WHOLE, Project

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}
THE_LOCK = {"configure": r"^mqinfra\.lock\.", "write": "^$", "read": r"^mqinfra\.lock\."}
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
    server.management.call("PUT", "permissions", "/", login[0], body=THE_LOCK)
    for vhost in vhosts:
        server.management.call("PUT", "permissions", vhost, login[0], body=EVERYTHING)
    return login


def test_an_administrator_without_permissions_in_a_vhost_is_told_which_and_the_rest_can_be_applied(
    project: Project, cell: set[str]
) -> None:
    server = project.server
    project.owns(WHOLE, somebody(server, "administrator", OPEN))
    project.declare({"vhosts": {OPEN: IN_EACH, CLOSED: IN_EACH}})
    ran = project.plan("-o", "json", code=3)
    held = {change["address"] for change in ran.json()["changes"] if change["blockedBy"]}
    assert len(held) == 3
    assert all("%2Fclosed" in address for address in held)
    for words in (
        "needs `configure` on `orders` in vhost `/closed`",
        "the same applies to 1 more: `mail`",
        "rabbitmqctl set_permissions -p /closed deployer '^(mail|orders)$' '^mail$' '^orders$'",
    ):
        assert words in ran.err, ran.err
    with project.nothing_written():
        assert project.mq("apply", "--auto-approve").code == 3
    project.apply(*(word for address in held for word in ("--exclude", address)))
    assert {row["name"] for row in server.management.get("queues", OPEN)} == {"mail"}
    assert server.management.get("queues", CLOSED) == []
    # Given in the same plan, or by making the vhost, rights count.
    grant = {"permissions": {"deployer": EVERYTHING}}
    project.declare({"vhosts": {OPEN: IN_EACH, CLOSED: IN_EACH | grant, "/new": IN_EACH}})
    project.converge()
    cell.add(f"rabbitmq-{server.line}/queues/e2e-missing-right-is-named")


@pytest.mark.parametrize("field", ["configure", "write", "read"])
def test_each_right_is_asked_for_where_it_is_needed(field: str, project: Project) -> None:
    server = project.server
    login = somebody(server, "administrator")
    server.management.call("PUT", "permissions", OPEN, login[0], body=EVERYTHING | {field: "^other$"})
    project.owns(WHOLE, login)
    queue = {"mail": {"arguments": {"x-dead-letter-exchange": "letters"}}}
    topology = {"exchanges": {"letters": {"type": "fanout"}}, "queues": queue}
    bound = {"bindings": [{"exchange": "letters", "queue": "mail"}]} if field != "configure" else {}
    project.declare({"vhosts": {OPEN: topology | bound}})
    ran = project.plan(code=3)
    assert f"needs `{field}` on" in ran.err
    server.management.call("PUT", "permissions", OPEN, login[0], body=EVERYTHING)
    project.converge()


@pytest.mark.parametrize(
    ("tags", "section", "tag"),
    [
        ("management", {"policies": {"p": {"pattern": "^x$", "definition": {"max-length": 1}}}}, "policymaker"),
        (
            "policymaker",
            {"operatorPolicies": {"p": {"pattern": "^x$", "definition": {"max-length": 1}}}},
            "administrator",
        ),
        ("policymaker", {"limits": {"max-queues": 5}}, "administrator"),
    ],
)
def test_a_tag_that_is_missing_is_named_by_the_plan(
    tags: str, section: dict[str, object], tag: str, project: Project
) -> None:
    project.owns({"vhosts": {OPEN: {}}}, somebody(project.server, tags, OPEN))
    project.declare({"vhosts": {OPEN: section}})
    ran = project.plan("--adopt", code=3)
    assert f"`deployer` needs the tag `{tag}`" in ran.err


def test_what_nobody_can_tell_of_rights_is_said(project: Project) -> None:
    project.owns({"vhosts": {OPEN: {}}}, somebody(project.server, "policymaker", OPEN))
    project.declare({"vhosts": {OPEN: IN_EACH}})
    ran = project.plan()
    assert "MQ303" in ran.err
    assert "RabbitMQ shows permissions to administrators only" in ran.err
    project.apply()


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
