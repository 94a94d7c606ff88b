"""Whether what waits for a group becomes less while it is watched: the same question on every broker with groups."""

from collections.abc import Sequence
from itertools import pairwise

from mqinfra.model.frozen import dataclass
from mqinfra.model.judgement import Result
from mqinfra.model.promises import NO_PROMISES, Promises
from mqinfra.model.unit import format_ms
from mqinfra.providers.base.verification.check import Asked, Conclusion
from mqinfra.providers.base.verification.place import Place


@dataclass(frozen=True, slots=True)
class Words:
    """What a broker calls what goes wrong.

    Attributes:
        idle: what did not happen: `nothing was read meanwhile`.
        hangs: what a consumer may do that is at work: `a consumer hangs on an entry`.
        look: what to look at where nothing moves.
        moving: that it grows all the same: `it grows, although entries are read`.
        more: what to do where it grows.
    """

    idle: str
    hangs: str
    look: str
    moving: str
    more: str


def lag_conclusion(
    lags: Sequence[int], told: str, words: Words, promises: Promises = NO_PROMISES, *, moved: bool
) -> Conclusion:
    """Hold the first sample against the last.

    Args:
        lags: what waited, by sample; two or more.
        told: the samples in words, for the evidence.
        words: the broker's.
        promises: how much may wait, and whether somebody has to read at all.
        moved: whether the group got on between the first sample and the last.
    """
    most = promises.max_lag
    if most is not None and lags[-1] > most:
        over = f"{told}; at most {most:,} promised"
        causes = ("consumers are slower than producers", "no consumer is running")
        return Conclusion(Result.FAIL, over, causes=causes, fix=words.more, samples=len(lags))
    if most is not None:
        told = f"{told}; at most {most:,} promised"
    if promises.batch and not moved:
        return Conclusion(Result.PASS, f"{told}; no consumer is reading, which `batch` allows", samples=len(lags))
    if lags[-1] == 0 or lags[-1] < lags[0]:
        return Conclusion(Result.PASS, told, samples=len(lags))
    if not moved:
        causes = ("no consumer is running", words.hangs)
        return Conclusion(Result.FAIL, f"{told}; {words.idle}", causes=causes, fix=words.look, samples=len(lags))
    if most is None and all(after > before for before, after in pairwise(lags)):
        slower = ("consumers are slower than producers",)
        return Conclusion(Result.FAIL, f"{told}; {words.moving}", causes=slower, fix=words.more, samples=len(lags))
    return Conclusion(Result.PASS, told, samples=len(lags))


def delay_asked(place: Place) -> Asked | None:
    """What a group asks that promises how long it may be behind; None of one that does not."""
    most = place.promised.promises.max_delay
    return Asked(f"no message waits longer than `{format_ms(most)}`", promise="maxDelay") if most is not None else None


def delay_conclusion(overdue: int, told: str, words: Words, *, samples: int) -> Conclusion:
    """Judge how long the oldest waits, by the last look.

    Args:
        overdue: how much waits for longer than is promised.
        told: what was seen, for the evidence.
        words: the broker's.
        samples: how many looks it rests on.
    """
    if not overdue:
        return Conclusion(Result.PASS, told, samples=samples)
    causes = ("consumers are slower than producers", "no consumer is running", words.hangs)
    return Conclusion(Result.FAIL, told, causes=causes, fix=words.more, samples=samples)
