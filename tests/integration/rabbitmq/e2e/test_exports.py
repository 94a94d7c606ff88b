"""What is exported can be applied: here, and on a server that has none of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.integration.rabbitmq.e2e.amqp import channel
from tests.integration.rabbitmq.e2e.project import Project

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

VHOST = "/shop"


def applied_elsewhere(project: Project, text: str) -> None:
    """Apply an export where there is nothing."""
    project.server.wipe()
    project.text(text, whole=True)
    project.converge()


def test_queues_of_one_connection_and_their_bindings_are_left_out_and_said(project: Project, cell: set[str]) -> None:
    server: RabbitServer = project.server
    project.declare({"vhosts": {VHOST: {"exchanges": {"bus": {"type": "topic"}}, "queues": {"mail": {}}}}})
    project.apply()
    with channel(server, VHOST) as line:
        named = line.queue_declare("", exclusive=True).method.queue
        line.queue_declare("rpc.client.7", exclusive=True)
        for queue, key in ((named, "#"), ("rpc.client.7", "reply.7"), ("mail", "paid")):
            line.queue_bind(queue, "bus", key)
        ran = project.mq("export")
    assert ran.code == 0, ran.text
    assert "left out 2 of rabbit/bindings" in ran.err
    assert named not in ran.out
    assert "rpc.client.7" not in ran.out
    assert "routingKey: paid" in ran.out
    applied_elsewhere(project, ran.out)
    cell.add(f"rabbitmq-{server.line}/bindings/e2e-export-leaves-exclusive-out")


def test_dead_letters_that_lead_nowhere_are_warned_of_each_time_and_stop_nothing(
    project: Project, cell: set[str]
) -> None:
    letters = {"arguments": {"x-dead-letter-exchange": "nowhere"}}
    project.declare({"vhosts": {VHOST: {"exchanges": {"x": {"type": "topic"}}, "queues": {"mail": letters}}}})
    for _ in range(2):
        ran = project.plan()
        assert "warning[MQ511]" in ran.err
        project.apply()
    ran = project.mq("export")
    assert ran.code == 0, ran.text
    applied_elsewhere(project, ran.out)
    cell.add(f"rabbitmq-{project.server.line}/queues/e2e-one-severity")


HANDWRITTEN: dict[str, dict[str, object]] = {
    "no version": {
        "vhosts": [{"name": "/shop"}],
        "users": [],
        "permissions": [],
        "queues": [{"name": "mail", "vhost": "/shop", "durable": True, "auto_delete": False, "arguments": {}}],
        "exchanges": [],
        "bindings": [],
    },
    "only what is needed": {
        "rabbit_version": "3.10.8",
        "queues": [{"name": "mail", "vhost": "/shop"}],
        "exchanges": [{"name": "orders", "vhost": "/shop", "type": "topic"}],
        "bindings": [{"source": "orders", "vhost": "/shop", "destination": "mail", "destination_type": "queue"}],
        "policies": [{"name": "ttl", "vhost": "/shop", "pattern": "^mail$", "definition": {"message-ttl": 1000}}],
    },
    "users alone": {"users": [{"name": "email", "password": "planted-in-clear", "tags": "monitoring"}]},
}


@pytest.mark.parametrize("case", HANDWRITTEN)
def test_a_handwritten_definitions_file_becomes_manifests_without_a_broker(
    case: str, project: Project, cell: set[str]
) -> None:
    server = project.server
    file = project.root / "definitions.json"
    file.write_text(json.dumps(HANDWRITTEN[case]), encoding="utf-8")
    server.proxy.recorder.clear()
    exported = project.mq("export", "--against", "definitions.json")
    assert exported.code == 0, exported.text
    assert "planted-in-clear" not in exported.text
    project.text(exported.out, whole=True)
    planned = project.mq("plan", "--against", "definitions.json", "--detailed-exitcode")
    assert planned.code == 0, planned.text
    assert server.proxy.recorder.requests == []
    project.converge()
    cell.add(f"rabbitmq-{server.line}/vhosts/e2e-handwritten-definitions")


def test_what_a_handwritten_file_lacks_is_planned(project: Project) -> None:
    (project.root / "d.json").write_text(json.dumps(HANDWRITTEN["no version"]), encoding="utf-8")
    project.declare({"vhosts": {VHOST: {"queues": {"mail": {}, "sms": {}}}}, "users": {"email": {}}})
    ran = project.mq("plan", "--against", "d.json", "--detailed-exitcode")
    assert ran.code == 2, ran.text
    assert "+ queue sms " in " ".join(ran.out.split())
    assert "+ user email " in " ".join(ran.out.split())
    assert "2 to create" in ran.out


def test_records_and_the_lock_of_an_apply_are_nobodys(project: Project, cell: set[str]) -> None:
    server: RabbitServer = project.server
    pages = ("mqinfra.other.prod.1", "mqinfra.shop.it.12")
    for page in pages:
        server.management.call("PUT", "global-parameters", page, body={"value": {"encoding": "zlib+base64"}})
    server.management.call("PUT", "global-parameters", "ours", body={"value": "kept"})
    with channel(server, "/") as line:
        line.queue_declare("mqinfra.lock.other.prod", exclusive=True)
        ran = project.mq("export")
    assert ran.code == 0, ran.text
    assert "ours" in ran.out
    assert "mqinfra." not in ran.out
    project.declare({"globalParameters": {pages[0]: {"value": 1}}})
    assert f"`{pages[0]}` can't be declared: mqinfra keeps records" in project.mq("validate").text
    project.declare({}, {f"rabbit/globalParameters/{pages[0]}": {}, "rabbit/queues/%2F/mqinfra.lock.other.prod": {}})
    ran = project.mq("plan")
    assert ran.code == 3, ran.text
    assert {row["name"] for row in server.management.get("global-parameters")} >= set(pages)
    cell.add(f"rabbitmq-{server.line}/globalParameters/e2e-records-left-out")
