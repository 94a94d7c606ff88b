"""ACLs on a real Kafka broker of its own: plans and an apply against the raw clients, and few ACLs beside very many."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.kafka import broker
from tests.bench.process import Ran, Spent, WorkNotDoneError, mqinfra, script
from tests.bench.table import Row, Target, apply_target, plan_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: {prefix}}}
manifests: [topology/]
limits: {{nodes: 2000000}}
scope: {{kafka: {{principals: ["User:{prefix}-*"]}}}}
environments:
  bench:
    clusters: {{kafka: {{type: kafka, bootstrap: "{bootstrap}"}}}}
"""
_HEAD = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: bench}
kafka:
  acls:
"""
_READS = 2
_FEW = 100
_SINGLE = 1_000
"""ACLs that are made with a call for each: brokers take so long that ten thousand would be minutes."""
_PLAN_SHOWN = "Digest sha256:"


def cells(count: int, foreign: int, heap: str) -> tuple[list[Row], list[str]]:
    """Measure on a broker that lives as long as this.

    Args:
        count: ACLs that are declared.
        foreign: ACLs of others, beside which a hundred are declared afterwards.
        heap: of the broker.
    """
    with broker(heap) as bootstrap, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = list(_declared(folder, bootstrap, count))
        peak = mqinfra(folder, "plan").peak
        rows += _beside(folder, bootstrap, count, foreign)
        rows.append(_one_by_one(folder, bootstrap, count, rows))
    return rows, [f"{count:,} ACLs: mqinfra's memory {peak:.0f} MB"]


def _declared(folder: Path, bootstrap: str, count: int) -> Iterator[Row]:
    _write(folder, bootstrap, count)
    floor = _reading(folder, bootstrap)
    yield _row(f"{count:,} ACLs: plan of creates", _planned(folder, 2), floor, plan_target(count))
    raw = _raw(folder, "create", bootstrap, count, "raw")[1]
    ran = mqinfra(folder, "apply", "--auto-approve", mark=_PLAN_SHOWN)
    if f"Apply: {count:,} applied" not in ran.out:
        raise WorkNotDoneError(f"not every ACL was made: {ran.out[-600:]}")
    wrote = Spent(raw["wall"], raw["cpu"])
    yield _row(f"{count:,} ACLs: apply of creates, after its plan", ran.after, wrote, apply_target(count))
    floor = _reading(folder, bootstrap)
    yield _row(f"{count:,} ACLs, as many of others: plan of nothing", _planned(folder, 0), floor, plan_target(count))


def _beside(folder: Path, bootstrap: str, count: int, foreign: int) -> Iterator[Row]:
    """The hundred are another project's, so that none of the others is one that it made."""
    few = folder / "few"
    _write(few, bootstrap, _FEW, "few")
    _raw(folder, "create", bootstrap, _FEW, "few")
    _raw(folder, "create", bootstrap, max(0, foreign - 2 * count), "others")
    floor = _reading(folder, bootstrap)
    # One bulk read, and what a plan takes by itself.
    target = Target(1.0, 1.0)
    yield _row(f"{_FEW} ACLs beside {foreign:,} of others: plan", _planned(few, 0), floor, target)


def _one_by_one(folder: Path, bootstrap: str, count: int, rows: Sequence[Row]) -> Row:
    """What some of an apply's ACLs took, beside the raw client that makes as many with a call for each."""
    applied = next(row for row in rows if row.what.endswith("after its plan"))
    number = min(count, _SINGLE)
    raw = _raw(folder, "create-one-by-one", bootstrap, number, "single")[1]
    ours = Spent(applied.ours * number / count, (applied.cpu or 0.0) * number / count)
    name = f"{applied.what}, {number:,} of them against one call per binding"
    return _row(name, ours, Spent(raw["wall"], raw["cpu"]), None)


def _row(name: str, ours: Spent, floor: Spent, target: Target | None) -> Row:
    return Row(name, ours.wall, target, floor.wall, "s", ours.cpu, floor.cpu)


def _planned(folder: Path, code: int) -> Spent:
    some = [mqinfra(folder, "plan", "--detailed-exitcode", code=code).total for _ in range(_READS)]
    return min(some, key=lambda spent: spent.wall)


def _reading(folder: Path, bootstrap: str) -> Spent:
    some = [_raw(folder, "read", bootstrap, 0, "raw")[0].total for _ in range(_READS)]
    return min(some, key=lambda spent: spent.wall)


def _raw(folder: Path, work: str, bootstrap: str, count: int, prefix: str) -> tuple[Ran, dict[str, Any]]:
    job = {"bootstrap": bootstrap, "count": count, "prefix": prefix}
    ran = script("kafka_acls_raw.py", folder, work, json.dumps(job))
    answer: dict[str, Any] = json.loads(ran.out)
    if work != "read" and answer["done"] < count:
        raise WorkNotDoneError(f"the raw client made {answer['done']} of {count} ACLs")
    return ran, answer


def _write(folder: Path, bootstrap: str, count: int, prefix: str = "bench") -> None:
    (folder / "topology").mkdir(parents=True, exist_ok=True)
    (folder / "mqinfra.yaml").write_text(_PROJECT.format(bootstrap=bootstrap, prefix=prefix), encoding="utf-8")
    entries = [
        f"    - principal: User:{prefix}-{number % 100}\n      resource: topic\n      name: {prefix}.v{number:06d}\n"
        f"      operation: Read\n      external: true\n"
        for number in range(count)
    ]
    (folder / "topology" / "acls.yaml").write_text(_HEAD + "".join(entries), encoding="utf-8")
