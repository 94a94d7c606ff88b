"""Desired and live in, plan out: the cases under tests/cases/plan, each named after the behaviour it shows."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from mqinfra.engine.planning.options import Options
from mqinfra.engine.planning.planner import make_plan
from mqinfra.engine.selection import Selection
from mqinfra.engine.survey import survey
from mqinfra.manifest.loader import load
from mqinfra.model.change import Change
from mqinfra.model.diagnostic import Severity, has_errors
from mqinfra.model.plan import Plan
from mqinfra.model.reading import Source
from mqinfra.model.setting import Problem
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.snapshot import Snapshot
from mqinfra.providers.base.snapshot_file import from_json
from mqinfra.providers.sandbox.model_session import ModelSession

CASES = Path(__file__).parents[2] / "cases" / "plan"
PROJECT = {
    "apiVersion": "mqinfra/v1",
    "kind": "Project",
    "metadata": {"name": "shop"},
    "manifests": ["topology.yaml"],
    "scope": {"kafka": {"topics": ["orders.*"]}},
    "environments": {name: {"clusters": {"kafka": {"type": "kafka", "sandbox": True}}} for name in ("test", "other")},
}
HEAD = {"apiVersion": "mqinfra/v1", "kind": "Topology", "metadata": {"name": "orders", "labels": {"team": "orders"}}}

TODAY = date(2026, 12, 1)


def snapshot(case: Mapping[str, Any]) -> Snapshot:
    resources = {f"kafka/topics/{name}": entry for name, entry in case.get("live", {}).items()}
    document = {
        "kind": "Snapshot",
        "formatVersion": "1.0",
        "clusters": {
            "kafka": {
                "type": "kafka",
                "source": Source.SANDBOX,
                "facts": {"clusterId": "test", "version": "4.4", "brokers": case.get("brokers", 3)},
                "coverage": {"topics": "complete"},
                "resources": resources,
                "denied": {f"kafka/topics/{name}": why for name, why in case.get("denied", {}).items()},
            }
        },
    }
    held = from_json(json.dumps(document), installed())["kafka"]
    return replace(held, reading=replace(held.reading, source=Source.SNAPSHOT))


class _Session(ModelSession):
    """Says of the cluster's health what the case says."""

    def __init__(self, alias: str, kinds: Mapping[str, Kind[Any]], snapshot: Snapshot, case: Mapping[str, Any]) -> None:
        super().__init__(alias, kinds, snapshot)
        self._said = tuple(case.get("health", ()))

    def health(self) -> tuple[str, ...]:
        return self._said


def plan_of(case: Mapping[str, Any], folder: Path) -> Plan:
    (folder / "mqinfra.yaml").write_text(json.dumps(PROJECT), encoding="utf-8")
    (folder / "topology.yaml").write_text(yaml.safe_dump({**HEAD, **case["topology"]}), encoding="utf-8")
    loaded = load(folder, "test", installed(), today=TODAY)
    assert not has_errors(loaded.diagnostics), loaded.diagnostics
    kinds = installed().providers["kafka"].kinds
    selection = Selection.parse(case.get("select", []), case.get("exclude", []))
    assert not isinstance(selection, Problem)
    options = Options(selection, case.get("maxDeletes", {}), degraded=case.get("degraded", False), today=TODAY)
    with ExitStack() as stack:
        found = survey(
            loaded.desired, lambda alias: _Session(alias, kinds, snapshot(case), case), stack, options.selection
        )
        return make_plan(loaded.desired, found, installed(), options)


def told(change: Change) -> dict[str, Any]:
    """What a case says of a change; empty parts are left out on both sides."""
    fields = {".".join(item.path): [item.before, item.after] for item in change.differences}
    said = {
        "action": change.action.value,
        "fields": fields if change.before is not None else {},
        "blocked": list(change.blocked_by),
        "costs": [cost.text for cost in change.costs],
        "guard": dict(change.guard),
        "undo": change.undo.value == "yes",
        "origin": change.origin,
    }
    return {key: value for key, value in said.items() if value not in ([], {}, None)}


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_plan_is_as_the_case_says(path: Path, tmp_path: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    plan = plan_of(case, tmp_path)
    expected = case["plan"]
    assert {str(change.address): told(change) for change in plan.changes} == expected.get("changes", {})
    errors = sorted({found.code for found in plan.diagnostics if found.severity is Severity.ERROR})
    assert errors == expected.get("errors", [])
    warnings = sorted({found.code for found in plan.diagnostics if found.severity is Severity.WARNING})
    assert warnings == expected.get("warnings", [])
    assert {str(item.address): dict(item.keys) for item in plan.undeclared_keys} == expected.get("foreign", {})
    assert plan.clusters[0].unchanged == expected.get("unchanged", 0)


def test_there_are_cases() -> None:
    assert len(list(CASES.glob("*.yaml"))) >= 20
