"""Rights on Kafka through the command line, on the sandbox."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Project

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope: {kafka: {topics: ["orders.*"], principals: ["User:shop-*"]}}
environments:
  local:
    clusters:
      kafka: {type: kafka, sandbox: true}
"""
HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: orders}\nkafka:\n  topics: {orders.a: {}}\n"
READER = "    shop-reader: {consumes: [orders.a], group: shop-reader}\n"
WRITER = "    shop-writer: {produces: [orders.a], transactionalId: shop-writer}\n"
DENY = '  acls:\n    - {principal: "User:shop-x", resource: topic, name: orders.a, operation: Read, permission: deny}\n'


@pytest.fixture
def shop(begin: Callable[[str], Project]) -> Project:
    return begin(PROJECT)


def declare(shop: Project, text: str) -> None:
    (shop.root / "topology" / "orders.yaml").write_text(HEAD + text, encoding="utf-8")


def plan_of(shop: Project, *arguments: str) -> Any:
    return json.loads(shop.mq("plan", "-o", "json", *arguments).out)


def test_an_entry_that_is_dropped_counts_once_whatever_it_stood_for(shop: Project) -> None:
    declare(shop, "  access:\n" + READER + WRITER)
    assert shop.mq("apply", "--auto-approve").code == 0
    declare(shop, "  access:\n" + READER)
    ran = shop.mq("plan", "-o", "json")
    assert ran.code == 0, ran.err
    plan = json.loads(ran.out)
    assert [(change["action"], change["reason"]) for change in plan["changes"]] == [("delete", "sugar-gone")] * 2
    assert shop.mq("apply", "--expect", plan["digest"]).code == 0
    assert "No changes." in shop.mq("plan").out


def test_two_entries_that_are_dropped_are_over_the_limit_of_one(shop: Project) -> None:
    declare(shop, "  access:\n" + READER + WRITER + "    shop-x: {produces: [orders.a]}\n")
    assert shop.mq("apply", "--auto-approve").code == 0
    declare(shop, "  access:\n    shop-x: {produces: [orders.a]}\n")
    ran = shop.mq("plan")
    assert ran.code == 3, ran.out
    assert "would delete 2 of kafka/acls" in ran.err


def test_a_deny_stays_until_a_line_names_it_and_its_going_is_marked_as_widening(shop: Project) -> None:
    declare(shop, "  access:\n" + READER + DENY)
    assert shop.mq("apply", "--auto-approve").code == 0
    declare(shop, "  access:\n" + READER)
    plan = plan_of(shop)
    assert plan["changes"] == []
    (left,) = plan["undeclared"]
    declare(shop, "  access:\n" + READER + f"removed:\n  {left['line']}\n")
    ran = shop.mq("plan")
    assert ran.code == 0, ran.err
    assert "widens: `User:shop-x` is no longer denied to Read topic `orders.a`" in " ".join(ran.out.split())
    assert shop.mq("apply", "--auto-approve").code == 0
    assert "No changes." in shop.mq("plan").out


def test_the_same_binding_by_two_entries_is_one_and_stays_with_the_second(shop: Project) -> None:
    both = READER + '    second: {principal: "User:shop-reader", consumes: [orders.a], group: shop-reader}\n'
    declare(shop, "  access:\n" + both)
    assert len(plan_of(shop)["changes"]) == 3
    assert shop.mq("apply", "--auto-approve").code == 0
    declare(shop, "  access:\n" + READER)
    assert plan_of(shop)["changes"] == []


def test_what_is_exported_can_be_declared(shop: Project) -> None:
    declare(shop, "  access:\n" + READER + WRITER + DENY)
    assert shop.mq("apply", "--auto-approve").code == 0
    exported = shop.mq("export")
    assert exported.code == 0, exported.err
    (shop.root / "topology" / "orders.yaml").write_text(exported.out, encoding="utf-8")
    assert "No changes." in shop.mq("plan").out
