"""Projects to measure with: one file, one topic per entry, as a person would write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: bench}}
manifests: [topology/]
scope: {{kafka: {{topics: ["bench.*"]}}}}
environments:
  bench:
    clusters: {{kafka: {{type: kafka, {cluster}}}}}
"""
_TOPOLOGY = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: bench, labels: {team: bench}}
kafka:
  topics:
"""
SANDBOX = "sandbox: {brokers: 1}"
"""One broker, on which one replica is right: a warning per topic would be measured with the rest."""


def names(count: int, prefix: str = "bench") -> list[str]:
    """Names of topics, sorted."""
    return [f"{prefix}.orders.v{number:05d}" for number in range(count)]


def write_project(folder: Path, cluster: str, count: int, config: Mapping[str, str] | None = None) -> Path:
    """Write a project, or write it anew with other settings; `cluster` is the rest of the cluster's block."""
    (folder / "topology").mkdir(parents=True, exist_ok=True)
    (folder / "mqinfra.yaml").write_text(_PROJECT.format(cluster=cluster), encoding="utf-8")
    lines = []
    for name in names(count):
        lines += [f"    {name}:\n", "      partitions: 1\n", "      replicationFactor: 1\n"]
        if config:
            lines += ["      config:\n", *(f"        {key}: {value}\n" for key, value in config.items())]
    (folder / "topology" / "topics.yaml").write_text(_TOPOLOGY + "".join(lines), encoding="utf-8")
    return folder
