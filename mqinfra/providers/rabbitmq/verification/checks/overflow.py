"""V20: a full queue does what it should: drops the oldest, or refuses the newest."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known, Operation
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import APPLY, counted, many, none_or, nothing_seen
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
    proves = "A full queue drops its oldest messages, or refuses new ones, as declared; measured on a shorter copy."
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
            "a full queue drops its oldest messages" if overflow == _DROPS else "a full queue refuses new messages"
        )

    def judge(self, case: Case) -> Conclusion:
        """What was kept and what was refused, against the limit."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        told = next((one.seen for one in case.seen(SETTINGS)), None)
        limit = told.get("limit") if isinstance(told, dict) else None
        if not isinstance(told, dict) or not isinstance(limit, int):
            return Conclusion(Result.INCONCLUSIVE, "the limit is unknown")
        kept = [one for one in case.of(Act.DRAIN) if one.client != DEAD]
        letters = {one.uid for one in case.of(Act.DRAIN, client=DEAD)}
        refused = {one.uid for one in case.of(Act.PUBLISH, known=Known.FAILED)}
        spare = 0 if told.get("exact") and told.get("overflow") == _DROPS else max(2, round(limit * _SPARE))
        numbers = {one.uid: one.number for one in case.of(Act.PUBLISH)}
        drops = told.get("overflow") == _DROPS
        problems = list(_problems(kept, refused, numbers, limit, spare, drops=drops))
        gone = numbers.keys() - refused - letters - {one.uid for one in kept}
        became = counted(
            (len(kept), f"{len(kept):,} kept"),
            (len(refused), f"{len(refused):,} refused"),
            (len(letters), f"{len(letters):,} dead-lettered"),
            (len(gone), f"{len(gone):,} dropped"),
        )
        said = f"of {many(len(numbers), 'message')} sent to a queue limited to {limit:,}: {became}"
        if not drops and not problems and len(kept) > limit:
            said += " (RabbitMQ starts to refuse slightly late, so a few more may be kept)"
        if told.get("deadLetters") and drops and gone:
            problems.append(f"{many(len(gone), 'dropped message')} not dead-lettered")
        return none_or(
            problems,
            said,
            f"{'; '.join(problems)}; {said}",
            samples=len(numbers),
            causes=("another `max-length` or `overflow` is in force than declared",),
            fix=APPLY,
        )


def _problems(
    kept: list[Operation], refused: set[str], numbers: dict[str, int], limit: int, spare: int, *, drops: bool
) -> list[str]:
    found = []
    if len(kept) > limit + spare:
        found.append("more messages kept than the limit allows")
    if len(kept) < limit - spare:
        found.append("fewer messages kept than the limit allows")
    if drops and refused:
        found.append("messages refused instead of dropped")
    if not drops and not refused and len(numbers) > limit + spare:
        found.append("no message refused")
    there = [one.number for one in kept]
    newest = sorted(numbers.values())[len(numbers) - len(there) :] if drops else sorted(numbers.values())[: len(there)]
    if sorted(there) != newest:
        found.append("the newest messages dropped" if drops else "the oldest messages lost")
    return found
