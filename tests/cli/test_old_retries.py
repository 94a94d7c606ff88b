"""Other `delays` in three plans: the move, what is left of the old retries, and nothing."""

import json
from collections.abc import Callable

import pytest

from mqinfra.providers.rabbitmq.sugar.retry import Chain
from tests.cli.conftest import Project
from tests.cli.test_no_longer_declared import PROJECT, deletes, plan_of, vhost

OLD, NEW = Chain("q", (10_000, 60_000), "q.dlq"), Chain("q", (30_000,), "q.dlq")
OLD_QUEUES = {f"queues/%2Fshop/{name}" for name in OLD.waits}
SHARED = {"exchanges/%2Fshop/q.return", "bindings/%2Fshop/exchange=q.return,queue=q"}


@pytest.fixture
def rabbit(begin: Callable[[str], Project]) -> Project:
    project = begin(PROJECT)
    project.topology(queue("retry: {delays: [10s, 1m]}"))
    assert project.mq("apply", "--auto-approve").code == 0
    return project


def queue(sugar: str) -> str:
    return vhost(f"queues: {{q: {{type: quorum, {sugar}}}}}")


def test_old_retries_stay_while_the_queue_leads_to_them_and_go_by_the_next_apply(rabbit: Project) -> None:
    rabbit.topology(queue("retry: {delays: [30s]}"))
    plan = plan_of(rabbit)
    assert deletes(plan) == set()
    policy = next(change for change in plan["changes"] if "/policies/" in change["address"])
    route = {change["address"] for change in plan["changes"]} - {policy["address"]}
    assert route <= set(policy["needs"])
    stays = {item["address"].partition("/")[2]: item["why"] for item in plan["undeclared"]}
    assert stays.keys() >= OLD_QUEUES
    assert {stays[name] for name in OLD_QUEUES} == {
        "`q` leads rejected messages through it until this plan is applied; then it can go"
    }
    assert rabbit.mq("apply", "--expect", plan["digest"]).code == 0

    rest = plan_of(rabbit)
    assert deletes(rest) >= OLD_QUEUES
    assert deletes(rest).isdisjoint(SHARED)
    assert rabbit.mq("apply", "--expect", rest["digest"]).code == 0
    assert "No changes." in rabbit.mq("plan").out


def test_given_up_retries_keep_the_way_back_until_the_delays_are_gone(rabbit: Project) -> None:
    rabbit.topology(queue("deadLetter: true"))
    plan = plan_of(rabbit)
    assert deletes(plan) == set()
    assert {item["address"].partition("/")[2] for item in plan["undeclared"]} >= SHARED
    assert rabbit.mq("apply", "--expect", plan["digest"]).code == 0
    rest = plan_of(rabbit)
    assert deletes(rest) >= OLD_QUEUES | SHARED
    needs = {change["address"].partition("/")[2]: change["needs"] for change in rest["changes"]}
    assert all({f"rabbitmq/{name}" for name in OLD_QUEUES} <= set(needs[address]) for address in SHARED)
    assert rabbit.mq("apply", "--expect", rest["digest"]).code == 0
    assert "No changes." in rabbit.mq("plan").out


def test_dead_letters_are_given_up_by_consent_alone_and_the_policy_goes_first(rabbit: Project) -> None:
    rabbit.topology(queue("deadLetter: false"))
    plan = plan_of(rabbit)
    [blocked] = [change for change in plan["changes"] if change["address"].endswith("q.policy")]
    assert blocked["blockedBy"] == ["MQ208"]
    assert rabbit.mq("apply", "--expect", plan["digest"]).code == 3


def test_wait_deletes_old_retries_in_the_run_that_leaves_them(rabbit: Project) -> None:
    rabbit.topology(queue("retry: {delays: [30s]}"))
    plan = plan_of(rabbit)
    waiting = {item["address"].partition("/")[2] for item in plan["undeclared"] if item["drains"]}
    assert waiting >= OLD_QUEUES
    ran = rabbit.mq("apply", "--expect", plan["digest"], "--wait", "-o", "json")
    assert ran.code == 0, ran.err
    results = {item["address"].partition("/")[2]: item for item in json.loads(ran.out)["results"]}
    assert {name for name, item in results.items() if item["action"] == "delete"} >= OLD_QUEUES
    assert {item["outcome"] for item in results.values()} == {"applied"}
    assert results.keys() > {change["address"].partition("/")[2] for change in plan["changes"]}
    assert "No changes." in rabbit.mq("plan").out
    assert deletes(plan_of(rabbit)) == set()


def test_a_saved_plan_waits_too_and_a_plan_without_changes_for_what_was_left(rabbit: Project) -> None:
    rabbit.topology(queue("retry: {delays: [30s]}"))
    assert rabbit.mq("plan", "-o", "json=plan.json").code == 0
    assert rabbit.mq("apply", "plan.json", "--wait=5s").code == 0
    assert OLD_QUEUES.isdisjoint(item["address"] for item in plan_of(rabbit)["undeclared"])
    assert deletes(plan_of(rabbit)) == set()


@pytest.mark.parametrize("said", ["soon", "plan.json"])
def test_how_long_to_wait_is_a_duration(rabbit: Project, said: str) -> None:
    ran = rabbit.mq("apply", "--wait", said)
    assert ran.code == 64
    assert f"must be a duration such as 10m, got `{said}`" in ran.err
