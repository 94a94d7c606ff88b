"""A bare --auto-approve takes nothing away only because a manifest no longer says it; whoever saw the plan does."""

import json

from tests.cli.conftest import Project
from tests.cli.test_no_longer_declared import QUEUE, applied, deletes, plan_of, rabbit

__all__ = ["rabbit"]


def edited(project: Project) -> set[str]:
    """Another routing key: the old binding is to go. Gives what the plan deletes."""
    applied(project, QUEUE.replace("KEY", "order.*"))
    project.topology(QUEUE.replace("KEY", "order.paid"))
    return deletes(plan_of(project))


def test_auto_approve_leaves_what_is_no_longer_declared_lists_it_and_says_what_carries_it_out(rabbit: Project) -> None:
    going = edited(rabbit)
    ran = rabbit.mq("apply", "--auto-approve", "-q", "-o", "json")
    assert ran.code == 0
    assert {item["action"] for item in json.loads(ran.out)["results"]} == {"create"}
    assert len(going) == 1
    assert f"rabbitmq/{going.pop()}" in ran.err
    command = ran.err.split("To carry them out: mqinfra ")[1].split()
    assert command[:4] == ["apply", "-e", "local", "--expect"]
    assert rabbit.mq(*command).code == 0
    assert deletes(plan_of(rabbit)) == set()


def test_what_was_left_is_carried_out_by_whoever_expects_it(rabbit: Project) -> None:
    going = edited(rabbit)
    rabbit.mq("apply", "--auto-approve")
    plan = plan_of(rabbit)
    assert deletes(plan) == going
    assert rabbit.mq("apply", "--expect", plan["digest"]).code == 0
    assert deletes(plan_of(rabbit)) == set()


def test_nothing_but_such_deletes_is_nothing_to_do(rabbit: Project) -> None:
    going = edited(rabbit)
    rabbit.mq("apply", "--auto-approve")
    ran = rabbit.mq("apply", "--auto-approve", "-o", "json")
    assert (ran.code, json.loads(ran.out)["results"]) == (0, [])
    assert "Left undone: 1 delete" in ran.err
    assert deletes(plan_of(rabbit)) == going


def test_a_saved_plan_deletes_by_claim_only_what_would_be_deleted_now(rabbit: Project) -> None:
    going = edited(rabbit)
    rabbit.mq("plan", "-o", "json=plan.json")
    rabbit.topology(QUEUE.replace("KEY", "order.*"))
    assert rabbit.mq("apply", "plan.json").code == 5
    rabbit.topology(QUEUE.replace("KEY", "order.paid"))
    sandbox = rabbit.root / ".mqinfra" / "sandbox" / "local" / "rabbitmq.json"
    held = sandbox.read_text()
    document = json.loads(held)
    document["clusters"]["rabbitmq"]["records"] = []
    sandbox.write_text(json.dumps(document))  # the claim is gone, and with it the reason of the delete
    assert rabbit.mq("apply", "plan.json").code == 5
    assert any(f"rabbitmq/{address}" in sandbox.read_text() for address in going)
    sandbox.write_text(held)
    assert rabbit.mq("apply", "plan.json").code == 0
    assert deletes(plan_of(rabbit)) == set()
