"""mqinfra against raw pipelines on a real Redis server of its own: plans and applies of creates and of nothing.

Separate from Kafka's cells: here whole numbers of streams, groups and users are measured together, as one project.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.bench.process import Ran, Spent, WorkNotDoneError, mqinfra, script
from tests.bench.redis_raw import Job, user_rules
from tests.bench.table import Row, apply_target, plan_target
from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.release import installed
from tests.brokers.scratch import scratch_folder

_PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: bench}}
manifests: [topology/]
scope: {{redis: {{keys: ["bench:*"], users: ["bench-*"]}}}}
environments:
  bench:
    clusters: {{redis: {{type: redis, nodes: "127.0.0.1:{port}"}}}}
"""
_TOPOLOGY = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: bench, labels: {team: bench}}
redis:
"""
_PLAN_SHOWN = "Digest sha256:"
_CREATES = "apply of creates"


@dataclass
class Bench:
    """Measures one cell on one server.

    Attributes:
        job: what to work on.
        redis: the server.
        folder: of the project.
        found: per piece of work, the turns of the raw client and of mqinfra.
        peaks: memory of mqinfra's runs, in MB.
    """

    job: Job
    redis: RedisDeployment
    folder: Path
    found: dict[str, list[tuple[Spent, Spent]]] = field(default_factory=dict)
    peaks: list[float] = field(default_factory=list)

    def warm(self) -> None:
        """Find out how long pipelines are best."""
        self.job = replace(self.job, sizes=self._raw("sweep")[1]["sizes"])
        write_project(self.folder, self.job)

    def measure(self) -> None:
        """Do everything once, first raw, then with mqinfra, each on an empty server."""
        self.redis.wipe()
        floor = {"plan of creates": self._raw("plan-creates")[0].total}
        answer = self._raw("apply-creates")[1]
        floor[_CREATES] = Spent(answer["wall"], answer["cpu"])
        floor["plan of nothing"] = floor["apply of nothing"] = self._raw("plan-nothing")[0].total
        self.redis.wipe()
        ours = {
            "plan of creates": mqinfra(self.folder, "plan", "--detailed-exitcode", code=2),
            _CREATES: self._applied(),
            "plan of nothing": mqinfra(self.folder, "plan", "--detailed-exitcode"),
            "apply of nothing": mqinfra(self.folder, "apply", "--auto-approve"),
        }
        for what, ran in ours.items():
            self.found.setdefault(what, []).append((floor[what], ran.after))
            self.peaks.append(ran.peak)

    def _applied(self) -> Ran:
        ran = mqinfra(self.folder, "apply", "--auto-approve", mark=_PLAN_SHOWN)
        total = f"{self.job.total:,}"
        if f"{total} to create" not in ran.err or f"Apply: {total} applied" not in ran.out:
            raise WorkNotDoneError(f"{_name(self.job)}: not everything was made: {ran.out[-600:]}")
        return ran

    def _raw(self, work: str) -> tuple[Ran, dict[str, Any]]:
        ran = script("redis_raw.py", self.folder, work, json.dumps(asdict(self.job)))
        answer: dict[str, Any] = json.loads(ran.out)
        if work != "sweep" and answer["done"] != self.job.total:
            raise WorkNotDoneError(f"the raw client did {work} for {answer['done']} of {self.job.total}")
        return ran, answer

    def rows(self) -> list[Row]:
        """The best of all turns, each side for itself."""
        rows = []
        for what, turns in self.found.items():
            floor = min((raw for raw, _ in turns), key=lambda spent: spent.wall)
            ours = min((mine for _, mine in turns), key=lambda spent: spent.wall)
            target = (apply_target if what == _CREATES else plan_target)(self.job.total)
            name = f"{what}, after its plan" if what == _CREATES else what
            rows.append(Row(f"{_name(self.job)}: {name}", ours.wall, target, floor.wall, "s", ours.cpu, floor.cpu))
        return rows


def cells(streams: int, users: int, times: int, *, groups: int = 3) -> tuple[list[Row], list[str]]:
    """Measure a cell on a server that lives as long as it; also say what the sweep found."""
    with bench_server() as redis, tempfile.TemporaryDirectory() as name:
        bench = Bench(Job(redis.port, streams, groups, users), redis, Path(name))
        bench.warm()
        for _ in range(times):
            bench.measure()
    sizes = ", ".join(f"{call} {size}" for call, size in sorted(bench.job.sizes.items()))
    note = (
        f"{_name(bench.job)}, {bench.job.total:,} resources, each counted as a manifest entry: best pipeline: {sizes}; "
        f"mqinfra's memory {max(bench.peaks):.0f} MB"
    )
    return bench.rows(), [note]


def write_project(folder: Path, job: Job) -> None:
    """Write a project with every stream, its groups, and every user."""
    (folder / "topology").mkdir(parents=True, exist_ok=True)
    (folder / "mqinfra.yaml").write_text(_PROJECT.format(port=job.port), encoding="utf-8")
    lines = ["  streams:\n"]
    for stream in job.stream_names:
        lines += [f"    {stream}:\n", "      groups:\n", *(f"        {group}: {{}}\n" for group in job.group_names)]
    lines.append("  users:\n")
    for number, user in enumerate(job.user_names):
        commands, keys, password = user_rules(number)
        lines += [
            f"    {user}:\n",
            f'      passwords: [{{sha256: "{password}"}}]\n',
            f"      commands: {json.dumps(commands)}\n",
            f'      keys: ["{keys}"]\n',
        ]
    (folder / "topology" / "redis.yaml").write_text(_TOPOLOGY + "".join(lines), encoding="utf-8")


def _name(job: Job) -> str:
    return f"{job.streams:,} streams x {job.groups} groups, {job.users:,} users"


@contextmanager
def bench_server() -> Iterator[RedisDeployment]:
    """A server that lives as long as the context."""
    with scratch_folder("bench") as folder:
        deployment = RedisDeployment(installed("7.0"), folder)
        try:
            deployment.start()
            yield deployment
        finally:
            deployment.close()
