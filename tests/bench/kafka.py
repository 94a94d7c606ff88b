"""mqinfra against the raw client on a real Kafka broker of its own: plans and applies of creates, nothing, changes.

Both do their work on the same broker in turn, each on topics of its own names, while the others don't exist.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.bench.process import Ran, Spent, WorkNotDoneError, mqinfra, script
from tests.bench.project import write_project
from tests.bench.raw import Job
from tests.bench.table import Row, apply_target, plan_target
from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.release import installed
from tests.brokers.scratch import scratch_folder

_WARM = 1_000
_CREATE_CHUNKS = (1_000, 5_000, 2_500)
_PLAN_SHOWN = "Digest sha256:"
_NO_CHANGES = "No changes"
_CHANGED = {"retention.ms": "259200000"}


@dataclass(frozen=True)
class Size:
    """One cell.

    Attributes:
        count: topics.
        times: how often everything is measured; the best of both sides counts.
        heap: of the broker.
        config: settings that every topic is created with.
    """

    count: int
    times: int
    heap: str = "512m"
    config: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        keys = f" with {len(self.config)} settings" if self.config else ""
        return f"{self.count:,} topics{keys}"


@dataclass(frozen=True)
class Both:
    """What one piece of work took the raw client and mqinfra."""

    floor: Spent
    ours: Spent


class Bench:
    """Measures one cell on one broker."""

    def __init__(self, size: Size, bootstrap: str, folder: Path) -> None:
        self.size, self.folder = size, folder
        self.cluster = f'bootstrap: "{bootstrap}"'
        self.job = Job(bootstrap, "raw", size.count, size.config)
        self.found: dict[str, list[Both]] = {}
        self.peaks: list[float] = []

    def warm(self) -> None:
        """Let the broker's code warm up, and find out how calls are best cut."""
        job = replace(self.job, prefix="warm", count=min(_WARM, self.size.count))
        self._raw("apply-creates", job)
        ways = self._raw("sweep", job)[1]["ways"]
        self._raw("delete", job)
        self.job = replace(self.job, ways=ways)

    def measure(self, turn: int) -> None:
        """Do everything once, first raw, then with mqinfra."""
        chunk = _CREATE_CHUNKS[turn % len(_CREATE_CHUNKS)]
        job = replace(self.job, ways={**self.job.ways, "create": (chunk, 1)})
        floor = {"plan of creates": self._raw("plan-creates", job), "apply of creates": self._raw("apply-creates", job)}
        floor["plan of nothing"] = floor["apply of nothing"] = self._raw("plan-nothing", job)
        if not self.size.config:
            changed = replace(job, config=_CHANGED)
            floor["plan of a change"] = self._raw("plan-config", changed)
            floor["apply of a change"] = self._raw("apply-config", changed)
        self._raw("delete", job)
        ours = self._ours()
        self._raw("delete", replace(self.job, prefix="bench"))
        for what, ran in ours.items():
            applies = what in ("apply of creates", "apply of a change")
            raw, answer = floor[what]
            spent = Spent(answer["wall"], answer["cpu"]) if applies else raw.total
            self.found.setdefault(what, []).append(Both(spent, ran.after if applies else ran.total))
            self.peaks.append(ran.peak)

    def _ours(self) -> dict[str, Ran]:
        folder, count = self.folder, self.size.count
        write_project(folder, self.cluster, count, self.size.config)
        ran = {
            "plan of creates": mqinfra(folder, "plan", "--detailed-exitcode", code=2),
            "apply of creates": mqinfra(folder, "apply", "--auto-approve", mark=_PLAN_SHOWN),
            "plan of nothing": mqinfra(folder, "plan", "--detailed-exitcode"),
            "apply of nothing": mqinfra(folder, "apply", "--auto-approve"),
        }
        if not self.size.config:
            write_project(folder, self.cluster, count, _CHANGED)
            ran["plan of a change"] = mqinfra(folder, "plan", "--detailed-exitcode", code=2)
            ran["apply of a change"] = mqinfra(folder, "apply", "--auto-approve", mark=_PLAN_SHOWN)
        for what in ("apply of creates", "apply of a change"):
            if what in ran and f"Apply: {count:,} applied, 0 failed" not in ran[what].out:
                raise WorkNotDoneError(f"{self.size.name}, {what}: {ran[what].out[-600:]}")
        return ran

    def _raw(self, work: str, job: Job) -> tuple[Ran, dict[str, Any]]:
        ran = script("raw.py", self.folder, work, json.dumps(asdict(job)))
        answer: dict[str, Any] = json.loads(ran.out)
        if work != "sweep" and answer["done"] != job.count:
            raise WorkNotDoneError(f"the raw client did {work} for {answer['done']} of {job.count} topics")
        return ran, answer

    def rows(self) -> list[Row]:
        """The best of all turns, each side for itself: what slows one turn down is mostly somebody else."""
        rows = []
        for what, some in self.found.items():
            floor = min((both.floor for both in some), key=lambda spent: spent.wall)
            ours = min((both.ours for both in some), key=lambda spent: spent.wall)
            own_phase = what in ("apply of creates", "apply of a change")
            target = (apply_target if own_phase else plan_target)(self.size.count)
            name = f"{what}, after its plan" if own_phase else what
            rows.append(Row(f"{self.size.name}: {name}", ours.wall, target, floor.wall, "s", ours.cpu, floor.cpu))
        return rows


def cells(size: Size) -> tuple[list[Row], str]:
    """Measure a cell on a broker that lives as long as it; also say which ways the sweep found."""
    with _broker(size.heap) as bootstrap, tempfile.TemporaryDirectory() as name:
        bench = Bench(size, bootstrap, Path(name))
        bench.warm()
        for turn in range(size.times):
            bench.measure(turn)
        ways = ", ".join(f"{call} {chunk} x {flight}" for call, (chunk, flight) in sorted(bench.job.ways.items()))
        return (
            bench.rows(),
            f"{size.name}: best chunk x calls at once: {ways}; mqinfra's memory {max(bench.peaks):.0f} MB",
        )


@contextmanager
def _broker(heap: str) -> Iterator[str]:
    with scratch_folder("bench") as folder:
        cluster = KafkaCluster(installed("4"), folder, Settings(heap=heap, proxied=False))
        try:
            cluster.start()
            yield cluster.bootstrap
        finally:
            cluster.close()
