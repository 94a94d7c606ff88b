"""V03: nothing that was acknowledged is lost."""

from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.traffic import Traffic


class Loss(Check):
    """Acknowledged messages came to the group, or are found by a fresh client that reads from the beginning."""

    id = "V03"
    name = "loss"
    proves = "Every message that the broker acknowledged was delivered, or is still there for a new client."
    open = "One producer sent, and no broker failed meanwhile."
    procedure = Traffic
    by_absence = True

    def asked(self, place: Place) -> Asked:
        """An acknowledgement is a promise everywhere."""
        promise = "delivery" if place.promised.promises.delivery == "at-least-once" else ""
        return Asked("no acknowledged message is lost", promise=promise)

    def judge(self, case: Case) -> Conclusion:
        """Acknowledged without received and drained; what is unknown may be missing."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        found = {one.uid for act in (Act.RECEIVE, Act.DRAIN) for one in case.of(act)}
        lost = case.acknowledged - found
        unsure = len(case.attempted) - len(case.acknowledged)
        rest = f"; {many(unsure, 'message')} without an answer may or may not be stored" if unsure else ""
        number = many(len(case.acknowledged), "acknowledged message")
        return none_or(
            lost,
            f"{number}, none lost{rest}",
            f"{len(lost):,} of {number} lost{rest}",
            samples=len(case.acknowledged),
            causes=(
                "a length or age limit drops messages before they are read",
                "the broker acknowledges a message before it is safe (on one replica only)",
            ),
            fix="raise the limit, or let the broker refuse messages that it can't keep",
        )
