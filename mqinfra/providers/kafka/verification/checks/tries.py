"""Outcomes of the acts of a stranger, read back."""

from collections.abc import Sequence

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known, Operation
from mqinfra.providers.base.verification.check import Case, Conclusion
from mqinfra.providers.kafka.verification.procedures.stranger import CONTROL, IDENTITY


def tries(case: Case, whose: str) -> Sequence[Operation]:
    """What was tried in one role."""
    return [one for one in case.of(Act.TRY) if one.subject.endswith(whose)]


def unproven(case: Case, some: Sequence[Operation]) -> Conclusion | None:
    """Inconclusive where a refusal would prove nothing: the stranger is not known, or nobody may do it at all."""
    if not some:
        return Conclusion(Result.INCONCLUSIVE, "nothing was tried")
    if not any(one.known is Known.OK for one in case.seen(IDENTITY)):
        return Conclusion(
            Result.INCONCLUSIVE, "the user without rights could not log in, so its refusals prove nothing"
        )
    vain = [one.subject.removesuffix(CONTROL).strip() for one in tries(case, CONTROL) if one.known is not Known.OK]
    if vain or not tries(case, CONTROL):
        return Conclusion(
            Result.INCONCLUSIVE, f"the verifying user could not do it either: {', '.join(vain) or 'nothing'}"
        )
    unsure = [f"{one.subject} ({one.error or 'no answer'})" for one in some if one.known is Known.UNKNOWN]
    return Conclusion(Result.INCONCLUSIVE, f"no clear answer to {', '.join(unsure)}") if unsure else None
