"""REWOUND: a group went back to what it had read, and has not come as far again."""

from mqinfra.model.health import State
from mqinfra.monitor.series import Series
from mqinfra.monitor.thresholds import Thresholds
from mqinfra.monitor.verdict import Verdict, messages


def rewound(series: Series, _: Thresholds) -> Verdict | None:
    """In some lane it once stood further than now."""
    furthest: dict[str, int] = {}
    for one in series.known:
        for lane in one.lanes:
            if lane.committed is not None:
                furthest[lane.name] = max(furthest.get(lane.name, 0), lane.committed)
    back = [
        (lane.name, furthest[lane.name], lane.committed)
        for lane in series.last.lanes
        if lane.committed is not None and lane.committed < furthest[lane.name]
    ]
    if not back:
        return None
    if not series.last.counted and series.last.lanes[0].name == "":
        return Verdict(State.REWOUND, "went-back", f"its position went back{_waits(series)}")
    name, was, now = max(back, key=lambda one: one[1] - one[2])
    others = f", and {len(back) - 1:,} more partitions did" if len(back) > 1 else ""
    return Verdict(
        State.REWOUND, "went-back", f"partition {name} went back from {was:,} to {now:,}{others}{_waits(series)}"
    )


def _waits(series: Series) -> str:
    waiting = series.last.waiting
    return f"; {messages(waiting)} to read again or for the first time" if waiting else ""
