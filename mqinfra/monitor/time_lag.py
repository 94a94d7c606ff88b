"""By how much time a reader is behind: when the message that it reads next was the newest, by the ends seen until now.

Separate from the number of messages, which says little of a topic with one message per hour.
"""

from itertools import pairwise

from mqinfra.model.frozen import dataclass
from mqinfra.monitor.series import Series
from mqinfra.providers.base.monitoring.sample import Lane, Sample


@dataclass(frozen=True, slots=True)
class Delay:
    """How far a reader is behind.

    Attributes:
        seconds: the time.
        beyond: it is more than that: nobody watched yet when that message came.
    """

    seconds: float
    beyond: bool = False


def delay_of(series: Series) -> Delay | None:
    """The delay of the lane that is furthest behind; None where nobody can tell."""
    if not series.watched.what.reads or not series.known:
        return None
    last = series.known[-1]
    if last.age is not None:
        return Delay(last.age)
    if last.waiting == 0:
        return Delay(0.0)
    found = [delay for lane in last.lanes if lane.committed is not None and (delay := _of(lane, series.known, last))]
    return max(found, key=lambda one: one.seconds, default=None)


def _of(lane: Lane, samples: tuple[Sample, ...], last: Sample) -> Delay | None:
    stands = lane.committed or 0
    if not lane.lag:
        return Delay(0.0)
    ends = [
        (one.at, end)
        for one in samples
        for other in one.lanes
        if other.name == lane.name and (end := _goal(other)) >= 0
    ]
    if not ends:
        return None
    if stands < ends[0][1]:
        return Delay(last.at - ends[0][0], beyond=True)
    for (at, end), (later, more) in reversed(list(pairwise(ends))):
        if end <= stands < more:
            return Delay(last.at - (at + (later - at) * (stands - end) / (more - end)))
    return Delay(0.0)


def _goal(lane: Lane) -> int:
    goal = lane.readable if lane.readable is not None else lane.end
    return goal if goal is not None else -1
