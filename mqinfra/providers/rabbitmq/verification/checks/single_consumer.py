"""V12: one consumer at a time is given messages, and the next goes on in order."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.procedures.handover import Handover


class SingleActiveConsumer(Check):
    """While the first consumer is there the second gets nothing; after its crash the second gets the rest in order."""

    id = "V12"
    name = "single active consumer"
    proves = "One consumer at a time receives messages, and the next one continues where it stopped, in order."
    open = "Messages that the first had processed but not acknowledged when it crashed are processed again."
    procedure = Handover
    by_absence = True

    def asked(self, place: Place) -> Asked | None:
        """Where it is declared."""
        if not isinstance(place, QueuePlace) or place.arguments.get("x-single-active-consumer") is not True:
            return None
        return Asked("one consumer at a time receives messages, in order")

    def judge(self, case: Case) -> Conclusion:
        """Deliveries of each before and after the crash."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        crash = next((one for one in case.of(Act.CRASH)), None)
        if crash is None:
            return Conclusion(Result.INCONCLUSIVE, "no consumer was killed")
        came = case.of(Act.RECEIVE)
        first = [one for one in came if one.client == crash.client]
        beside = [one for one in came if one.client != crash.client and one.ended <= crash.began]
        after = [one for one in came if one.client != crash.client and one.ended > crash.began]
        if not first or not after:
            return Conclusion(
                Result.FAIL,
                f"the first consumer received {many(len(first), 'message')}, the second {len(after):,} after its crash",
                samples=len(came),
                causes=("the next consumer does not become the active one",),
            )
        done = {one.uid for one in case.of(Act.ACCEPT) if one.client == crash.client}
        turned = [one.uid for one, other in zip(after[1:], after, strict=False) if one.number < other.number]
        lost = case.acknowledged - done - {one.uid for one in after} - {one.uid for one in beside}
        said = []
        if beside:
            said.append(f"{many(len(beside), 'message')} delivered to the second consumer while the first was active")
        if turned:
            said.append(f"{many(len(turned), 'message')} delivered out of order after the crash")
        if lost:
            said.append(f"{many(len(lost), 'message')} not delivered")
        return none_or(
            {*(one.uid for one in beside), *turned, *lost},
            f"the first consumer received {many(len(first), 'message')} alone, the second {len(after):,} in order "
            "after its crash",
            "; ".join(said),
            samples=len(came),
            causes=("`x-single-active-consumer` is not in force on the queue",),
            fix="recreate the queue with it; it can't be changed later",
        )
