"""How cost grows with size, on the sandbox: pure mqinfra, no broker to wait for."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.process import Ran, WorkNotDoneError, mqinfra, script
from tests.bench.project import SANDBOX, write_project
from tests.bench.table import Row, Target, growth

_MOST_MEMORY = 500.0
"""MB at 50,000 resources."""
_LINEAR = 1.25
"""How much dearer a resource may be in the upper half of the sizes; noise alone makes some of it."""
_NO_CHANGES = "No changes"


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
            for what, ran in _commands(write_project(Path(name), SANDBOX, size)):
                runs[what].append(ran)
    rows: list[Row] = []
    for what, some in runs.items():
        rows += [
            Row(f"sandbox, {size:,} topics: {what}", ran.total.wall, cpu=ran.total.cpu)
            for size, ran in zip(sizes, some, strict=True)
        ]
        peak = Row(
            f"sandbox, {sizes[-1]:,} topics: {what}, memory", some[-1].peak, Target(extra=_MOST_MEMORY), unit="MB"
        )
        steeper = growth(sizes, [ran.total.cpu for ran in some]) if len(sizes) > 2 else None
        rows.append(peak)
        if steeper is not None:
            linear = Target(extra=_LINEAR)
            rows.append(Row(f"sandbox: {what}, CPU per further topic, many to few", steeper, linear, unit="x"))
    return rows


def _commands(folder: Path) -> list[tuple[str, Ran]]:
    steps: list[tuple[str, Callable[[], Ran]]] = [
        ("validate", lambda: mqinfra(folder, "validate")),
        ("plan of creates", lambda: mqinfra(folder, "plan")),
        ("plan and apply of creates", lambda: mqinfra(folder, "apply", "--auto-approve")),
        ("plan of nothing", lambda: mqinfra(folder, "plan")),
    ]
    ran = [(what, step()) for what, step in steps]
    if _NO_CHANGES not in ran[-1][1].out:
        raise WorkNotDoneError("a plan after an apply on the sandbox still has changes")
    return ran
