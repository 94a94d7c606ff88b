"""Users, quotas and groups on a real Kafka broker of its own: plans and applies against the raw clients."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.kafka import broker
from tests.bench.process import Ran, Spent, WorkNotDoneError, mqinfra, script
from tests.bench.table import Row, apply_target, plan_target

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: bench}}
manifests: [topology/]
scope: {{kafka: {{principals: ["User:bench-*"], groups: ["bench-*"], topics: [bench.read]}}}}
environments:
  bench:
    clusters: {{kafka: {{type: kafka, bootstrap: "{bootstrap}"}}}}
"""
_HEAD = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: bench}
kafka:
  topics: {bench.read: {partitions: 1, replicationFactor: 1}}
"""
_ENTRIES = {
    "users": "    {name}:\n      password: {{file: {folder}/password}}\n",
    "quotas": "    {name}:\n      user: {name}\n      limits:\n        producer_byte_rate: 1000000\n",
    "groups": "    {name}:\n      topics: [bench.read]\n      startAt: earliest\n",
}
_READS = 2
_PLAN_SHOWN = "Digest sha256:"


def cells(count: int, heap: str) -> list[Row]:
    """Measure on a broker that lives as long as this.

    Args:
        count: of each kind.
        heap: of the broker.
    """
    rows: list[Row] = []
    for kind in _ENTRIES:
        with broker(heap) as bootstrap, tempfile.TemporaryDirectory() as name:
            rows += _kind(kind, Path(name), bootstrap, count)
    return rows


def _kind(kind: str, folder: Path, bootstrap: str, count: int) -> Iterator[Row]:
    write(kind, folder, bootstrap, count)
    what = f"{count:,} {kind}"
    floor = _reading(kind, folder, bootstrap, count)
    yield _row(f"{what}: plan of creates", _planned(folder, 2), floor, plan=count)
    made = raw("create", kind, folder, bootstrap, count, "raw")[1]
    ran = mqinfra(folder, "apply", "--auto-approve", mark=_PLAN_SHOWN)
    if f"Apply: {count:,} applied" not in ran.out:
        raise WorkNotDoneError(f"not all {kind} were made: {ran.out[-600:]}")
    yield _row(f"{what}: apply of creates, after its plan", ran.after, Spent(made["wall"], made["cpu"]), apply=count)
    floor = _reading(kind, folder, bootstrap, count)
    yield _row(f"{what}, as many of others: plan of nothing", _planned(folder, 0), floor, plan=count)


def _row(what: str, ours: Spent, floor: Spent, *, plan: int = 0, apply: int = 0) -> Row:
    target = plan_target(plan) if plan else apply_target(apply)
    return Row(what, ours.wall, target, floor.wall, "s", ours.cpu, floor.cpu)


def _planned(folder: Path, code: int) -> Spent:
    some = [mqinfra(folder, "plan", "--detailed-exitcode", code=code).total for _ in range(_READS)]
    return min(some, key=lambda spent: spent.wall)


def _reading(kind: str, folder: Path, bootstrap: str, count: int) -> Spent:
    some = [raw("read", kind, folder, bootstrap, count, "raw")[0].total for _ in range(_READS)]
    return min(some, key=lambda spent: spent.wall)


def raw(work: str, kind: str, folder: Path, bootstrap: str, count: int, prefix: str) -> tuple[Ran, dict[str, Any]]:
    """Let the raw client do some work, on things whose names begin so; also what it says of it."""
    job = {"kind": kind, "bootstrap": bootstrap, "count": count, "prefix": prefix}
    ran = script("kafka_clients_raw.py", folder, work, json.dumps(job))
    answer: dict[str, Any] = json.loads(ran.out)
    if work == "create" and answer["done"] < count:
        raise WorkNotDoneError(f"the raw client made {answer['done']} of {count} {kind}")
    return ran, answer


def write(kind: str, folder: Path, bootstrap: str, count: int) -> None:
    """Write a project that declares so many of a kind."""
    (folder / "topology").mkdir(parents=True, exist_ok=True)
    (folder / "password").write_text("bench-secret", encoding="utf-8")
    (folder / "mqinfra.yaml").write_text(_PROJECT.format(bootstrap=bootstrap), encoding="utf-8")
    entries = [_ENTRIES[kind].format(name=f"bench-{number:05d}", folder=folder) for number in range(count)]
    (folder / "topology" / f"{kind}.yaml").write_text(f"{_HEAD}  {kind}:\n{''.join(entries)}", encoding="utf-8")
