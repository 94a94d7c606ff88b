"""V31: users may not do what is not declared."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import APPLY, many
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.redis.verification.checks.rights import answers, untold
from mqinfra.providers.redis.verification.place import UserPlace
from mqinfra.providers.redis.verification.procedures.matrix import Matrix


class Denied(Check):
    """Streams that the user has no business with, names beside its own, and what is about the whole server."""

    id = "V31"
    name = "denied"
    proves = "By ACL DRYRUN, each server refuses the user what the manifest does not grant."
    open = "Declared streams, similar names and a few commands about the whole server were asked about; V32 tries it."
    procedure = Matrix
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of users, where there are streams."""
        some = isinstance(place, UserPlace) and place.streams
        return Asked("the user has no other rights") if some else None

    def judge(self, case: Case) -> Conclusion:
        """What is let through is wrong; a refusal counts where the same is allowed to this session."""
        some = answers(case, allowed=False)
        let_through = [one for one in some if one.known is Known.OK]
        if let_through:
            return Conclusion(
                Result.FAIL,
                f"{len(let_through):,} of {many(len(some), 'operation')} allowed without a grant",
                offenders=sorted(one.subject for one in let_through),
                causes=("the user's rules on this server are wider than the manifest's",),
                fix=APPLY,
                samples=len(some),
            )
        proven = [
            one for one in some if one.known is Known.FAILED and isinstance(one.seen, dict) and one.seen.get("control")
        ]
        if not proven or any(one.known is Known.UNKNOWN for one in some):
            return untold(some)
        return Conclusion(
            Result.PASS,
            f"{many(len(proven), 'operation')} refused that the verifying user is allowed",
            samples=len(proven),
        )
