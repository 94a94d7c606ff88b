"""V05: without a fault nothing is delivered twice."""

from collections import Counter

from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.traffic import Traffic


class Redelivery(Check):
    """A group that accepts what it gets is given nothing a second time."""

    id = "V05"
    name = "redelivery"
    proves = "A consumer that accepts every message gets none of them again."
    open = "A consumer that crashes or is slow may get messages again: at least once is what brokers promise."
    procedure = Traffic

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - the same everywhere
        """Without a fault, once."""
        return Asked("nothing is delivered again without a fault")

    def judge(self, case: Case) -> Conclusion:
        """Deliveries of one position to the group."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        came = case.of(Act.RECEIVE)
        times = Counter((one.uid, one.lane, one.position) for one in came if one.uid)
        again = {uid for (uid, _, _), number in times.items() if number > 1}
        again |= {one.uid for one in came if one.redelivered and one.uid}
        return none_or(
            again,
            f"{many(len(came), 'delivery').replace('deliverys', 'deliveries')}, none repeated",
            f"{many(len(again), 'message')} of {len(times):,} came again without a fault",
            samples=len(came),
            causes=(
                "acceptance is not kept: a commit or acknowledgement is lost or too late",
                "the group was rebalanced",
            ),
        )
