"""Fifty topics for three environments, each with sizes, retention and names of its own, in under 120 lines."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.command import Ran

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata:
  name: shop
manifests:
  - topics.yaml
scope:
  kafka:
    topics:
      - shop.*
defaults:
  kafka/topics:
    replicationFactor: 3
environments:
  dev:
    clusters: clusters.yaml
    names:
      kafka/topics:
        prefix: dev.
    defaults:
      kafka/topics:
        partitions: 1
        config:
          retention.ms: 1d
  staging:
    clusters: clusters.yaml
    names:
      kafka/topics:
        prefix: stg.
    defaults:
      kafka/topics:
        partitions: 3
        config:
          retention.ms: 2d
  prod:
    clusters: clusters.yaml
    defaults:
      kafka/topics:
        partitions: 6
        config:
          retention.ms: 7d
    overrides:
      - match: name:shop.orders.*
        set:
          partitions: 24
      - match: name:shop.audit.*
        set:
          config:
            retention.ms: 365d
"""
CLUSTERS = """\
kafka:
  type: kafka
  sandbox: true
"""
HEAD = """\
apiVersion: mqinfra/v1
kind: Topology
metadata:
  name: shop
kafka:
  topics:
"""
NAMES = [f"shop.{area}.{n}" for area in ("orders", "audit", "billing", "stock", "mail") for n in range(10)]
EXPECTED = {
    "dev": ("dev.", {"orders": (1, 86_400_000), "audit": (1, 86_400_000), "mail": (1, 86_400_000)}),
    "staging": ("stg.", {"orders": (3, 172_800_000), "audit": (3, 172_800_000), "mail": (3, 172_800_000)}),
    "prod": ("", {"orders": (24, 604_800_000), "audit": (6, 31_536_000_000), "mail": (6, 604_800_000)}),
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tmp_path.joinpath("mqinfra.yaml").write_text(PROJECT, encoding="utf-8")
    tmp_path.joinpath("clusters.yaml").write_text(CLUSTERS, encoding="utf-8")
    topics = HEAD + "".join(f"    {name}:\n" for name in NAMES)
    tmp_path.joinpath("topics.yaml").write_text(topics, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_they_are_under_120_lines(shop: Path) -> None:
    lines = [line for path in shop.glob("*.yaml") for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(NAMES) == 50
    assert len(lines) < 120


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("environment", list(EXPECTED))
def test_render_shows_each_environment_in_full_with_provenance(environment: str, mq: Callable[..., Ran]) -> None:
    prefix, sizes = EXPECTED[environment]
    ran = mq("render", "-e", environment, "--explain")
    assert ran.code == 0, ran.err
    topics = yaml.safe_load(ran.out)["kafka"]["topics"]
    assert list(topics) == sorted(prefix + name for name in NAMES)
    for area, (partitions, retention) in sizes.items():
        topic = topics[f"{prefix}shop.{area}.3"]
        assert (topic["partitions"], topic["config"]["retention.ms"]) == (partitions, retention)
        assert topic["replicationFactor"] == 3
    values = [line for line in ran.out.splitlines() if line.startswith("      ") and not line.endswith("config:")]
    assert len(values) == 150
    assert all("  # mqinfra.yaml:" in line for line in values)
