"""V30: what is granted works."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.verification.checks.tries import tries
from mqinfra.providers.kafka.verification.place import TopicPlace
from mqinfra.providers.kafka.verification.procedures.stranger import GRANTED, Stranger


class Allowed(Check):
    """A new user that was granted rights on a topic and a group."""

    id = "V30"
    name = "allowed"
    proves = "A user with an ACL on a topic may write, read and configure it, and one on a group may describe it."
    open = "Existing users were not impersonated; their rights were compared with the manifest (V01)."
    procedure = Stranger

    def asked(self, place: Place) -> Asked | None:
        """On one topic of a cluster with logins."""
        return Asked("granted operations succeed") if isinstance(place, TopicPlace) and place.strangers else None

    def judge(self, case: Case) -> Conclusion:
        """All acts with the grant."""
        some = tries(case, GRANTED)
        unsure = [f"{one.subject} ({one.error or 'no answer'})" for one in some if one.known is Known.UNKNOWN]
        if unsure or not some:
            return Conclusion(Result.INCONCLUSIVE, f"no clear answer to {', '.join(unsure) or 'anything'}")
        refused = [one.subject for one in some if one.known is Known.FAILED]
        return none_or(
            refused,
            f"{many(len(some), 'operation')} allowed by a grant",
            f"{len(refused):,} of {many(len(some), 'operation')} denied despite a grant",
            samples=len(some),
            causes=("an ACL with `deny` for everybody overrides every grant", "brokers learn of grants late"),
            fix="look for ACLs with `permission: deny`",
        )
