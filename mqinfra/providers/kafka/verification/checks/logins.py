"""V29: who has no password, or a wrong one, is not let in."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.verification.place import TopicPlace
from mqinfra.providers.kafka.verification.procedures.stranger import IDENTITY, UNKNOWN_USER, WRONG, Stranger


class RefusedLogins(Check):
    """A canary's user with a wrong password, and one that is not there; the right password is the control."""

    id = "V29"
    name = "logins"
    proves = "The listener refuses a wrong password and an unknown user, and accepts the right one."
    open = "Other listeners and mechanisms were not tested; nor were real users, which might be locked out."
    procedure = Stranger

    def asked(self, place: Place) -> Asked | None:
        """On one topic of a cluster with logins."""
        return Asked("invalid credentials are refused") if isinstance(place, TopicPlace) and place.strangers else None

    def judge(self, case: Case) -> Conclusion:
        """Two that must fail, and one that must not."""
        wrong = [one for subject in (WRONG, UNKNOWN_USER) for one in case.seen(subject)]
        let_in = [one.subject for one in wrong if one.known is Known.OK]
        if not let_in:
            if not any(one.known is Known.OK for one in case.seen(IDENTITY)):
                return Conclusion(Result.INCONCLUSIVE, "the right password was not accepted either")
            if not wrong or any(one.known is Known.UNKNOWN for one in wrong):
                return Conclusion(Result.INCONCLUSIVE, "no clear answer to a bad login")
        return none_or(
            let_in,
            f"{many(len(wrong), 'bad login')} refused, the right one accepted",
            f"{len(let_in)} of {many(len(wrong), 'bad login')} accepted",
            samples=len(wrong),
            causes=("the listener accepts everybody",),
            fix="give the listener a security protocol with SASL",
        )
