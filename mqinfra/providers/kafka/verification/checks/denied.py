"""V31: what is not granted is denied, also beside a grant."""

from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.verification.checks.tries import tries, unproven
from mqinfra.providers.kafka.verification.place import TopicPlace
from mqinfra.providers.kafka.verification.procedures.stranger import NEAR, Stranger


class Denied(Check):
    """A user with rights on one topic tries the same on one whose name begins with that topic's name."""

    id = "V31"
    name = "denied"
    proves = "A right on a topic is a right on this topic alone: the same acts on a topic of a near name are denied."
    open = "Rights of the users that there are were compared with the manifest (V01), and not tried."
    procedure = Stranger

    def asked(self, place: Place) -> Asked | None:
        """On one topic of a cluster with logins."""
        return Asked("what is not granted is denied") if isinstance(place, TopicPlace) and place.strangers else None

    def judge(self, case: Case) -> Conclusion:
        """All acts beside the grant."""
        some = tries(case, NEAR)
        through = [one.subject for one in some if one.known is Known.OK]
        if not through and (why := unproven(case, some)) is not None:
            return why
        return none_or(
            through,
            f"{many(len(some), 'act')} denied with {', '.join(sorted({one.error for one in some}))}",
            f"{len(through):,} of {many(len(some), 'act')} allowed that nobody granted",
            samples=len(some),
            causes=("an ACL of `User:*`, of every topic or of a short prefix", "`allow.everyone.if.no.acl.found=true`"),
            fix="name principals and topics in ACLs; `mqinfra validate` lists those that are too wide (MQ741, MQ745)",
        )
