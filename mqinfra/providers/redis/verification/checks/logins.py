"""V29: nobody gets in without the right credentials."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.redis.verification.place import DeploymentPlace, UserPlace
from mqinfra.providers.redis.verification.procedures.logins import CONTROL, NO_LOGIN, Logins


class RefusedLogins(Check):
    """A wrong password, an unknown user, and no login at all."""

    id = "V29"
    name = "refused logins"
    proves = "A wrong password and an unknown user are refused, and a client without a login may do nothing."
    open = "Weak and leaked passwords were not looked for."
    procedure = Logins
    about = frozenset({About.CLUSTER, About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of declared users that may log in, and of a deployment that has some."""
        if isinstance(place, UserPlace) and place.enabled:
            return Asked("a wrong password is refused")
        if isinstance(place, DeploymentPlace) and place.users:
            return Asked("invalid credentials, and clients without any, are refused")
        return None

    def judge(self, case: Case) -> Conclusion:
        """Every attempt but the control has to be refused, by the server's code for it."""
        tried = [one for one in case.of(Act.TRY) if one.subject != CONTROL]
        control = next((one for one in case.seen(CONTROL) if one.known is Known.OK), None)
        let_in = [one for one in tried if one.known is Known.OK]
        if let_in:
            told = [
                f"{one.subject}: accepted{f' as `{one.seen}`' if one.subject == NO_LOGIN else ''}" for one in let_in
            ]
            return Conclusion(
                Result.FAIL,
                "; ".join(told),
                offenders=sorted(one.subject for one in let_in),
                causes=("`nopass` accepts every password", "`default` is enabled and has no password"),
                fix="give the user a password; declare `default` with `enabled: false`, or with a password",
                samples=len(tried),
            )
        odd = [one for one in tried if one.known is Known.UNKNOWN]
        if control is None or odd or not tried:
            why = (
                "; ".join(f"{one.subject}: {one.error}" for one in odd) or "the verifying user could not be identified"
            )
            return Conclusion(Result.INCONCLUSIVE, why)
        told = [f"{one.subject}: {one.error}" for one in tried]
        return Conclusion(Result.PASS, f"{'; '.join(told)}; the verifying user is `{control.seen}`", samples=len(tried))
