"""Words that checks of messages share."""

from collections.abc import Collection

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Case, Conclusion


def many(number: int, what: str) -> str:
    """`1 message`, `2,000 messages`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


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
