"""How cost grows with size, on the sandbox: pure mqinfra, no broker to wait for."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.process import Ran, WorkNotDoneError, mqinfra, script
from tests.bench.project import SANDBOX, write_project
from tests.bench.table import Row, Target, growth

_MOST_MEMORY = 500.0
"""MB at 50,000 resources."""
_LINEAR = 1.25
"""How much dearer a resource may be where there are many: caches that no longer hold all make some of it, and noise."""
_NO_CHANGES = "No changes"
_TIMES, _LARGE = 3, 50_000
_COMMANDS = {
    "validate": ("validate",),
    "plan of creates": ("plan",),
    "plan and apply of creates": ("apply", "--auto-approve"),
    "plan of nothing": ("plan",),
}


def load_cells(count: int, times: int) -> list[Row]:
    """The manifest layer alone: text to declarations."""
    with tempfile.TemporaryDirectory() as name:
        folder = write_project(Path(name), SANDBOX, count)
        taken = [seconds_of("load manifests", script("phases.py", folder).out) for _ in range(times)]
    what = f"load manifests of {count:,} topics, per 10,000 entries, CPU"
    return [Row(what, min(taken) * 10_000 / count, Target(extra=1.0))]


def seconds_of(step: str, steps: str) -> float:
    """Processor seconds of a step in the output of `phases.py`."""
    return float(next(found["cpu"] for found in json.loads(steps)["steps"] if found["step"] == step))


def growth_cells(sizes: Sequence[int]) -> list[Row]:
    """Run every command at every size; say what the largest takes and whether cost follows size."""
    runs: dict[str, list[Ran]] = defaultdict(list)
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            for what, ran in _commands(write_project(Path(name), SANDBOX, size), _TIMES if size < _LARGE else 1):
                runs[what].append(ran)
    rows: list[Row] = []
    for what, some in runs.items():
        rows += [
            Row(f"sandbox, {size:,} topics: {what}", ran.total.wall, cpu=ran.total.cpu)
            for size, ran in zip(sizes, some, strict=True)
        ]
        memory = f"sandbox, {sizes[-1]:,} topics: {what}, memory"
        rows.append(Row(memory, some[-1].peak, Target(extra=_MOST_MEMORY), unit="MB"))
        if len(sizes) > 2:
            steeper = growth(sizes, [ran.total.cpu for ran in some])
            linear = f"sandbox: {what}, CPU per topic, many to few"
            rows.append(Row(linear, steeper, Target(extra=_LINEAR), unit="x"))
    return rows


def _commands(folder: Path, times: int) -> Iterator[tuple[str, Ran]]:
    """What each command takes, the best of several runs; an apply begins with an empty sandbox."""
    said = ""
    for what, arguments in _COMMANDS.items():
        some: list[Ran] = []
        for _ in range(times):
            if arguments[0] == "apply":
                shutil.rmtree(folder / ".mqinfra", ignore_errors=True)
            some.append(mqinfra(folder, *arguments))
        said = some[-1].out
        yield what, min(some, key=lambda ran: ran.total.cpu)
    if _NO_CHANGES not in said:
        raise WorkNotDoneError("a plan after an apply on the sandbox still has changes")
