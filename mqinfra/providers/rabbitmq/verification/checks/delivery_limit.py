"""V16: a message that keeps failing becomes a dead letter after as many deliveries as its limit says."""

from collections import Counter

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import many, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.rabbitmq.verification.checks.dead_letter import DEAD
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.procedures.giving_up import CRASH, FAIL, RETURN, GivingUp
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS

_WAYS = {FAIL: "`basic.reject`", CRASH: "a crash of the consumer", RETURN: "`basic.nack`"}
_PROMISE = "deadLetterAfter"
_COUNT = (FAIL, CRASH)
"""Ways in which a message must come to its end. From 4.3 on `basic.nack` with requeue counts no more."""


class DeadLetterAfterFailures(Check):
    """A poison message is delivered once more often than the limit, and is a dead letter then."""

    id = "V16"
    name = "delivery limit"
    proves = "A message that fails again and again leaves the queue for the dead letters after its limit."
    open = "Depending on the version, messages returned by `basic.nack` may be redelivered for ever."
    procedure = GivingUp
    by_absence = True

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Of quorum queues with dead letters; others count nothing."""
        if not isinstance(place, QueuePlace) or not place.dead_letters:
            return None
        asked = "a message that keeps failing becomes a dead letter"
        wanted = place.promised.promises.dead_letter_after
        if place.type != "quorum":
            return Skipped(
                asked, f"{place.type} queues count no deliveries: a message that fails comes again for ever", _PROMISE
            )
        if place.limit is None:
            return Skipped(asked, "it has no `delivery-limit`: a message that fails comes again for ever", _PROMISE)
        return Asked(asked if wanted is None else f"{asked} after {many(wanted, 'failure')}", promise=_PROMISE)

    def judge(self, case: Case) -> Conclusion:
        """Deliveries per way of failing, and what came of the message."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        told = next((one.seen for one in case.seen(SETTINGS)), None)
        limit = told.get("limit") if isinstance(told, dict) else None
        if not isinstance(limit, int) or limit < 0:
            return Conclusion(
                Result.FAIL,
                "no limit of deliveries is in force: a message that fails comes again for ever",
                samples=len(case.acknowledged),
                fix="set `delivery-limit` in a policy",
            )
        times = Counter(one.uid.split("-")[0] for one in case.of(Act.RECEIVE))
        letters = {one.uid.split("-")[0]: one for one in case.of(Act.DRAIN, client=DEAD)}
        said = [
            f"by {_WAYS[way]}: {many(times[way], 'delivery').replace('deliverys', 'deliveries')}, "
            + ("then a dead letter" if way in letters else "and no dead letter")
            for way in _WAYS
            if times[way]
        ]
        evidence = f"limit {limit}; {'; '.join(said)}"
        if not all(times[way] for way in _COUNT):
            return Conclusion(Result.INCONCLUSIVE, f"not every way to fail was tried; {evidence}")
        wanted = case.place.promised.promises.dead_letter_after or limit + 1
        if wanted != limit + 1:
            evidence += f"; a dead letter after {many(wanted, 'failure')} is promised"
        wrong = [_WAYS[way] for way in _COUNT if way not in letters or times[way] != wanted]
        if letters.get(RETURN) is None and times[RETURN]:
            evidence += "; this version does not count what is given back so"
        if not wrong:
            return Conclusion(Result.PASS, evidence, samples=sum(times.values()))
        return Conclusion(
            Result.FAIL,
            evidence,
            wrong,
            ("the limit in force is another one", "dead letters lead nowhere"),
            f"set `delivery-limit` to {wanted - 1}, one less than the deliveries that are wanted",
            sum(times.values()),
        )
