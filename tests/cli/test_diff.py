"""`mqinfra diff ENV ENV`: what would change in one environment if it equalled another, by the names of manifests."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import Ran

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [shop.yaml]
scope: {kafka: {topics: ["orders.*"], principals: ["User:billing"]}}
environments:
  staging:
    clusters: {kafka: {type: kafka, sandbox: true}}
    names: {kafka/topics: {prefix: stg.}, kafka/users: {prefix: stg-}}
    defaults: {kafka/topics: {partitions: 3}}
  prod:
    clusters: {main: {type: kafka, sandbox: true}}
    names: {kafka/topics: {prefix: prod.}, kafka/users: {suffix: -prod}}
    defaults: {kafka/topics: {partitions: 3}}
    overrides:
      - {match: "name:orders.b", set: {partitions: 9, config: {retention.ms: 14d}}}
"""
TOPOLOGY = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: shop, labels: {team: orders}}
defaults: {kafka/topics: {replicationFactor: 1, deadLetter: true}}
kafka:
  topics:
    orders.a: {}
    orders.b: {config: {retention.ms: 7d}}
  access:
    billing: {consumes: [orders.a], group: false}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tmp_path.joinpath("mqinfra.yaml").write_text(PROJECT, encoding="utf-8")
    tmp_path.joinpath("shop.yaml").write_text(TOPOLOGY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("shop")
def test_only_what_is_set_otherwise_differs_and_says_where(mq: Callable[..., Ran]) -> None:
    ran = mq("diff", "staging", "prod", "--color", "never")
    assert ran.code == 0, ran.err
    assert ran.out == (
        "~ main/topics/orders.b\n"
        "    config.retention.ms: 14d -> 7d  (mqinfra.yaml:16 -> shop.yaml:8)\n"
        "    partitions: 9 -> 3  (mqinfra.yaml:16 -> mqinfra.yaml:10)\n"
        "~ main/topics/orders.b.dlq\n"
        "    partitions: 9 -> 3  (shop.yaml:4)\n"
        "If prod equalled staging: 2 to change.\n"
    )
    assert mq("diff", "staging", "prod", "--detailed-exitcode").code == 2
    assert mq("diff", "staging", "staging", "--detailed-exitcode").code == 0


@pytest.mark.usefixtures("shop")
def test_live_clusters_are_compared_by_declared_names(mq: Callable[..., Ran]) -> None:
    assert mq("apply", "-e", "staging", "--auto-approve").code == 0
    only = mq("diff", "staging", "prod", "--live", "-o", "json")
    created = [item["address"] for item in json.loads(only.out)["resources"] if item["action"] == "create"]
    assert "main/topics/orders.a" in created
    assert "main/topics/orders.a.dlq" in created
    assert mq("apply", "-e", "prod", "--auto-approve").code == 0
    ran = mq("diff", "staging", "prod", "--live", "-o", "json", "--detailed-exitcode")
    assert ran.code == 2, ran.err
    found = json.loads(ran.out)
    assert (found["kind"], found["source"], found["target"], found["live"]) == ("Promotion", "staging", "prod", True)
    assert [(item["address"], item["action"]) for item in found["resources"]] == [
        ("main/topics/orders.b", "update"),
        ("main/topics/orders.b.dlq", "update"),
    ]


def test_what_one_of_the_two_does_not_manage_is_no_difference(shop: Path, mq: Callable[..., Ran]) -> None:
    project = PROJECT.replace("  prod:\n", "    without: [kafka/access, name:orders.b, name:orders.b.dlq]\n  prod:\n")
    shop.joinpath("mqinfra.yaml").write_text(project, encoding="utf-8")
    ran = mq("diff", "staging", "prod", "--color", "never")
    assert ran.code == 0, ran.err
    assert "not in staging: 1 kafka/access, 2 kafka/acls, 2 kafka/topics" in ran.out
    assert "prod equals staging." in ran.out
    assert "prod equals staging." in mq("diff", "prod", "staging").out.replace(
        "staging equals prod", "prod equals staging"
    )


def test_what_only_one_has_is_made_or_deleted(shop: Path, mq: Callable[..., Ran]) -> None:
    text = PROJECT.replace(
        '{match: "name:orders.b", set: {partitions: 9, config: {retention.ms: 14d}}}',
        '{match: "name:orders.b", set: {deadLetter: false}}',
    )
    shop.joinpath("mqinfra.yaml").write_text(text, encoding="utf-8")
    assert "+ main/topics/orders.b.dlq  only in staging" in mq("diff", "staging", "prod").out
    assert "- kafka/topics/orders.b.dlq  only in staging" in mq("diff", "prod", "staging").out


@pytest.mark.usefixtures("shop")
def test_as_markdown_it_is_a_comment(mq: Callable[..., Ran]) -> None:
    out = mq("diff", "staging", "prod", "-o", "markdown").out
    assert "If prod equalled staging: 2 to change." in out
    assert "orders.b" in out
    assert "14d" in out


@pytest.mark.usefixtures("shop")
def test_an_environment_that_is_none_is_an_error(mq: Callable[..., Ran]) -> None:
    ran = mq("diff", "staging", "prd")
    assert ran.code != 0
    assert "did you mean `prod`?" in ran.err


def test_environments_in_one_scope_are_told_apart_by_their_names(shop: Path, mq: Callable[..., Ran]) -> None:
    """Both own the whole cluster, which a state stands for that both have."""
    project = PROJECT.replace("scope: {kafka: {", "scope: {kafka: {wholeCluster: true, ").replace(
        "clusters: {main:", "clusters: {kafka:"
    )
    project = project.replace("    names: {kafka/topics: {prefix: prod.}, kafka/users: {suffix: -prod}}\n", "")
    shop.joinpath("mqinfra.yaml").write_text(project.partition("    overrides:")[0], encoding="utf-8")
    assert mq("apply", "-e", "staging", "--auto-approve").code == 0
    sandbox = shop / ".mqinfra" / "sandbox"
    (sandbox / "prod").mkdir()
    text = (sandbox / "staging" / "kafka.json").read_text(encoding="utf-8")
    (sandbox / "prod" / "kafka.json").write_text(text, encoding="utf-8")
    assert mq("apply", "-e", "prod", "--auto-approve").code == 0
    text = (sandbox / "prod" / "kafka.json").read_text(encoding="utf-8")
    (sandbox / "staging" / "kafka.json").write_text(text, encoding="utf-8")
    ran = mq("diff", "staging", "prod", "--live")
    assert (ran.code, ran.out) == (0, "prod equals staging on the clusters.\n")
