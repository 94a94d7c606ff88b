"""What `--help` and `--version` cost, and what they import. The test of the imports counts modules, not time."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench.process import MQINFRA, mqinfra, run
from tests.bench.table import Row, Target

HEAVY = frozenset({"confluent_kafka", "kafka", "pydantic", "pydantic_core", "yaml", "requests", "rich", "deepdiff"})
"""What takes long to import, and has no business in a process that prints a page of help."""
_MOST_CPU = 0.15
_TIMES = 5


def imported_by(*arguments: str) -> frozenset[str]:
    """Names of all modules that a command line imports, from Python's own log of imports."""
    with tempfile.TemporaryDirectory() as folder:
        ran = run([sys.executable, "-X", "importtime", MQINFRA, *arguments], Path(folder))
    return frozenset(
        line.rpartition("|")[2].strip() for line in ran.err.splitlines() if line.startswith("import time:")
    )


def heavy_imports(*arguments: str) -> frozenset[str]:
    """The heavy packages among them."""
    return frozenset(name.partition(".")[0] for name in imported_by(*arguments)) & HEAVY


def cells() -> list[Row]:
    """Measure both, the best of several runs."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for option in ("--help", "--version"):
            best = min(mqinfra(Path(folder), option).total.cpu for _ in range(_TIMES))
            rows.append(Row(f"`{option}`, CPU", best, Target(extra=_MOST_CPU)))
            heavy = heavy_imports(option)
            rows.append(Row(f"`{option}`, heavy packages imported", len(heavy), Target(), unit=""))
    return rows
