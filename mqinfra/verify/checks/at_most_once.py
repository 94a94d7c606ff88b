"""V09: what is accepted on delivery is never delivered again."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.crash import CrashAfter


class AtMostOnce(Check):
    """Deliveries to the consumer that died against deliveries to the next."""

    id = "V09"
    name = "at most once"
    proves = "A consumer that acknowledges on delivery gets no message twice, even when it is killed."
    open = "Messages that a consumer had acknowledged when it crashed are lost: that is what at-most-once means."
    procedure = CrashAfter

    def asked(self, place: Place) -> Asked:
        """Accepted is accepted."""
        promise = "delivery" if place.promised.promises.delivery == "at-most-once" else ""
        return Asked("messages acknowledged on delivery are not redelivered", promise=promise)

    def judge(self, case: Case) -> Conclusion:
        """Look at what came to both."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        died = {one.client for one in case.of(Act.CRASH)}
        came = case.of(Act.RECEIVE)
        before = {one.uid for one in came if one.client in died}
        after = {one.uid for one in came if one.client not in died}
        if not before or not after:
            return Conclusion(
                Result.INCONCLUSIVE, "no message was delivered to the killed consumer, or none to the next"
            )
        nobody = case.acknowledged - before - after
        lost = f"; {many(len(nobody), 'message')} lost, which at-most-once allows" if nobody else ""
        return none_or(
            before & after,
            f"{many(len(before), 'message')} acknowledged on delivery, none redelivered{lost}",
            f"{many(len(before & after), 'message')} redelivered although acknowledged on delivery",
            samples=len(before),
            causes=("acknowledgements reach the broker late, or not at all",),
        )
