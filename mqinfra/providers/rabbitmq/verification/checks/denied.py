"""V31: who should not have a right has it not."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.rabbitmq.spec.permission import KIND, TOPIC_KIND
from mqinfra.providers.rabbitmq.verification.checks.rights import cells, looked_at
from mqinfra.providers.rabbitmq.verification.procedures.rights import Rights


class Denied(Check):
    """No name that is there, nor one like it, is covered in force and not declared."""

    id = "V31"
    name = "denied"
    proves = "The user has no more rights than declared, on names that are there and on names like them."
    open = "Rights were evaluated, and nothing was tried as the user; V32 proves that the broker heeds them."
    procedure = Rights
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of permissions, on names and on routing keys."""
        return (
            Asked("the user has no other rights than are declared")
            if place.address.kind in (KIND, TOPIC_KIND)
            else None
        )

    def judge(self, case: Case) -> Conclusion:
        """Live without declared."""
        if not looked_at(case):
            return Conclusion(Result.INCONCLUSIVE, "no right was looked at")
        some = list(cells(case))
        beyond = [f"{one.right} `{one.name}`" for one in some if one.live and not one.declared]
        denied = looked_at(case) - sum(one.live for one in some)
        return none_or(
            beyond,
            f"{denied:,} of {many(looked_at(case), 'right')} looked at are refused, as declared",
            f"{many(len(beyond), 'right')} in force that nobody declares",
            samples=looked_at(case),
            causes=(
                "somebody changed the permission by hand",
                "a pattern in force has no anchors",
                "a topic permission is gone",
            ),
            fix="run `mqinfra apply`",
        )
