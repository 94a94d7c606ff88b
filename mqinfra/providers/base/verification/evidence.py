"""Words that checks share."""

from collections.abc import Collection

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Case, Conclusion

APPLY = "review `mqinfra plan`, then run `mqinfra apply`"
"""The fix where what is live differs from what is declared."""
_VOWELS = "aeiou"


def many(number: int, what: str) -> str:
    """`1 message`, `2,000 messages`, `3 deliveries`, `2 near misses`."""
    if number == 1:
        return f"1 {what}"
    if what.endswith("y") and what[-2] not in _VOWELS:
        return f"{number:,} {what[:-1]}ies"
    return f"{number:,} {what}{'es' if what.endswith('s') else 's'}"


def counted(*some: tuple[int, str]) -> str:
    """Join what happened, and leave out what did not: `2 lost, 1 stored twice`.

    Args:
        some: numbers, each with its words: `(2, "2 lost")`.
    """
    return ", ".join(words for number, words in some if number)


def nothing_seen(case: Case) -> Conclusion | None:
    """Inconclusive where no message was acknowledged: nothing was seen, so nothing holds."""
    if case.acknowledged:
        return None
    errors = sorted({one.error for one in case.operations if one.error})
    why = f": {errors[0]}" if errors else ""
    return Conclusion(Result.INCONCLUSIVE, f"no message was acknowledged{why}")


def none_or(
    wrong: Collection[str], good: str, bad: str, *, samples: int, causes: tuple[str, ...] = (), fix: str = ""
) -> Conclusion:
    """Pass where nothing is wrong, else fail with what is.

    Args:
        wrong: what is wrong.
        good: the evidence of a pass.
        bad: the evidence of a failure.
        samples: how many operations it rests on.
        causes: what is probably behind a failure.
        fix: what to change after a failure.
    """
    if not wrong:
        return Conclusion(Result.PASS, good, samples=samples)
    return Conclusion(Result.FAIL, bad, sorted(wrong), causes, fix, samples)
