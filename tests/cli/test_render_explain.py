"""`render --explain` and `render -o json`: which line gave each value."""

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
defaults:
  kafka/topics: {replicationFactor: 3, config: {retention.ms: 7d}}
environments:
  staging:
    clusters: {kafka: {type: kafka, sandbox: true}}
    variables: {size: 6}
    names: {kafka/topics: {prefix: stg.}}
    defaults:
      kafka/topics: {config: {min.insync.replicas: 2}}
    overrides:
      - {match: "name:orders.b", set: {partitions: 9}}
"""
TOPOLOGY = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: shop}
kafka:
  topics:
    orders.a:
      partitions: ${size}
      deadLetter: true
    orders.b: {partitions: 2}
"""
EXPLAINED = """\
    stg.orders.a:  # shop.yaml:6
      partitions: 6  # shop.yaml:7
      replicationFactor: 3  # mqinfra.yaml:6
      config:
        min.insync.replicas: 2  # mqinfra.yaml:13
        retention.ms: 604800000  # mqinfra.yaml:6
    stg.orders.a.dlq:  # shop.yaml:8, deadLetter of kafka/topics/stg.orders.a
      partitions: 6  # shop.yaml:8, deadLetter
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tmp_path.joinpath("mqinfra.yaml").write_text(PROJECT, encoding="utf-8")
    tmp_path.joinpath("shop.yaml").write_text(TOPOLOGY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("shop")
def test_every_value_says_which_line_gave_it(mq: Callable[..., Ran]) -> None:
    ran = mq("render", "--explain")
    assert ran.code == 0, ran.err
    assert EXPLAINED in ran.out
    assert "      partitions: 9  # mqinfra.yaml:15\n" in ran.out


@pytest.mark.usefixtures("shop")
def test_without_comments_it_is_the_same_text(mq: Callable[..., Ran]) -> None:
    plain, explained = mq("render").out, mq("render", "--explain").out
    assert plain == "".join(line.partition("  # ")[0].rstrip("\n") + "\n" for line in explained.splitlines(True))


@pytest.mark.usefixtures("shop")
def test_as_json_it_has_the_places_and_both_names(mq: Callable[..., Ran]) -> None:
    written = json.loads(mq("render", "-o", "json").out)
    assert (written["kind"], written["project"], written["environment"]) == ("Rendered", "shop", "staging")
    (one,) = [item for item in written["resources"] if item["address"] == "kafka/topics/stg.orders.b"]
    assert one["declared"] == "kafka/topics/orders.b"
    assert one["spec"]["partitions"] == 9
    assert one["provenance"]["partitions"] == {"file": "mqinfra.yaml", "line": 15, "column": 52}
    (letters,) = [item for item in written["resources"] if item["address"] == "kafka/topics/stg.orders.a.dlq"]
    assert letters["provenance"]["partitions"]["by"] == "deadLetter of kafka/topics/stg.orders.a"
