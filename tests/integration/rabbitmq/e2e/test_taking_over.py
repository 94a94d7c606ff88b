"""A RabbitMQ with 400 queues in `/` that were made by hand comes under review, and only what is taken over moves."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest

from tests.brokers.fixtures import is_matrix, matrix_only
from tests.integration.rabbitmq.e2e.amqp import Login, channel, depth
from tests.integration.rabbitmq.e2e.by_hand import VHOST, company, users
from tests.integration.rabbitmq.e2e.project import Project

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

FEW, ALL = 60, 400
NAMED = ("queues", "exchanges", "policies", "users", "vhosts")
RIGHTS = ("--exclude", "kind:permissions", "--exclude", "kind:topicPermissions")
"""Which only an administrator is shown."""


@pytest.fixture(params=[FEW, ALL])
def queues(request: pytest.FixtureRequest) -> int:
    """How many queues there are; all of them take a minute on two cores."""
    if request.param == ALL and not is_matrix(request.config):
        pytest.skip(matrix_only(f"a server with {ALL} queues"))
    return int(request.param)


def reader(server: RabbitServer) -> Login:
    """Somebody who may look at `/`. No tag lets anybody only read policies, so that it may change those."""
    login = ("reader", secrets.token_hex(8))
    server.management.call("PUT", "users", login[0], body={"password": login[1], "tags": "monitoring,policymaker"})
    body = {"configure": "^$", "write": "^$", "read": "^$"}
    server.management.call("PUT", "permissions", VHOST, login[0], body=body)
    return login


def listed(server: RabbitServer) -> dict[str, Any]:
    """Everything that is there, and how many messages each queue has."""
    found = server.management.get("definitions")
    things: dict[str, Any] = {}
    for kind in (*NAMED, "bindings", "permissions", "topic_permissions"):
        for row in found[kind]:
            things[f"{kind} {row['name'] if kind in NAMED else sorted(row.items(), key=repr)}"] = row
    for row in server.management.get("operator-policies"):
        things[f"operator {row['name']}"] = row
    with channel(server, VHOST) as line:
        for row in found["queues"]:
            things[f"messages {row['name']}"] = depth(line, row["name"])
    return things


def moved(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """What came, went or changed."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def portion(project: Project, file: str, names: list[str], *arguments: str) -> None:
    """Own more names, export what nobody declares of them yet, see that it is what is there, and claim it."""
    project.owns({"vhosts": {VHOST: {"names": names}}})
    ran = project.mq("export", "-o", f"yaml=topology/{file}.yaml", *arguments)
    assert ran.code == 0, ran.text
    assert "No changes" in project.plan("--detailed-exitcode").out
    with project.nothing_written(but_records=True):
        adopted = project.mq("adopt")
    assert adopted.code == 0, adopted.text


def test_a_third_is_taken_over_and_changed_and_nothing_else_moves(
    project: Project, queues: int, cell: set[str]
) -> None:
    server: RabbitServer = project.server
    made = company(queues)
    made.make(server)
    users(server)
    project.owns({"vhosts": {VHOST: {}}}, reader(server))
    before = listed(server)
    with project.nothing_written():
        ran = project.mq("export", *RIGHTS)
    assert ran.code == 0, ran.text
    assert "sugar" not in ran.err
    letters = sum(name.endswith(".dlq") for name in made.queues)
    assert ran.out.count("          deadLetter:\n") == letters
    assert ran.out.count("toExchange:") == ran.out.count("\n      bindings:\n") == 1
    project.text(ran.out, whole=True)
    assert "No changes" in project.plan("--detailed-exitcode", "--skip-rights").out
    everything = project.root / "topology" / "orders.yaml"
    everything.unlink()

    portion(project, "print", ["orders.print.*"])
    portion(project, "orders", ["orders.*", "orders-*"], "--exclude", "file:topology/print.yaml")
    text = everything.read_text(encoding="utf-8")
    assert "orders.print" not in text
    claimed = sum(name.startswith("orders.") for name in made.queues)
    assert claimed >= queues // 3
    assert moved(before, listed(server)) == set()

    changed = text.replace("message-ttl: 1h", "message-ttl: 2h").replace(
        "        orders.email.0:\n",
        "        orders.new:\n          type: quorum\n          deadLetter: true\n        orders.email.0:\n",
    )
    bindings = "          bindings:\n            - exchange: orders.events\n              routingKey: order.*.0\n"
    assert changed.count(bindings) == 1
    everything.write_text(changed.replace(bindings, ""), encoding="utf-8")
    planned = project.plan("-o", "json=plan.json")
    assert planned.code == 0, planned.text
    project.server.proxy.recorder.clear()
    applied = project.mq("apply", "plan.json")
    assert applied.code == 0, applied.text
    changes = moved(before, listed(server))
    routes = {name for name in changes if name.startswith("bindings ")}
    new = {f"{what} {name}" for what in ("queues", "messages") for name in ("orders.new", "orders.new.dlq")}
    assert changes == {*new, "policies orders.new.policy", "policies orders-short", *routes}
    assert [before[name]["destination"] for name in routes] == ["orders.email.0"]
    assert all("orders" in request for request in project.written())
    project.settled()
    cell.add(f"rabbitmq-{server.line}/queues/e2e-taken-over-by-thirds")
