"""V02: a message can go in and come out."""

from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.traffic import Traffic


class Roundtrip(Check):
    """Each lane gives back at least one message that went in."""

    id = "V02"
    name = "roundtrip"
    proves = "A published message is delivered to a consumer, on every partition."
    open = "Other producers, and clients with other rights, were not tested."
    procedure = Traffic
    by_absence = True

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - every place is there to let messages through
        """Every place lets messages through."""
        return Asked("published messages are delivered")

    def judge(self, case: Case) -> Conclusion:
        """Hold the lanes that took messages against those that gave them."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        published = {one.lane for one in case.of(Act.PUBLISH) if one.uid in case.acknowledged and one.lane}
        came = {one.uid for one in case.of(Act.RECEIVE)} & case.acknowledged
        gave = {one.lane for one in case.of(Act.RECEIVE)}
        if not came:
            causes = (
                "consumers are not allowed to read",
                "messages are routed to another place than consumers read from",
            )
            return none_or(
                ["nothing was delivered"],
                "",
                f"none of {many(len(case.acknowledged), 'acknowledged message')} delivered",
                samples=0,
                causes=causes,
            )
        silent = {lane for lane in published if lane not in gave} if gave != {""} else set()
        lanes = f" from {many(len(gave), 'partition')}" if len(gave) > 1 else ""
        return none_or(
            silent,
            f"{many(len(came), 'message')} delivered{lanes}",
            f"{many(len(silent), 'partition')} acknowledged messages and delivered none",
            samples=len(came),
            causes=("no consumer is assigned to the partition",),
        )
