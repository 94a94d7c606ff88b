"""V32: the server does refuse whom nobody granted anything."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.redis.verification.procedures.enforcement import CONTROL, IDENTITY, MADE, Enforcement


class Enforced(Check):
    """A user of its own without any right, on a copy."""

    id = "V32"
    name = "enforced"
    proves = "A user without rights who has logged in is refused what the verifying user may do on the same stream."
    open = "It was a new user; what declared ones may do is checked by V30 and V31."
    procedure = Enforcement

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - the same for every stream
        """Of every stream."""
        return Asked("a user without rights is refused")

    def judge(self, case: Case) -> Conclusion:
        """Refused by its own name, with the control let through."""
        made = next((one for one in case.seen(MADE)), None)
        if made is None or made.known is not Known.OK:
            why = f": {made.error}" if made is not None else ""
            return Conclusion(Result.INCONCLUSIVE, f"no user without rights could be created{why}")
        who = next((str(one.seen) for one in case.seen(IDENTITY)), "nobody")
        tried = [one for one in case.of(Act.TRY) if one.subject.endswith(" as a stranger")]
        controls = {one.subject.removesuffix(CONTROL) for one in case.of(Act.TRY, known=Known.OK)}
        if who != "itself":
            return Conclusion(Result.INCONCLUSIVE, f"the server took the user without rights for `{who}`")
        let_through = [one.subject for one in tried if one.known is Known.OK]
        if let_through:
            return Conclusion(
                Result.FAIL,
                f"{len(let_through):,} of {many(len(tried), 'operation')} allowed without rights",
                offenders=sorted(let_through),
                causes=("something grants rights to users that nobody declared",),
                samples=len(tried),
            )
        proven = [
            one for one in tried if one.known is Known.FAILED and one.subject.removesuffix("as a stranger") in controls
        ]
        if not proven or len(proven) < len(tried):
            return Conclusion(
                Result.INCONCLUSIVE, "the verifying user may not do it either, so a refusal proves nothing"
            )
        return Conclusion(
            Result.PASS,
            f"{many(len(proven), 'operation')} refused that succeed for the verifying user",
            samples=len(proven),
        )
