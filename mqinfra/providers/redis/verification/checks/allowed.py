"""V30: users may do what is declared."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import APPLY, many
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.redis.verification.checks.rights import answers, untold
from mqinfra.providers.redis.verification.place import UserPlace
from mqinfra.providers.redis.verification.procedures.matrix import Matrix


class Allowed(Check):
    """Each declared right, asked of each server."""

    id = "V30"
    name = "allowed"
    proves = "By ACL DRYRUN, each server lets the user do with the declared streams what the manifest grants."
    open = "The server was asked; nothing was done as this user, and the password was not tested."
    procedure = Matrix
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of users, where there are streams."""
        some = isinstance(place, UserPlace) and place.streams
        return Asked("the user has the granted rights") if some else None

    def judge(self, case: Case) -> Conclusion:
        """Whatever is granted and refused is wrong."""
        some = answers(case, allowed=True)
        refused = [one for one in some if one.known is Known.FAILED]
        if refused:
            return Conclusion(
                Result.FAIL,
                f"{len(refused):,} of {many(len(some), 'right')} refused: {refused[0].error}",
                offenders=sorted(one.subject for one in refused),
                causes=("the user's rules on this server differ from the manifest",),
                fix=APPLY,
                samples=len(some),
            )
        told = [one for one in some if one.known is Known.OK]
        if not told or len(told) < len(some):
            return untold(some)
        return Conclusion(Result.PASS, f"{many(len(told), 'right')}, all granted", samples=len(told))
