"""V32: a user without rights may do nothing."""

from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.verification.checks.tries import tries, unproven
from mqinfra.providers.kafka.verification.place import TopicPlace
from mqinfra.providers.kafka.verification.procedures.stranger import STRANGER, Stranger


class Enforced(Check):
    """A user that nobody granted anything."""

    id = "V32"
    name = "enforced"
    proves = (
        "The brokers enforce rights: a new user without any may neither write, read, describe a group nor configure."
    )
    open = "Super users and listeners without a login have all rights, and were not tested."
    procedure = Stranger

    def asked(self, place: Place) -> Asked | None:
        """On one topic of a cluster with logins."""
        return (
            Asked("a user without rights may do nothing") if isinstance(place, TopicPlace) and place.strangers else None
        )

    def judge(self, case: Case) -> Conclusion:
        """All acts of the stranger."""
        some = tries(case, STRANGER)
        through = [one.subject for one in some if one.known is Known.OK]
        if not through and (why := unproven(case, some)) is not None:
            return why
        return none_or(
            through,
            f"{many(len(some), 'operation')} denied ({', '.join(sorted({one.error for one in some}))})",
            f"{len(through):,} of {many(len(some), 'operation')} allowed to a user without rights",
            samples=len(some),
            causes=("the brokers have no authorizer", "`allow.everyone.if.no.acl.found=true`", "an ACL of `User:*`"),
            fix="set `authorizer.class.name`, and leave `allow.everyone.if.no.acl.found` off",
        )
