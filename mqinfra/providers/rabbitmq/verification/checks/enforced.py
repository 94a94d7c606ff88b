"""V32: the broker heeds permissions at all."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.procedures.strangers import ACTS, ALLOWED, DENIED, ENTERS, Strangers

_CODE = "403"


class Enforced(Check):
    """A user without rights is refused what we may do, on the same copy, by the broker's own code."""

    id = "V32"
    name = "enforced"
    proves = "A user without rights may not publish, consume or declare, where a user with rights may."
    open = "Declared users were not tested; V30 and V31 evaluate their rights."
    procedure = Strangers

    def asked(self, place: Place) -> Asked | None:
        """Of every queue."""
        return Asked("a user without rights is refused") if isinstance(place, QueuePlace) else None

    def judge(self, case: Case) -> Conclusion:
        """Refusals, where the same act works with rights and the stranger was let in."""
        tried = {one.subject: one for one in case.operations if one.subject}
        entered = tried.get(ENTERS)
        if entered is None or entered.known is not Known.OK:
            why = entered.error if entered is not None else "it was not tried"
            return Conclusion(
                Result.INCONCLUSIVE, f"the user without rights could not log in, so nothing was refused: {why}"
            )
        works = [act for act in ACTS if (one := tried.get(f"{act} {ALLOWED}")) is not None and one.known is Known.OK]
        if len(works) < len(ACTS):
            rest = ", ".join(act for act in ACTS if act not in works)
            return Conclusion(Result.INCONCLUSIVE, f"the verifying user could not do it either: {rest}")
        denied = {act: tried.get(f"{act} {DENIED}") for act in ACTS}
        done = [act for act, one in denied.items() if one is not None and one.known is Known.OK]
        other = [act for act, one in denied.items() if one is None or (act not in done and _CODE not in one.error)]
        if done:
            return none_or(
                done,
                "",
                f"allowed without rights: {', '.join(done)}",
                samples=len(ACTS),
                causes=("an authorization backend allows everything",),
                fix="check `auth_backends`",
            )
        if other:
            return Conclusion(Result.INCONCLUSIVE, f"not refused for lack of rights: {', '.join(other)}")
        return Conclusion(
            Result.PASS,
            f"{many(len(ACTS), 'operation')} refused ({_CODE}) that succeed for the verifying user",
            samples=len(ACTS),
        )
