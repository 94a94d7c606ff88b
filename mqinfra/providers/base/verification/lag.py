"""Whether what waits for a group becomes less while it is watched: the same question on every broker with groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Conclusion


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


def lag_conclusion(lags: Sequence[int], told: str, words: Words, *, moved: bool) -> Conclusion:
    """Hold the first sample against the last.

    Args:
        lags: what waited, by sample; two or more.
        told: the samples in words, for the evidence.
        words: the broker's.
        moved: whether the group got on between the first sample and the last.
    """
    if lags[-1] == 0 or lags[-1] < lags[0]:
        return Conclusion(Result.PASS, told, samples=len(lags))
    if not moved:
        causes = ("no consumer is at work", words.hangs)
        return Conclusion(Result.FAIL, f"{told}; {words.idle}", causes=causes, fix=words.look, samples=len(lags))
    if all(after > before for before, after in pairwise(lags)):
        slower = ("consumers are slower than producers",)
        return Conclusion(Result.FAIL, f"{told}; {words.moving}", causes=slower, fix=words.more, samples=len(lags))
    return Conclusion(Result.PASS, told, samples=len(lags))
