"""Clusters are asked for their dry runs side by side, and a plan waits for all of them."""

import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from mqinfra.engine.planning.planner import make_plan
from mqinfra.engine.survey import survey
from mqinfra.manifest.loader import load
from mqinfra.model.change import Change
from mqinfra.model.setting import Problem
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.sandbox.model_session import ModelSession
from tests.unit.engine.test_plan_cases import snapshot

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology.yaml]
scope: {kafka: {topics: [orders]}}
environments:
  test:
    clusters: {kafka: {type: kafka, sandbox: true}, backup: {type: kafka, sandbox: true}}
"""
TOPOLOGY = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: orders}
kafka: {cluster: kafka, topics: {orders: {partitions: 3}}}
---
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: backup}
kafka: {cluster: backup, topics: {orders: {partitions: 3}}}
"""


class Waiting(ModelSession):
    """Objects once the other one is asked too."""

    both: threading.Barrier

    def dry_run(self, changes: Sequence[Change]) -> list[Objection]:
        self.both.wait(timeout=60)
        return [Objection(change.address, Problem("it is too large")) for change in changes]


def test_no_cluster_waits_for_the_answer_of_another(tmp_path: Path) -> None:
    (tmp_path / "mqinfra.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "topology.yaml").write_text(TOPOLOGY, encoding="utf-8")
    desired = load(tmp_path, "test", installed()).desired
    both = threading.Barrier(2)

    def opened(alias: str) -> Waiting:
        session = Waiting(alias, installed().providers["kafka"].kinds, snapshot({"live": {}}))
        session.both = both
        return session

    with ExitStack() as stack:
        plan = make_plan(desired, survey(desired, opened, stack), installed())
    assert {str(change.address): change.blocked_by for change in plan.changes} == {
        "backup/topics/orders": ("MQ302",),
        "kafka/topics/orders": ("MQ302",),
    }
