"""Samples of one thing in the order of time, and what follows from them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from mqinfra.monitor.trend import Point, slope, steadiness
from mqinfra.providers.base.monitoring.sample import Lane, Sample
from mqinfra.providers.base.monitoring.watched import Watched

_LATELY = 6
"""Samples by which it is told whether what waits becomes less."""


@dataclass(frozen=True)
class Series:
    """Samples of one thing.

    Attributes:
        watched: the thing.
        samples: what was seen, the oldest first.
    """

    watched: Watched
    samples: tuple[Sample, ...]

    @property
    def before(self) -> "Series":
        """The same as it was one sample ago."""
        return Series(self.watched, self.samples[:-1])

    @property
    def last(self) -> Sample:
        """The newest sample."""
        return self.samples[-1]

    @cached_property
    def known(self) -> tuple[Sample, ...]:
        """The samples that say something, from when it was last made anew: a log that ends earlier is another one."""
        some = [one for one in self.samples if not one.unknown]
        start = 0
        for at, (one, other) in enumerate(pairwise(some), 1):
            ends = {lane.name: lane.end for lane in one.lanes}
            if any(_less(lane.end, ends.get(lane.name)) for lane in other.lanes):
                start = at
        return tuple(some[start:])

    @property
    def seconds(self) -> float:
        """How long it was watched."""
        return self.known[-1].at - self.known[0].at if self.known else 0.0

    def tail(self, seconds: float) -> tuple[Sample, ...]:
        """The newest samples that span so many seconds at least; none where it was not watched that long.

        Two samples are needed to see a movement, however short the time is. What nobody saw is no time that was
        watched: after a cluster was away, its clients have the same patience anew.
        """
        away = max((one.at for one in self.samples if one.unknown), default=float("-inf"))
        for at in range(len(self.known) - 2, -1, -1):
            if self.known[at].at < away:
                return ()
            if self.known[-1].at - self.known[at].at >= seconds:
                return self.known[at:]
        return ()

    @cached_property
    def backlog(self) -> tuple[Point, ...]:
        """What waited, by time, as far as it is known."""
        return tuple((one.at, float(one.waiting)) for one in self.known if one.waiting is not None)

    @cached_property
    def growing(self) -> float | None:
        """Messages per second by which what waits becomes more; None where that can't be told."""
        return slope(self.backlog)

    @cached_property
    def steadiness(self) -> float:
        """How steadily what waits becomes more, from -1 to 1."""
        return steadiness(self.backlog)

    @cached_property
    def lately(self) -> tuple[float | None, float]:
        """The same two of the newest samples alone: what was long ago does not hide that it becomes less now."""
        newest = self.backlog[-_LATELY:]
        return slope(newest), steadiness(newest)

    @cached_property
    def arriving(self) -> float | None:
        """Messages per second that came; None where nobody counts them."""
        came = [(one.at, arrived) for one in self.known if (arrived := _arrived(one)) is not None]
        if len(came) < 2 or came[-1][0] <= came[0][0]:
            return None
        # A counter that was reset with its server counts from there on.
        more = sum(max(0, after - before) for (_, before), (_, after) in pairwise(came))
        return more / (came[-1][0] - came[0][0])

    @property
    def anew(self) -> bool:
        """Whether it was made anew while it was watched."""
        return len(self.known) < sum(not one.unknown for one in self.samples)


def moved(samples: Sequence[Sample]) -> bool:
    """Whether a reader got on between two of the samples: in any lane, or by its counter."""
    return any(_moved(one, other) for one, other in pairwise(samples))


def moves(samples: Sequence[Sample]) -> Iterator[float]:
    """The times of samples that saw a reader get on."""
    return (other.at for one, other in pairwise(samples) if _moved(one, other))


def _moved(one: Sample, other: Sample) -> bool:
    stood = {lane.name: lane.committed for lane in one.lanes}
    return _less(one.taken, other.taken) or any(_less(stood.get(lane.name), lane.committed) for lane in other.lanes)


def counts_moves(samples: Iterable[Sample]) -> bool:
    """Whether the samples would show that a reader gets on."""
    return all(one.taken is not None or any(lane.committed is not None for lane in one.lanes) for one in samples)


def behind(sample: Sample) -> bool | None:
    """Whether something waits for a reader; None where nobody knows.

    The end of a transaction takes an offset in each partition that nobody reads, so one may stay for ever.
    """
    lags = [lag for lane in sample.lanes if (lag := lane.lag) is not None]
    if sample.waiting == 0 or (lags and all(lag <= sample.marked for lag in lags)):
        return False
    if lags or sample.waiting is not None:
        return True
    return None


def never_committed(sample: Sample) -> bool:
    """Whether a group has no position anywhere."""
    return bool(sample.lanes) and all(lane.committed is None for lane in sample.lanes)


def holds_messages(lanes: Iterable[Lane]) -> bool:
    """Whether there is anything in a log."""
    return any(lane.end is not None and lane.end > (lane.earliest or 0) for lane in lanes)


def _arrived(sample: Sample) -> int | None:
    if sample.put is not None:
        return sample.put
    ends = [lane.end for lane in sample.lanes if lane.end is not None]
    return sum(ends) if ends and sample.counted else None


def _less(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one < other
