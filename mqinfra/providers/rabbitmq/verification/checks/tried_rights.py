"""V31b: a declared user is refused, by the broker, what nobody declares it may do."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import APPLY, many, none_or
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.rabbitmq.verification.principal import PrincipalPlace
from mqinfra.providers.rabbitmq.verification.procedures.tried_rights import CONTROL, ENTERS, UNDECLARED, TriedRights

_CODE = "403"


class DeniedToUser(Check):
    """A declared user tries acts on canaries with its own password."""

    id = "V31b"
    name = "denied to the user"
    proves = "The user, logged in with its own password, is refused what no declared right covers."
    open = "Names in use were not tested (V31 evaluates rights on them), nor users without a declared password."
    procedure = TriedRights
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Of permissions of users whose passwords are declared."""
        if not isinstance(place, PrincipalPlace):
            return None
        asked = f"`{place.name}` is refused what is not granted"
        if place.everywhere:
            return Skipped(asked, "its declared rights cover every name")
        return Asked(asked)

    def judge(self, case: Case) -> Conclusion:
        """Acts without a declared right, where the user was let in and the same works as this session."""
        entered = next((one for one in case.seen(ENTERS)), None)
        if entered is None or entered.known is not Known.OK:
            why = entered.error if entered is not None else "it was not tried"
            return Conclusion(Result.INCONCLUSIVE, f"the user could not log in, so nothing was refused: {why}")
        some = [one for one in case.of(Act.TRY) if one.subject.endswith(UNDECLARED)]
        through = [one.subject.removesuffix(f" {UNDECLARED}") for one in some if one.known is Known.OK]
        if not through:
            vain = [
                one.subject.removesuffix(f" {CONTROL}")
                for one in case.of(Act.TRY)
                if one.subject.endswith(CONTROL) and one.known is not Known.OK
            ]
            other = [one.subject for one in some if _CODE not in one.error]
            if vain or not some:
                return Conclusion(
                    Result.INCONCLUSIVE, f"the verifying user could not do it either: {', '.join(vain) or 'nothing'}"
                )
            if other:
                return Conclusion(Result.INCONCLUSIVE, f"not refused for lack of rights: {', '.join(other)}")
        return none_or(
            through,
            f"{many(len(some), 'operation')} refused ({_CODE}) that succeed for the verifying user",
            f"{len(through):,} of {many(len(some), 'operation')} allowed without a declared right",
            samples=len(some),
            causes=("a pattern in force is not anchored (`^...$`), or differs from the declared one",),
            fix=APPLY,
        )
