"""Places of things that change alike: `topology/kafka.yaml:13-14,17`."""

from collections import defaultdict
from collections.abc import Sequence

_MOST = 4


def joined_places(places: Sequence[str]) -> str:
    """Write places of `file:line`, each file once.

    Args:
        places: where things are declared; empty texts say nothing.
    """
    lines: dict[str, set[int]] = defaultdict(set)
    if len(places) == 1:  # most things stand alone, and there may be many
        file, _, line = places[0].rpartition(":")
        return f"{file}:{int(line)}" if line.isdecimal() else ""
    for place in places:
        file, _, line = place.rpartition(":")
        if line.isdecimal():
            lines[file].add(int(line))
    return ", ".join(f"{file}:{_ranges(sorted(some))}" for file, some in sorted(lines.items()))


def _ranges(lines: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    words = [f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
    return ",".join(words) if len(words) <= _MOST else f"{','.join(words[: _MOST - 1])}..{lines[-1]}"
