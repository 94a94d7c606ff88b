"""mqinfra against raw calls on a real schema registry: plans and applies of 1,000 subjects."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tests.bench.process import Ran, Spent, WorkNotDoneError, mqinfra, script
from tests.bench.registry_raw import Job, schema_of
from tests.bench.table import Row, apply_target, plan_target
from tests.brokers.registry.release import DEFAULT, installed
from tests.brokers.registry.server import BASE, ApicurioServer
from tests.brokers.scratch import scratch_folder

_PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: bench}}
manifests: [topology/]
scope: {{registry: {{subjects: ["bench.*"]}}}}
environments:
  bench:
    clusters: {{registry: {{type: registry, url: "{url}", connections: {width}}}}}
"""
_TOPOLOGY = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: bench}\nregistry:\n  subjects:\n"
_PLAN_SHOWN = "Digest sha256:"
_CREATES = "apply of creates"


def cells(subjects: int, times: int) -> tuple[list[Row], list[str]]:
    """Measure a cell on a server that lives as long as it; the best of all turns, each side for itself."""
    found: dict[str, list[tuple[Spent, Spent]]] = {}
    peaks: list[float] = []
    with scratch_folder("bench-registry") as data, tempfile.TemporaryDirectory() as name:
        server = ApicurioServer(installed(DEFAULT), data, proxied=False)
        try:
            server.start()
            job = Job(server.node.port, BASE, subjects)
            _raw("apply-creates", job, Path(name))  # a JVM that has not worked yet is many times slower
            job = replace(job, width=_raw("sweep", job, Path(name))[1]["width"])
            write_project(Path(name), job, server.url)
            for _ in range(times):
                _measure(server, job, Path(name), found, peaks)
        finally:
            server.close()
    rows = []
    for what, turns in found.items():
        floor = min((raw for raw, _ in turns), key=lambda spent: spent.wall)
        ours = min((mine for _, mine in turns), key=lambda spent: spent.wall)
        target = (apply_target if what == _CREATES else plan_target)(subjects)
        told = f"{what}, after its plan" if what == _CREATES else what
        rows.append(Row(f"{subjects:,} subjects: {told}", ours.wall, target, floor.wall, "s", ours.cpu, floor.cpu))
    note = f"{subjects:,} subjects: best number of calls at once: {job.width}; mqinfra's memory {max(peaks):.0f} MB"
    return rows, [note]


def _measure(
    server: ApicurioServer, job: Job, folder: Path, found: dict[str, list[tuple[Spent, Spent]]], peaks: list[float]
) -> None:
    server.wipe()
    floor = {"plan of creates": _raw("plan-creates", job, folder)[0].total}
    answer = _raw("apply-creates", job, folder)[1]
    floor[_CREATES] = Spent(answer["wall"], answer["cpu"])
    floor["plan of nothing"] = _raw("plan-nothing", job, folder)[0].total
    server.wipe()
    ours = {
        "plan of creates": mqinfra(folder, "plan", "--detailed-exitcode", code=2),
        _CREATES: _applied(folder, job),
        "plan of nothing": mqinfra(folder, "plan", "--detailed-exitcode"),
    }
    for what, ran in ours.items():
        found.setdefault(what, []).append((floor[what], ran.after))
        peaks.append(ran.peak)


def _applied(folder: Path, job: Job) -> Ran:
    ran = mqinfra(folder, "apply", "--auto-approve", mark=_PLAN_SHOWN)
    if f"Apply: {job.subjects:,} applied" not in ran.out:
        raise WorkNotDoneError(f"not everything was registered: {ran.out[-600:]}")
    return ran


def _raw(work: str, job: Job, folder: Path) -> tuple[Ran, dict[str, Any]]:
    ran = script("registry_raw.py", folder, work, json.dumps(asdict(job)))
    answer: dict[str, Any] = json.loads(ran.out)
    if work != "sweep" and answer["done"] != job.subjects:
        raise WorkNotDoneError(f"the raw client did {work} for {answer['done']} of {job.subjects}")
    return ran, answer


def write_project(folder: Path, job: Job, url: str) -> None:
    """Write a project with every subject, each with its schema in a file."""
    (folder / "topology" / "schemas").mkdir(parents=True, exist_ok=True)
    (folder / "mqinfra.yaml").write_text(_PROJECT.format(url=url, width=job.width), encoding="utf-8")
    lines = []
    for number, name in enumerate(job.names):
        (folder / "topology" / "schemas" / f"{number}.avsc").write_text(schema_of(number), encoding="utf-8")
        lines.append(f"    {name}: {{type: avro, file: schemas/{number}.avsc}}\n")
    (folder / "topology" / "registry.yaml").write_text(_TOPOLOGY + "".join(lines), encoding="utf-8")
