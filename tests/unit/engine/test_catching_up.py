"""A broker that is behind: its reading misses a resource that the dry run knows of, and is read again."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from mqinfra.engine.planning import catching_up
from mqinfra.engine.planning.planner import make_plan
from mqinfra.engine.survey import survey
from mqinfra.manifest.loader import load
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.plan import Plan
from mqinfra.model.reading import Reading
from mqinfra.model.record import Inventory, Origin, Record, Standing
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
scope: {kafka: {topics: ["orders.*"]}}
environments: {test: {clusters: {kafka: {type: kafka, sandbox: true}}}}
"""
TOPOLOGY = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: orders}
kafka: {topics: {orders.a: {partitions: 3}, orders.b: {partitions: 3}}}
"""
LIVE = {"spec": {"partitions": 3, "replicationFactor": 1}, "identity": "id-1"}


class Lagging(ModelSession):
    """Shows nothing of `orders.a` until it was looked for `behind` times, while its dry run knows of it."""

    behind = 2

    def read(self, wanted: Mapping[str, Sequence[Address] | None]) -> Reading:
        reading = super().read(wanted)
        held = {address: live for address, live in reading.resources.items() if self.behind <= 0}
        return replace(reading, resources=held, neighbours={})

    def look(self, wanted: Mapping[str, Sequence[Address]]) -> Reading:
        self.behind -= 1
        return self.read(wanted)

    def dry_run(self, changes: Sequence[Change]) -> list[Objection]:
        exists = Problem("Topic 'orders.a' already exists.")
        return [Objection(c.address, exists, outdated=True) for c in changes if c.address.name == "orders.a"]


def plan_with(session: ModelSession, folder: Path) -> Plan:
    (folder / "mqinfra.yaml").write_text(PROJECT, encoding="utf-8")
    (folder / "topology.yaml").write_text(TOPOLOGY, encoding="utf-8")
    desired = load(folder, "test", installed()).desired
    with ExitStack() as stack:
        return make_plan(desired, survey(desired, lambda _: session, stack), installed())


def lagging(behind: int) -> Lagging:
    session = Lagging("kafka", installed().providers["kafka"].kinds, snapshot({"live": {"orders.a": LIVE}}))
    session.behind = behind
    return session


def test_what_exists_after_all_is_read_until_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catching_up, "_FIRST_PAUSE", 0.001)
    plan = plan_with(lagging(3), tmp_path)
    assert [(change.address.name, change.action.value) for change in plan.changes] == [("orders.b", "create")]
    assert plan.clusters[0].unchanged == 1
    assert "MQ302" not in {found.code for found in plan.diagnostics}


def test_a_broker_that_stays_behind_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catching_up, "_PATIENCE", 0.05)
    plan = plan_with(lagging(1_000_000), tmp_path)
    assert [found.message for found in plan.diagnostics if found.code == "MQ302"] == [
        "topic `orders.a`: Topic 'orders.a' already exists."
    ]


def test_an_apply_that_finds_nothing_new_plans_once(tmp_path: Path) -> None:
    session = lagging(0)
    plan_with(session, tmp_path)
    assert session.behind == 0


A = Address("kafka", "topics", ("orders.a",))
APPLIED = Record(Origin.CREATED, Standing.APPLIED, "id-1", spec={"partitions": 3})


class Apart(ModelSession):
    """A member that does not know yet what the last apply did, until it was looked at again; or never learns it."""

    seconds = 0.001
    looks = 0
    never = False

    @property
    def apart(self) -> float:
        return self.seconds

    def __init__(self, before: Mapping[str, object] | None) -> None:
        kinds = installed().providers["kafka"].kinds
        super().__init__("kafka", kinds, snapshot({"live": {"orders.a": LIVE, "orders.b": LIVE}}))
        old = {} if before is None else {"orders.a": {**LIVE, "spec": before}}
        self._old = ModelSession("kafka", kinds, snapshot({"live": {**old, "orders.b": LIVE}}))

    def read(self, wanted: Mapping[str, Sequence[Address] | None]) -> Reading:
        return self._old.read(wanted) if not self.looks or self.never else super().read(wanted)

    def look(self, wanted: Mapping[str, Sequence[Address]]) -> Reading:
        self.looks += 1
        assert wanted == {"topics": [A]}
        return self.read(wanted)


def plan_after_an_apply(session: ModelSession, folder: Path, record: Record = APPLIED) -> Plan:
    (folder / "mqinfra.yaml").write_text(PROJECT, encoding="utf-8")
    (folder / "topology.yaml").write_text(TOPOLOGY, encoding="utf-8")
    desired = load(folder, "test", installed()).desired
    with ExitStack() as stack:
        found = survey(desired, lambda _: session, stack)
        found = replace(found, inventories={"kafka": Inventory("a topic", exists=True, records={A: record})})
        return make_plan(desired, found, installed())


BEHIND = [None, {"partitions": 2, "replicationFactor": 1}]


@pytest.mark.parametrize("before", BEHIND, ids=["nothing", "another value"])
def test_what_an_apply_left_otherwise_is_read_again_where_members_learn_apart(
    before: Mapping[str, object] | None, tmp_path: Path
) -> None:
    session = Apart(before)
    assert plan_after_an_apply(session, tmp_path).changes == ()
    assert session.looks == 1


@pytest.mark.parametrize("before", BEHIND, ids=["nothing", "another value"])
def test_what_has_really_strayed_is_looked_at_once(before: Mapping[str, object] | None, tmp_path: Path) -> None:
    session = Apart(before)
    session.never = True
    assert [change.address for change in plan_after_an_apply(session, tmp_path).changes] == [A]
    assert session.looks == 1


@pytest.mark.parametrize(
    ("apart", "record"),
    [
        (0.0, APPLIED),
        (0.001, replace(APPLIED, standing=Standing.PENDING)),
        (0.001, replace(APPLIED, spec={"partitions": 2})),
    ],
    ids=["all know at once", "it was not seen to be done", "the manifest moved"],
)
def test_nothing_is_read_again_without_a_reason(apart: float, record: Record, tmp_path: Path) -> None:
    session = Apart({"partitions": 2, "replicationFactor": 1})
    session.seconds = apart
    assert [change.address for change in plan_after_an_apply(session, tmp_path, record).changes] == [A]
    assert session.looks == 0
