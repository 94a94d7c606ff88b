"""Whether numbers grow, by how much, and how steadily; one number out of the line changes little."""

from collections.abc import Sequence
from itertools import combinations
from statistics import median

Point = tuple[float, float]
"""A time in seconds, and a number."""

_MOST = 60
"""Points that are looked at: with more of them, some are left out evenly, as pairs of all would be too many."""


def slope(points: Sequence[Point]) -> float | None:
    """The median slope of all pairs of points (Theil-Sen), per second; None of fewer than two."""
    slopes = [(b - a) / (t - s) for (s, a), (t, b) in combinations(thinned(points), 2) if t > s]
    return median(slopes) if slopes else None


def steadiness(points: Sequence[Point]) -> float:
    """From -1, always falling, to 1, always rising (Kendall's tau); 0 of fewer than two points."""
    pairs = [(b > a) - (b < a) for (s, a), (t, b) in combinations(thinned(points), 2) if t > s]
    return sum(pairs) / len(pairs) if pairs else 0.0


def thinned(points: Sequence[Point]) -> Sequence[Point]:
    """At most so many of the points, evenly, the first and the last among them."""
    if len(points) <= _MOST:
        return points
    step = (len(points) - 1) / (_MOST - 1)
    return [points[round(at * step)] for at in range(_MOST)]
