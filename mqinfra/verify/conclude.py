"""From a history to judgements. What every check owes is asked here, so that none can forget it."""

from mqinfra.model.judgement import Judgement, Mode, Result
from mqinfra.model.span import Path, Span
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.place import Place

_SHOWN = 10


def judged(check: Check, asked: Asked, case: Case, seconds: float) -> Judgement:
    """Let a check conclude, and hold it to what all owe.

    Nothing passes of which nothing was seen. Nothing passes by half of its procedure, and nothing fails for what the
    other half might have brought.
    """
    concluded = check.judge(case)
    if case.cut_short and (concluded.result is Result.PASS or (concluded.result is Result.FAIL and check.by_absence)):
        concluded = Conclusion(
            Result.INCONCLUSIVE, f"{case.cut_short}; until then: {concluded.evidence}", samples=concluded.samples
        )
    elif concluded.result is Result.PASS and not concluded.samples:
        concluded = Conclusion(Result.INCONCLUSIVE, f"nothing was observed: {concluded.evidence}")
    elif concluded.result is Result.INCONCLUSIVE and case.cut_short:
        concluded = Conclusion(
            Result.INCONCLUSIVE, f"{case.cut_short}; {concluded.evidence}", samples=concluded.samples
        )
    return Judgement(
        check=check.id,
        name=check.name,
        address=case.place.address,
        result=concluded.result,
        mode=case.mode,
        requirement=asked.requirement,
        span=span_of(case.place, asked.path, asked.promise),
        evidence=concluded.evidence,
        offenders=tuple(concluded.offenders[:_SHOWN]),
        more=max(0, len(concluded.offenders) - _SHOWN),
        causes=tuple(concluded.causes),
        fix=concluded.fix,
        open=check.open,
        samples=concluded.samples,
        seconds=round(seconds, 3),
    )


def skipped(check: Check, place: Place, why: Skipped) -> Judgement:
    """A check that could not be made."""
    return Judgement(
        check=check.id,
        name=check.name,
        address=place.address,
        result=Result.SKIPPED,
        requirement=why.requirement,
        span=span_of(place, (), why.promise),
        evidence=why.reason,
        open=check.open,
    )


def undecided(check: Check, asked: Asked, place: Place, mode: Mode, why: str) -> Judgement:
    """A check whose procedure could not be carried out."""
    return Judgement(
        check=check.id,
        name=check.name,
        address=place.address,
        result=Result.INCONCLUSIVE,
        mode=mode,
        requirement=asked.requirement,
        span=span_of(place, asked.path, asked.promise),
        evidence=why,
        open=check.open,
    )


def span_of(place: Place, path: Path, promise: str = "") -> Span | None:
    """Where the manifest asks for it: the line of a promise, else a field, else the entry."""
    if (made := place.promised.spans.get(promise)) is not None:
        return made
    if place.declaration is None:
        return None
    return (place.declaration.positions.span(path) if path else None) or place.declaration.span
