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

_WAYS = {FAIL: "`basic.reject`", CRASH: "consumer crash", RETURN: "`basic.nack`"}
_PROMISE = "deadLetterAfter"
_COUNT = (FAIL, CRASH)
"""Ways in which a message must become a dead letter. From 4.3 on `basic.nack` with requeue does not count."""


class DeadLetterAfterFailures(Check):
    """A poison message is delivered once more often than the limit, and is a dead letter then."""

    id = "V16"
    name = "delivery limit"
    proves = "A message that keeps failing is dead-lettered after the delivery limit."
    open = "Depending on the version, messages returned by `basic.nack` may be redelivered for ever."
    procedure = GivingUp
    by_absence = True

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Of quorum queues with dead letters; others count nothing."""
        if not isinstance(place, QueuePlace) or not place.dead_letters:
            return None
        asked = "a message that keeps failing (`basic.reject`, consumer crash) becomes a dead letter"
        wanted = place.promised.promises.dead_letter_after
        if place.type != "quorum":
            return Skipped(
                asked,
                f"{place.type} queues have no delivery limit: a failing message is redelivered for ever",
                _PROMISE,
            )
        if place.limit is None:
            return Skipped(asked, "no `delivery-limit` is set: a failing message is redelivered for ever", _PROMISE)
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
                "no delivery limit is in force: a failing message is redelivered for ever",
                samples=len(case.acknowledged),
                fix="set `delivery-limit` in a policy",
            )
        times = Counter(one.uid.split("-")[0] for one in case.of(Act.RECEIVE))
        letters = {one.uid.split("-")[0]: one for one in case.of(Act.DRAIN, client=DEAD)}
        said = [
            f"{many(times[way], 'delivery')} by {_WAYS[way]}, {'then' if way in letters else 'not'} dead-lettered"
            for way in _WAYS
            if times[way]
        ]
        evidence = f"delivery limit {limit}: {'; '.join(said)}"
        if not all(times[way] for way in _COUNT):
            return Conclusion(Result.INCONCLUSIVE, f"not every kind of failure was tested; {evidence}")
        wanted = case.place.promised.promises.dead_letter_after or limit + 1
        if wanted != limit + 1:
            evidence += f"; the manifest promises a dead letter after {many(wanted, 'failure')}"
        wrong = [_WAYS[way] for way in _COUNT if way not in letters or times[way] != wanted]
        if letters.get(RETURN) is None and times[RETURN]:
            evidence += (
                "; caveat: this RabbitMQ version does not count `basic.nack` towards the limit, so messages that are "
                "returned by it are redelivered for ever"
            )
        if not wrong:
            return Conclusion(Result.PASS, evidence, samples=sum(times.values()))
        return Conclusion(
            Result.FAIL,
            evidence,
            wrong,
            ("another limit is in force than declared", "dead letters are routed to no queue"),
            f"set `delivery-limit` to {wanted - 1}, one less than the deliveries wanted",
            sum(times.values()),
        )
