"""V18: messages expire when they should: not before, and not much later."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import APPLY, many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.rabbitmq.verification.checks.dead_letter import DEAD
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.procedures.expiry import MOST_MS, Expiry
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS

_MS = 1_000_000
_EARLY_MS = 60
"""Milliseconds by which clocks and looks may be apart."""


class MessagesExpire(Check):
    """Messages that nobody consumes are there until their time is over, and gone soon after."""

    id = "V18"
    name = "expiry"
    proves = "Messages expire after the TTL of the queue, measured on a copy with a shorter one."
    open = "In a classic queue, a message with its own TTL expires only at the head of the queue."
    procedure = Expiry

    def asked(self, place: Place) -> Asked | None:
        """Where messages live for a time."""
        if not isinstance(place, QueuePlace) or place.type == "stream":
            return None
        ttl = place.wanted.get("message-ttl")
        if not isinstance(ttl, int):
            return None
        shortened = f" (on a copy: {MOST_MS:,} ms)" if ttl > MOST_MS else ""
        return Asked(f"messages expire after {ttl:,} ms{shortened}")

    def judge(self, case: Case) -> Conclusion:
        """When the depth fell, against when the messages were sent."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        told = next((one.seen for one in case.seen(SETTINGS)), None)
        ttl = told.get("ttl") if isinstance(told, dict) else None
        looks = [(one.ended, one.seen) for one in case.seen("depth") if isinstance(one.seen, int)]
        if not isinstance(ttl, int) or not isinstance(told, dict) or not looks:
            return Conclusion(Result.INCONCLUSIVE, "the length of the queue was not observed")
        sent = case.of(Act.PUBLISH)
        first, last = min(one.began for one in sent), max(one.ended for one in sent)
        tolerance = max(2_000, ttl // 2)
        over = first + (ttl - _EARLY_MS) * _MS
        early = [(at, rest) for at, rest in looks if rest < len(case.acknowledged) and at < over]
        empty = next((at for at, rest in looks if rest == 0), None)
        left = {one.uid for one in case.of(Act.DRAIN) if one.client != DEAD}
        if early:
            at = (early[0][0] - first) // _MS
            return none_or(
                [f"{early[0][1]} of {len(case.acknowledged)} left"],
                "",
                f"messages expired {at:,} ms after they were sent, before their TTL of {ttl:,} ms",
                samples=len(looks),
                causes=("another policy or the messages themselves set a shorter TTL",),
            )
        if empty is None or left:
            return none_or(
                left or ["all"],
                "",
                f"{many(len(left) or len(case.acknowledged), 'message')} still there "
                f"{(looks[-1][0] - last) // _MS:,} ms after being sent (TTL {ttl:,} ms)",
                samples=len(looks),
                causes=("`message-ttl` is not in force on the queue",),
                fix=APPLY,
            )
        after = (empty - last) // _MS
        letters = {one.uid for one in case.of(Act.DRAIN, client=DEAD) if any(d.reason == "expired" for d in one.deaths)}
        lost = case.acknowledged - letters if told.get("deadLetters") else frozenset[str]()
        if lost:
            evidence = f"{many(len(lost), 'expired message')} not dead-lettered: lost for good"
            return none_or(lost, "", evidence, samples=len(looks), causes=("dead letters are routed to no queue",))
        late = ["late"] if after > ttl + tolerance else []
        kept = ", then dead-lettered" if letters else ""
        return none_or(
            late,
            f"{many(len(case.acknowledged), 'message')} expired after at most {after:,} ms (TTL {ttl:,} ms){kept}",
            f"the last message expired after {after:,} ms (TTL {ttl:,} ms)",
            samples=len(looks),
        )
