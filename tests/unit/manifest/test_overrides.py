"""Which override wins: the narrower one, wherever it stands; equal ones must agree."""

from pathlib import Path

import pytest

from mqinfra.manifest.loader import Loaded, load
from mqinfra.providers.base.catalogue import installed

PROJECT = """
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: shop}}
manifests: [topology]
environments:
  dev:
    clusters: {{kafka: {{type: kafka, sandbox: true}}}}
    overrides:
      - {{match: "{}", set: {{partitions: 1}}}}
      - {{match: "{}", set: {{partitions: {}}}}}
"""
TOPOLOGY = """
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: shop, labels: {team: orders}}
kafka:
  topics:
    orders.a: {labels: {tier: gold}}
"""


def overridden(folder: Path, first: str, second: str, partitions: int = 2) -> Loaded:
    folder.joinpath("mqinfra.yaml").write_text(PROJECT.format(first, second, partitions), encoding="utf-8")
    folder.joinpath("topology").mkdir(exist_ok=True)
    folder.joinpath("topology/a.yaml").write_text(TOPOLOGY, encoding="utf-8")
    return load(folder, "dev", installed())


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ("kind:topics", "file:topology/a.yaml"),
        ("file:topology/*", "label:team=orders"),
        ("label:team=orders", "name:orders.*"),
        ("name:orders.*", "name:orders.a"),
        ("name:orders.*,kind:topics,label:team", "kafka/topics/orders.a"),
        ("label:team=orders", "label:team=orders,label:tier=gold"),
    ],
)
def test_the_narrower_selector_wins_in_either_order(tmp_path: Path, weaker: str, stronger: str) -> None:
    for first, second, expected in ((weaker, stronger, 2), (stronger, weaker, 1)):
        loaded = overridden(tmp_path, first, second)
        assert not loaded.diagnostics
        assert [item.spec.to_json() for item in loaded.desired.declarations.values()] == [{"partitions": expected}]


def test_a_value_that_is_set_twice_at_the_same_strength_is_an_error(tmp_path: Path) -> None:
    (found,) = overridden(tmp_path, "label:team=orders", "label:tier=gold").diagnostics
    assert found.code == "MQ125"
    assert "`partitions` of `kafka/topics/orders.a`" in found.message
    assert str(found.span).startswith("mqinfra.yaml:11:")
    assert [str(item.span).rpartition(":")[0] for item in found.related] == ["mqinfra.yaml:10"]


def test_the_same_value_twice_is_none(tmp_path: Path) -> None:
    assert not overridden(tmp_path, "label:team=orders", "label:tier=gold", 1).diagnostics
