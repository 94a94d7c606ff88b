"""Rows of the benchmark and how they read: what the raw client took, what mqinfra took, and what design §8 allows.

Pure, so that a test can hold the arithmetic against recorded numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MEBI = 2**20


@dataclass(frozen=True, slots=True)
class Target:
    """What is allowed: `factor` times the floor, and `extra` more in the row's unit."""

    factor: float = 0.0
    extra: float = 0.0

    def allowed(self, floor: float | None) -> float:
        return self.factor * (floor or 0.0) + self.extra


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was measured.

    Attributes:
        what: the work, for people.
        ours: what mqinfra took.
        target: what it may take; None where nothing is promised.
        floor: what the raw client took; None where there is nothing to compare with.
        unit: `s`, `MB`, `x` for a ratio, or nothing for a number of things.
        cpu: processor seconds of mqinfra, where the row is about wall time.
        floor_cpu: processor seconds of the raw client.
    """

    what: str
    ours: float
    target: Target | None = None
    floor: float | None = None
    unit: str = "s"
    cpu: float | None = None
    floor_cpu: float | None = None

    @property
    def ratio(self) -> float | None:
        return _over(self.ours, self.floor)

    @property
    def cpu_ratio(self) -> float | None:
        return _over(self.cpu, self.floor_cpu)

    @property
    def allowed(self) -> float | None:
        return self.target.allowed(self.floor) if self.target is not None else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        return self.ours <= self.allowed if self.allowed is not None else None


def plan_target(entries: int) -> Target:
    """A plan: 1.5 times the raw reads and dry runs, and a second per 10,000 manifest entries."""
    return Target(1.5, entries / 10_000)


def apply_target(changes: int) -> Target:
    """An apply after its plan: 1.2 times the raw writes and one bulk read-back, and a second per 10,000 changes."""
    return Target(1.2, changes / 10_000)


def growth(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """How much dearer one resource is up to the largest size than up to the middle one; 1 is linear.

    What a run costs whatever its size, such as its start, is in neither: the smallest size is taken off both.
    """
    each = [(cost - costs[0]) / (size - sizes[0]) for size, cost in zip(sizes[1:], costs[1:], strict=True)]
    return each[-1] / each[0]


HEAD = ("what", "floor", "mqinfra", "ratio", "allowed", "target", "floor CPU", "mqinfra CPU", "CPU ratio")


def table(rows: Sequence[Row]) -> str:
    """Rows as a Markdown table that also reads well on a terminal."""
    return grid([HEAD, *map(_cells, rows)])


def grid(lines: Sequence[Sequence[str]]) -> str:
    """Lay lines of cells out as a Markdown table, the first line as its head."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    laid = [
        "| " + " | ".join(text.ljust(width) if not at else text.rjust(width) for at, (text, width) in pairs) + " |"
        for pairs in (enumerate(zip(line, widths, strict=True)) for line in lines)
    ]
    rule = "|" + "|".join("-" * (width + 2) if not at else "-" * (width + 1) + ":" for at, width in enumerate(widths))
    return "\n".join([laid[0], rule + "|", *laid[1:]]) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.what,
        number(row.floor, row.unit),
        number(row.ours, row.unit),
        number(row.ratio, "x"),
        number(row.allowed, row.unit),
        {True: "met", False: "MISSED", None: "-"}[row.met],
        number(row.floor_cpu, "s"),
        number(row.cpu, "s"),
        number(row.cpu_ratio, "x"),
    )


def _over(value: float | None, floor: float | None) -> float | None:
    return value / floor if floor and value is not None else None


def number(value: float | None, unit: str) -> str:
    """`1.23 s`, `146 MB`, `1.40x`, `3`; `-` for nothing."""
    if value is None:
        return "-"
    match unit:
        case "x":
            return f"{value:.2f}x"
        case "s":
            return f"{value:.2f} s"
        case "ms":
            return f"{value:.2f} ms"
        case _:
            return f"{value:.0f} {unit}".rstrip()
