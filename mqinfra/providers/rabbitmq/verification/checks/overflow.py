"""V20: a full queue does what it should: drops the oldest, or refuses the newest."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known, Operation
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.rabbitmq.verification.checks.dead_letter import DEAD
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.procedures.overflow import BYTES, LENGTH, Overflow
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS

_DROPS = "drop-head"
_SPARE = 0.1
"""Share by which bytes, and queues that refuse, may be apart from the limit."""


class LimitOfLength(Check):
    """A queue that is sent a tenth more than it holds ends with what its `overflow` says."""

    id = "V20"
    name = "overflow"
    proves = "A full queue drops its oldest messages, or refuses new ones, as is declared; measured on a shorter copy."
    open = "How producers handle a refused message was not checked."
    procedure = Overflow

    def asked(self, place: Place) -> Asked | None:
        """Where the length is limited."""
        if not isinstance(place, QueuePlace) or place.type == "stream":
            return None
        if not any(isinstance(place.wanted.get(key), int) for key in (LENGTH, BYTES)):
            return None
        overflow = str(place.wanted.get("overflow", _DROPS))
        return Asked(
            "a full queue drops its oldest messages" if overflow == _DROPS else "a full queue refuses messages"
        )

    def judge(self, case: Case) -> Conclusion:
        """What was kept and what was refused, against the limit."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        told = next((one.seen for one in case.seen(SETTINGS)), None)
        limit = told.get("limit") if isinstance(told, dict) else None
        if not isinstance(told, dict) or not isinstance(limit, int):
            return Conclusion(Result.INCONCLUSIVE, "nobody knows the limit")
        kept = [one for one in case.of(Act.DRAIN) if one.client != DEAD]
        letters = {one.uid for one in case.of(Act.DRAIN, client=DEAD)}
        refused = {one.uid for one in case.of(Act.PUBLISH, known=Known.FAILED)}
        spare = 0 if told.get("exact") and told.get("overflow") == _DROPS else max(2, round(limit * _SPARE))
        numbers = {one.uid: one.number for one in case.of(Act.PUBLISH)}
        said = (
            f"of {many(len(numbers), 'message')} into room for {limit:,}, {len(kept):,} were kept, "
            f"{len(refused):,} refused, {len(letters):,} became dead letters"
        )
        problems = list(_problems(kept, refused, numbers, limit, spare, drops=told.get("overflow") == _DROPS))
        gone = numbers.keys() - refused - letters - {one.uid for one in kept}
        if told.get("deadLetters") and told.get("overflow") == _DROPS and gone:
            problems.append(f"{many(len(gone), 'dropped message')} became no dead letter")
        return none_or(
            problems,
            said,
            f"{'; '.join(problems)}: {said}",
            samples=len(numbers),
            causes=("`max-length` or `overflow` in force is another one than is declared",),
            fix="run `mqinfra plan`, which shows what differs from the manifest",
        )


def _problems(
    kept: list[Operation], refused: set[str], numbers: dict[str, int], limit: int, spare: int, *, drops: bool
) -> list[str]:
    found = []
    if len(kept) > limit + spare:
        found.append("more is kept than the limit")
    if len(kept) < limit - spare:
        found.append("less is kept than there is room for")
    if drops and refused:
        found.append("messages are refused instead of dropped")
    if not drops and not refused and len(numbers) > limit + spare:
        found.append("nothing is refused")
    there = [one.number for one in kept]
    newest = sorted(numbers.values())[len(numbers) - len(there) :] if drops else sorted(numbers.values())[: len(there)]
    if sorted(there) != newest:
        found.append("the newest are dropped" if drops else "the oldest are gone")
    return found
