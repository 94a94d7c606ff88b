"""V29: who has no password, or a wrong one, is not let in."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import none_or
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.verification.place import TopicPlace
from mqinfra.providers.kafka.verification.procedures.stranger import IDENTITY, UNKNOWN_USER, WRONG, Stranger


class RefusedLogins(Check):
    """A canary's user with a wrong password, and one that is not there; the right password is the control."""

    id = "V29"
    name = "logins"
    proves = "The listener refuses a wrong password and an unknown user, and lets in the right one."
    open = "Other listeners and mechanisms were not tried; nor were real users, which might be locked out."
    procedure = Stranger

    def asked(self, place: Place) -> Asked | None:
        """On one topic of a cluster with logins."""
        return Asked("wrong logins are refused") if isinstance(place, TopicPlace) and place.strangers else None

    def judge(self, case: Case) -> Conclusion:
        """Two that must fail, and one that must not."""
        wrong = [one for subject in (WRONG, UNKNOWN_USER) for one in case.seen(subject)]
        let_in = [one.subject for one in wrong if one.known is Known.OK]
        if not let_in:
            if not any(one.known is Known.OK for one in case.seen(IDENTITY)):
                return Conclusion(Result.INCONCLUSIVE, "the right password was not let in either")
            if not wrong or any(one.known is Known.UNKNOWN for one in wrong):
                return Conclusion(Result.INCONCLUSIVE, "no clear answer to a wrong login")
        return none_or(
            let_in,
            f"{len(wrong)} wrong logins refused, the right one let in",
            f"{len(let_in)} of {len(wrong)} wrong logins let in",
            samples=len(wrong),
            causes=("the listener takes whoever comes",),
            fix="give the listener a security protocol with SASL",
        )
