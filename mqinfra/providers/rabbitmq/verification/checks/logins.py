"""V29: nobody gets in without a right login."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.rabbitmq.verification.procedures.logins import ANONYMOUS, OURS, UNKNOWN, Logins

_REFUSED, _NOT_ALLOWED, _COMMAND_INVALID = 403, 530, 503
_ANONYMOUS = (
    "SASL ANONYMOUS is logged in as the user named by `anonymous_login_user`, by default `guest` from RabbitMQ 4.0 on; "
    "`guest` itself is only accepted from the server's own machine"
)
_BACKEND = "an authentication backend accepts everybody"


class NobodyGetsIn(Check):
    """Where our own login works, one of an unknown user and none at all are refused."""

    id = "V29"
    name = "login"
    proves = "The broker refuses unknown users, and connections without credentials."
    open = "Password strength was not checked, nor protocols other than AMQP."
    procedure = Logins
    about = frozenset({About.CLUSTER})

    def asked(self, place: Place) -> Asked | None:  # noqa: ARG002 - the same everywhere
        """Always."""
        return Asked("invalid credentials are refused")

    def judge(self, case: Case) -> Conclusion:
        """The refusals, against our own login as the control."""
        tried = {one.subject: one for one in case.operations}
        ours = tried.get(OURS)
        # Not to be allowed into a vhost is said after the login was taken.
        if ours is None or not (ours.known is Known.OK or ours.seen == _NOT_ALLOWED):
            why = ours.error if ours is not None else "it was not tried"
            return Conclusion(Result.INCONCLUSIVE, f"our own login was refused, so a refusal proves nothing: {why}")
        codes = {UNKNOWN: (_REFUSED,), ANONYMOUS: (_REFUSED, _NOT_ALLOWED, _COMMAND_INVALID)}
        some = {who: tried[who] for who in codes if who in tried}
        inside = [who for who, one in some.items() if one.known is Known.OK]
        if inside:
            return none_or(
                inside,
                "",
                f"{' and '.join(inside)} logged in",
                samples=len(some),
                causes=(_BACKEND if UNKNOWN in inside else _ANONYMOUS,),
                fix="check `auth_backends`" if UNKNOWN in inside else "set `anonymous_login_user = none`",
            )
        refused = [who for who, one in some.items() if one.seen in codes[who]]
        if UNKNOWN not in refused:
            said = some[UNKNOWN].error if UNKNOWN in some else "it was not tried"
            return Conclusion(Result.INCONCLUSIVE, f"an unknown user was not refused for its credentials: {said}")
        return Conclusion(
            Result.PASS, f"{many(len(refused), 'bad login')} refused, our login accepted", samples=len(some)
        )
