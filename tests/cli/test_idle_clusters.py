"""A cluster on which nothing is declared any more is looked at for what an apply left there, and fails nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Project
from tests.loopback import Loopback

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope: {kafka: {topics: ["orders.*"]}, redis: {keys: ["{shop}:*"], users: [feed]}}
environments:
  local:
    clusters:
      kafka: {type: kafka, sandbox: true}
      redis: REDIS
"""
HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: orders}\n"
TOPIC = "kafka:\n  topics:\n    orders.a: {}\n"
USER = "redis:\n  users:\n    feed: {commands: [+ping]}\n"
SANDBOX = "{type: redis, sandbox: true}"


@pytest.fixture
def shop(begin: Callable[[str], Project]) -> Project:
    project = begin(of(SANDBOX))
    project.topology(HEAD + TOPIC + USER)
    assert project.mq("apply", "--auto-approve").code == 0
    return project


def of(redis: str) -> str:
    return PROJECT.replace("REDIS", redis)


def on(project: Project, redis: str) -> None:
    (project.root / "mqinfra.yaml").write_text(of(redis), encoding="utf-8")


def plan_of(project: Project, *options: str) -> dict[str, Any]:
    ran = project.mq("plan", "-o", "json", *options)
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def changes(plan: dict[str, Any]) -> dict[str, str]:
    return {change["address"]: change["action"] for change in plan["changes"]}


def test_what_goes_by_itself_goes_from_a_cluster_that_nothing_names_any_more(shop: Project) -> None:
    shop.topology(HEAD + TOPIC)
    plan = plan_of(shop)
    assert changes(plan) == {"redis/users/feed": "delete"}
    assert [cluster["alias"] for cluster in plan["clusters"]] == ["kafka", "redis"]
    assert shop.mq("apply", "--expect", plan["digest"]).code == 0
    rest = plan_of(shop)
    assert (changes(rest), [cluster["alias"] for cluster in rest["clusters"]]) == ({}, ["kafka"])


def test_a_saved_plan_takes_it_away_too(shop: Project) -> None:
    shop.topology(HEAD + TOPIC)
    assert shop.mq("plan", "-o", "json=plan.json").code == 0
    assert shop.mq("apply", "plan.json").code == 0
    assert changes(plan_of(shop)) == {}


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        (("--exclude", "cluster:redis"), False),
        (("--select", "cluster:kafka"), False),
        (("--select", "kafka/topics/*"), False),
        (("--select", "kind:topics"), False),
        (("--select", "cluster:re*"), True),
        (("--select", "redis/users/feed"), True),
        (("--select", "kind:users"), True),
        (("--exclude", "kind:topics"), True),
    ],
    ids=str,
)
def test_a_selection_narrows_it(shop: Project, options: tuple[str, ...], seen: bool) -> None:  # noqa: FBT001 - a case
    shop.topology(HEAD + TOPIC)
    assert changes(plan_of(shop, *options)) == ({"redis/users/feed": "delete"} if seen else {})


def test_a_cluster_that_can_not_be_reached_is_said_and_fails_nothing(shop: Project) -> None:
    shop.topology(HEAD + TOPIC.replace("{}", "{config: {retention.ms: 8d}}"))
    on(shop, "{type: redis, nodes: ['127.0.0.1:1']}")
    plan = plan_of(shop)
    assert changes(plan) == {"kafka/topics/orders.a": "update"}
    (found,) = [found for found in plan["diagnostics"] if found["code"] == "MQ353"]
    assert (found["severity"], found["address"]) == ("warning", "redis")
    assert "whether anything of this project is left over is not known" in found["message"]
    (unchecked,) = [item for item in plan["unchecked"] if item["cluster"] == "redis"]
    assert "nothing is declared there" in unchecked["reason"]
    ran = shop.mq("apply", "--auto-approve")
    assert (ran.code, ran.err.count("MQ353]")) == (0, 1)


def test_one_that_is_excluded_or_out_of_scope_is_not_even_connected_to(shop: Project) -> None:
    heard: list[object] = []
    with Loopback(heard.append) as server:
        on(shop, f"{{type: redis, nodes: ['{server.address}']}}")
        shop.topology(HEAD + TOPIC)
        assert plan_of(shop, "--exclude", "cluster:redis")["diagnostics"] == []
        text = (shop.root / "mqinfra.yaml").read_text(encoding="utf-8")
        scoped = text.replace(', redis: {keys: ["{shop}:*"], users: [feed]}', "")
        (shop.root / "mqinfra.yaml").write_text(scoped, encoding="utf-8")
        assert plan_of(shop)["diagnostics"] == []
    assert heard == []


def test_one_that_is_declared_on_and_can_not_be_reached_fails_as_before(shop: Project) -> None:
    on(shop, "{type: redis, nodes: ['127.0.0.1:1']}")
    ran = shop.mq("plan")
    assert ran.code == 1
    assert "MQ353" not in ran.err
