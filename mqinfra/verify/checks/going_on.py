"""How clients went on after something happened, out of a history."""

from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.verification.check import Case
from mqinfra.providers.base.verification.evidence import many

_MS = 1_000_000


def went_on(case: Case, since: int, within_ms: int) -> tuple[list[str], int]:
    """What is wrong with how clients went on, and after how many milliseconds both ways were open again.

    Args:
        case: the history.
        since: when it happened, on its clock.
        within_ms: how long it may take.
    """
    went = [one.ended for one in case.of(Act.PUBLISH, known=Known.OK) if one.ended > since]
    came = [one.ended for one in case.of(Act.RECEIVE) if one.ended > since]
    lost = case.acknowledged - {one.uid for act in (Act.RECEIVE, Act.DRAIN) for one in case.of(act)}
    problems = []
    for what, some in (("sent", went), ("received", came)):
        if not some:
            problems.append(f"no message was {what} afterwards")
        elif (late := (min(some) - since) // _MS) > within_ms:
            problems.append(f"the next message was {what} after {late:,} ms")
    if lost:
        problems.append(f"{many(len(lost), 'acknowledged message')} lost")
    first = max(((min(some) - since) // _MS for some in (went, came) if some), default=0)
    return [*problems, *sorted(lost)], first
