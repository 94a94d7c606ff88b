"""The server's own definitions file as the live side of a plan."""

from __future__ import annotations

import json

import pytest

from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.e2e.test_lifecycle import VHOST, topology


def test_a_definitions_file_of_what_is_live_plans_nothing_and_a_changed_one_shows_it(
    project: Project, cell: set[str]
) -> None:
    # All of it: what a file can't tell, such as passwords and before 3.13 the descriptions of vhosts, is no difference.
    server = project.server
    project.secret("EMAIL_PASSWORD", "planted-password")
    project.secret("SHOVEL_URI", "amqp://guest:guest@localhost:1/%2Fshop")
    project.secret("UPSTREAM_URI", "amqp://guest:guest@localhost:1")
    project.declare(topology())
    project.apply()
    definitions = server.management.get("definitions")
    listed = {row["name"] for row in definitions["exchanges"]}
    internal = [row["name"] for row in server.management.get("exchanges", VHOST) if row["internal"]]
    left_out = [name for name in internal if name not in listed and not name.startswith("amq.")]
    apart = [f"--exclude=rabbit/exchanges/%2Fshop/{name}" for name in left_out]
    file = project.root / "definitions.json"
    file.write_text(json.dumps(definitions), encoding="utf-8")
    server.proxy.recorder.clear()
    ran = project.mq("plan", "--against", "definitions.json", "--detailed-exitcode", *apart)
    assert server.proxy.recorder.requests == []
    assert ran.code == 0, ran.text

    for policy in definitions["policies"]:
        if policy["name"] == "alternate":
            policy["priority"] = 9
    definitions["queues"] = [row for row in definitions["queues"] if row["name"] != "orders.plain"]
    file.write_text(json.dumps(definitions), encoding="utf-8")
    ran = project.mq("plan", "--against", "definitions.json", "--detailed-exitcode", *apart)
    assert ran.code == 2, ran.text
    assert "~ policy alternate " in " ".join(ran.out.split())
    assert "+ queue orders.plain " in " ".join(ran.out.split())
    cell.add(f"rabbitmq-{server.line}/vhosts/e2e-against-definitions")


@pytest.mark.newest
def test_what_a_file_leaves_out_of_a_vhost_is_not_taken_for_absent(project: Project) -> None:
    server = project.server
    vhost = {"description": "the shop", "tags": ["a", "b"], "defaultQueueType": "quorum", "limits": {"max-queues": 9}}
    exchanges = {"outer": {"type": "fanout"}, "inner": {"type": "fanout", "internal": True}}
    project.declare(
        {
            "vhosts": {
                VHOST: {
                    **vhost,
                    "exchanges": exchanges,
                    "bindings": [{"exchange": "outer", "toExchange": "inner"}],
                }
            }
        }
    )
    project.apply()
    definitions = server.management.get("definitions")
    (project.root / "definitions.json").write_text(json.dumps(definitions), encoding="utf-8")
    ran = project.mq("plan", "--against", "definitions.json", "-o", "json")
    internal_listed = "inner" in {row["name"] for row in definitions["exchanges"]}
    assert ran.json()["changes"] == []
    assert ("MQ304" in ran.err) is not internal_listed, ran.text


def test_the_definitions_of_one_vhost_are_refused(project: Project) -> None:
    server = project.server
    project.declare({"vhosts": {VHOST: {}}})
    project.apply()
    one = server.management.get("definitions", VHOST)
    (project.root / "definitions.json").write_text(json.dumps(one), encoding="utf-8")
    ran = project.mq("plan", "--against", "definitions.json")
    assert ran.code == 1, ran.text
    assert "export all vhosts, not one of them" in ran.err
