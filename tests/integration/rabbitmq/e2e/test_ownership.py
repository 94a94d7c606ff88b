"""Whose things are on a real server: what nobody claims is asked for, bindings may be shared, consent counts once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.days import SOON
from tests.integration.rabbitmq.e2e.amqp import channel, depth, publish
from tests.integration.rabbitmq.e2e.project import WHOLE
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer
    from tests.integration.rabbitmq.e2e.project import Project

VHOST = "/shop"
QUEUE: dict[str, Any] = {"type": "classic"}
OTHER: dict[str, Any] = {"exchange": "ev", "queue": "q", "routingKey": "other"}
SHARED: dict[str, Any] = {"exchange": "ev", "queue": "q", "routingKey": "shared"}


def become(project: Project, name: str) -> None:
    """Be the project of this name, which owns the same as the other one, on purpose."""
    project.owns({**WHOLE, "sharedWith": ["shop", "billing"]})
    path = project.root / "mqinfra.yaml"
    lines = path.read_text().splitlines()
    path.write_text(
        "\n".join(f"metadata: {{name: {name}}}" if line.startswith("metadata:") else line for line in lines) + "\n"
    )


def bound(project: Project, *bindings: dict[str, Any]) -> None:
    vhost = {"exchanges": {"ev": {"type": "topic"}}, "queues": {"q": QUEUE}, "bindings": list(bindings)}
    project.declare({"vhosts": {VHOST: vhost}})


def reviewed(project: Project) -> None:
    """Apply what a reviewer saw, what goes by itself with it."""
    digest = next(line.split()[1] for line in project.mq("plan").out.splitlines() if line.startswith("Digest "))
    ran = project.mq("apply", "--expect", digest)
    assert ran.code == 0, ran.text


def keys(server: RabbitServer) -> set[str]:
    rows = server.management.get("bindings", VHOST)
    return {row["routing_key"] for row in rows if row["source"] == "ev"}


def test_what_was_made_by_hand_is_changed_only_once_it_is_adopted(project: Project, rabbitmq: RabbitServer) -> None:
    call = rabbitmq.management.call
    call("PUT", "vhosts", VHOST, body={})
    call("PUT", "policies", VHOST, "limit", body={"pattern": "^q$", "definition": {"max-length": 5}})
    policy = {"pattern": "^q$", "applyTo": "queues", "definition": {"max-length": 9}}
    project.declare({"vhosts": {VHOST: {"policies": {"limit": policy}}}})
    assert "policy `limit` exists, differs, and no project claims it" in project.plan(code=3).err
    with project.nothing_written():
        assert project.mq("apply", "--auto-approve").code == 3
    project.converge("--adopt")
    assert rabbitmq.management.get("policies", VHOST, "limit")["definition"] == {"max-length": 9}
    assert "2 resources: 0 created, 1 adopted, 1 found" in project.mq("status").out


def test_what_the_server_made_by_itself_is_changed_without_asking(project: Project, rabbitmq: RabbitServer) -> None:
    project.declare({"vhosts": {"/": {"description": "the shop's", "permissions": {"guest": {"read": ".*"}}}}})
    assert "MQ215" not in project.plan(code=3).err  # MQ710: `guest` is whom mqinfra is logged in as
    rabbitmq.management.call("PUT", "vhosts", "/", body={"description": "somebody's", "tags": "theirs"})
    assert "vhost `/` exists, differs" in project.plan(code=3).err
    rabbitmq.management.call("PUT", "vhosts", "/", body={"description": "Default virtual host", "tags": ""})


def test_a_binding_that_two_projects_declare_goes_with_the_last_of_them(
    project: Project, rabbitmq: RabbitServer
) -> None:
    for name in ("shop", "billing"):
        become(project, name)
        bound(project, OTHER, SHARED)
        project.apply()
    become(project, "shop")
    bound(project, OTHER)
    assert "1 claim to drop" in project.mq("plan").out
    project.apply()
    assert keys(rabbitmq) == {"other", "shared"}
    become(project, "billing")
    bound(project, OTHER)
    reviewed(project)
    assert keys(rabbitmq) == {"other"}


def test_a_queue_that_would_take_the_binding_of_another_project_along_stays(
    project: Project, rabbitmq: RabbitServer
) -> None:
    bound(project, OTHER)
    project.apply()
    become(project, "billing")
    project.declare({"vhosts": {VHOST: {"bindings": [SHARED]}}})
    project.apply()
    become(project, "shop")
    project.declare({"vhosts": {VHOST: {"exchanges": {"ev": {"type": "topic"}}}}}, {"rabbit/queues/%2Fshop/q": {}})
    ran = project.mq("apply", "--auto-approve")
    assert (ran.code, "`billing/it` claims what goes along with it" in ran.err) == (3, True), ran.text
    assert keys(rabbitmq) == {"other", "shared"}


def test_a_permission_has_one_owner(project: Project, rabbitmq: RabbitServer) -> None:
    project.secret("W", "pw")
    project.declare(
        {
            "users": {"w": {"password": {"env": "W"}}},
            "vhosts": {VHOST: {"permissions": {"w": {"read": "^q$"}}}},
        }
    )
    project.apply()
    become(project, "billing")
    project.declare({"vhosts": {VHOST: {"permissions": {"w": {"read": "^q$"}}}}})
    assert "permission `w` is claimed by `shop/it`" in project.plan(code=3).err
    assert rabbitmq.management.get("permissions", VHOST, "w")["read"] == "^q$"


def hold(server: RabbitServer, messages: int) -> None:
    """Somebody puts messages into the queue, which they make where there is none."""
    with channel(server, VHOST) as line:
        line.queue_declare("q", durable=True)
        line.confirm_delivery()
        for _ in range(messages):
            publish(line, "", "q")
        until(lambda: depth(line, "q") == messages, "messages in the queue")


def test_a_tombstone_that_took_messages_takes_none_of_what_is_made_again(
    project: Project, rabbitmq: RabbitServer
) -> None:
    project.declare({"vhosts": {VHOST: {"queues": {"q": QUEUE, "kept": QUEUE}}}})
    project.apply()
    for again in (False, True):
        hold(rabbitmq, 3)
        removed = {"rabbit/queues/%2Fshop/q": {"evenIf": ["messages"], "until": SOON}}
        project.declare({"vhosts": {VHOST: {"queues": {"kept": QUEUE}}}}, removed)
        ran = project.mq("apply", "--auto-approve")
        assert ran.code == (3 if again else 0), ran.text
        assert ("was used by apply 2 on " in " ".join(ran.err.split())) is again
    assert rabbitmq.management.get("queues", VHOST, "q")["name"] == "q"
