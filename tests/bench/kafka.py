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
from tests.bench.table import Row, apply_target, grid, number, plan_target
from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.release import installed
from tests.brokers.scratch import scratch_folder

_WARM = 1_000
_CREATE_CHUNKS = (1_000, 5_000, 2_500)
_READS = 2
"""How often in a turn work is measured that only reads."""
_PLAN_SHOWN = "Digest sha256:"
_CHANGED, _CHANGED_AGAIN = {"retention.ms": "259200000"}, {"retention.ms": "172800000"}
_APPLIES = frozenset({"apply of creates", "apply of a change"})


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
        self.steps = ""

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
        floor = self._floor(job)
        ours = self._ours()
        if turn == self.size.times - 1 and not self.size.config:
            write_project(self.folder, self.cluster, self.size.count, _CHANGED_AGAIN)
            self.steps = script("phases.py", self.folder, "apply").out
        self._raw("delete", replace(self.job, prefix="bench"))
        for what, ran in ours.items():
            mine = ran.after if what in _APPLIES else ran.total
            self.found.setdefault(what, []).append(Both(floor[what], mine))
            self.peaks.append(ran.peak)

    def _floor(self, job: Job) -> dict[str, Spent]:
        """A plan's floor is a whole program, as `mqinfra plan` is; an apply's is what follows its connection."""
        floor = {
            "plan of creates": self._reading("plan-creates", job),
            "apply of creates": self._writing(job, "creates"),
        }
        floor["plan of nothing"] = floor["apply of nothing"] = self._reading("plan-nothing", job)
        if not self.size.config:
            changed = replace(job, config=_CHANGED)
            floor["plan of a change"] = self._reading("plan-config", changed)
            floor["apply of a change"] = self._writing(changed, "config")
        self._raw("delete", job)
        return floor

    def _reading(self, work: str, job: Job) -> Spent:
        return min((self._raw(work, job)[0].total for _ in range(_READS)), key=lambda spent: spent.wall)

    def _writing(self, job: Job, what: str) -> Spent:
        answer = self._raw(f"apply-{what}", job)[1]
        return Spent(answer["wall"], answer["cpu"])

    def _ours(self) -> dict[str, Ran]:
        folder, count = self.folder, self.size.count
        write_project(folder, self.cluster, count, self.size.config)
        ran = {
            "plan of creates": self._planned(code=2),
            "apply of creates": self._applied("create"),
            "plan of nothing": self._planned(),
            "apply of nothing": mqinfra(folder, "apply", "--auto-approve"),
        }
        if not self.size.config:
            write_project(folder, self.cluster, count, _CHANGED)
            ran["plan of a change"] = self._planned(code=2)
            ran["apply of a change"] = self._applied("update")
        return ran

    def _planned(self, code: int = 0) -> Ran:
        some = [mqinfra(self.folder, "plan", "--detailed-exitcode", code=code) for _ in range(_READS)]
        return min(some, key=lambda ran: ran.total.wall)

    def _applied(self, action: str) -> Ran:
        ran = mqinfra(self.folder, "apply", "--auto-approve", mark=_PLAN_SHOWN)
        if f"{self.size.count:,} to {action}" not in ran.err or f"Apply: {self.size.count:,} applied" not in ran.out:
            raise WorkNotDoneError(f"{self.size.name}: not every {action} was applied: {ran.out[-600:]}")
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
            own_phase = what in _APPLIES
            target = (apply_target if own_phase else plan_target)(self.size.count)
            name = f"{what}, after its plan" if own_phase else what
            rows.append(Row(f"{self.size.name}: {name}", ours.wall, target, floor.wall, "s", ours.cpu, floor.cpu))
        return rows


def cells(size: Size) -> tuple[list[Row], list[str]]:
    """Measure a cell on a broker that lives as long as it; also say what the sweep found and where the time went."""
    with broker(size.heap) as bootstrap, tempfile.TemporaryDirectory() as name:
        bench = Bench(size, bootstrap, Path(name))
        bench.warm()
        for turn in range(size.times):
            bench.measure(turn)
    ways = ", ".join(f"{call} {chunk} x {flight}" for call, (chunk, flight) in sorted(bench.job.ways.items()))
    notes = [f"{size.name}: best chunk x calls at once: {ways}; mqinfra's memory {max(bench.peaks):.0f} MB"]
    if bench.steps:
        title = f"Where the time of plan and apply of a change of {size.name} goes:"
        notes.append(f"{title}\n\n{_steps(json.loads(bench.steps)['steps'])}")
    return bench.rows(), notes


def _steps(steps: list[dict[str, Any]]) -> str:
    total = sum(step["wall"] for step in steps)
    lines = [
        (step["step"], number(step["wall"], "s"), number(step["cpu"], "s"), f"{100 * step['wall'] / total:.0f} %")
        for step in steps
    ]
    return grid([("step", "wall", "CPU", "share"), *lines])


@contextmanager
def broker(heap: str) -> Iterator[str]:
    """A broker that lives as long as the context; where it is."""
    with scratch_folder("bench") as folder:
        cluster = KafkaCluster(installed("4"), folder, Settings(heap=heap, proxied=False))
        try:
            cluster.start()
            yield cluster.bootstrap
        finally:
            cluster.close()
