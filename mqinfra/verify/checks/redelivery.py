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
    proves = "Messages that a consumer acknowledges are not redelivered."
    open = "Messages may be redelivered to consumers that crash or are slow: brokers promise at-least-once delivery."
    procedure = Traffic

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - the same everywhere
        """Without a fault, once."""
        return Asked("no message is redelivered without a failure")

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
            f"{many(len(came), 'delivery')}, no redelivery",
            f"{len(again):,} of {many(len(times), 'message')} redelivered without a failure",
            samples=len(came),
            causes=(
                "commits or acknowledgements are lost or too late",
                "the group was rebalanced",
            ),
        )
