"""V30 and V31 share how they read the answers about rights."""

from collections.abc import Sequence

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known, Operation
from mqinfra.providers.base.verification.check import Case, Conclusion


def answers(case: Case, *, allowed: bool) -> list[Operation]:
    """What was asked about things that are declared as allowed, or as not."""
    return [one for one in case.of(Act.TRY) if isinstance(one.seen, dict) and bool(one.seen.get("allowed")) is allowed]


def untold(some: Sequence[Operation]) -> Conclusion:
    """Inconclusive, with the server's words."""
    errors = sorted({one.error for one in some if one.known is Known.UNKNOWN and one.error})
    if errors or not some:
        return Conclusion(Result.INCONCLUSIVE, errors[0] if errors else "there is no such right to ask about")
    return Conclusion(Result.INCONCLUSIVE, "the verifying user may not do it either, so a refusal proves nothing")
