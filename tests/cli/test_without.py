"""`without:` of an environment: what it names is not managed there, which deletes nothing and is said."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import Ran

PROJECT = """
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [shop.yaml]
scope: {kafka: {topics: ["orders.*"], groups: ["*.x", billing], principals: ["User:billing"]}}
environments:
  dev:
    clusters: {kafka: {type: kafka, sandbox: true}}
"""
TOPOLOGY = """
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: shop}
kafka:
  topics:
    orders.a: {partitions: 1, replicationFactor: 1, labels: {only: prod}}
    orders.b: {partitions: 1, replicationFactor: 1}
  acls:
    - {principal: "User:billing", resource: topic, name: orders.b, operation: Write}
  access:
    billing: {consumes: [orders.a, orders.b], group: billing}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tmp_path.joinpath("mqinfra.yaml").write_text(PROJECT.replace('"*.x", ', ""), encoding="utf-8")
    tmp_path.joinpath("shop.yaml").write_text(TOPOLOGY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def without(shop: Path, text: str) -> None:
    path = shop / "mqinfra.yaml"
    path.write_text(path.read_text(encoding="utf-8") + f"    without: {text}\n", encoding="utf-8")


def test_what_is_left_out_is_neither_made_nor_deleted(shop: Path, mq: Callable[..., Ran]) -> None:
    assert mq("apply", "--auto-approve").code == 0
    without(shop, "[kafka/acls, 'label:only=prod']")
    plan = mq("plan", "--detailed-exitcode", "--undeclared", "-o", "json=plan.json")
    assert plan.code == 0, plan.out + plan.err
    written = json.loads(shop.joinpath("plan.json").read_text(encoding="utf-8"))
    assert written["changes"] == []
    assert written["undeclared"] == []
    assert written["without"] == [{"kind": "kafka/acls", "number": 4}, {"kind": "kafka/topics", "number": 1}]
    assert "not in dev: 4 kafka/acls, 1 kafka/topics" in mq("plan").out
    assert mq("apply", "--auto-approve").code == 0
    assert "orders.a" in mq("export", "-o", "yaml").out


def test_sugar_that_is_left_out_takes_along_what_it_makes(shop: Path, mq: Callable[..., Ran]) -> None:
    assert mq("apply", "--auto-approve").code == 0
    without(shop, "[kafka/access]")
    plan = mq("plan", "--detailed-exitcode")
    assert plan.code == 0, plan.out + plan.err
    assert "not in dev: 1 kafka/access, 3 kafka/acls" in plan.out


def test_no_line_deletes_what_is_left_out(shop: Path, mq: Callable[..., Ran]) -> None:
    assert mq("apply", "--auto-approve").code == 0
    without(shop, "[kafka/topics, kafka/acls, kafka/access]")
    removed = "removed: {kafka/topics/orders.a: {}}\n"
    shop.joinpath("shop.yaml").write_text(TOPOLOGY.partition("kafka:")[0] + removed, encoding="utf-8")
    plan = mq("plan", "--detailed-exitcode")
    assert plan.code == 0, plan.out + plan.err


def test_a_kind_that_is_none_is_an_error_at_its_place(shop: Path, mq: Callable[..., Ran]) -> None:
    without(shop, "[kafka/topcs]")
    ran = mq("validate")
    assert ran.code != 0
    assert "unknown kind `kafka/topcs`" in ran.err + ran.out
    assert "mqinfra.yaml:10:15" in ran.err + ran.out


def test_references_to_what_is_left_out_are_no_finding(shop: Path, mq: Callable[..., Ran]) -> None:
    without(shop, "[kafka/topics]")
    ran = mq("validate")
    assert ran.code == 0, ran.err
    assert "MQ5" not in ran.err
