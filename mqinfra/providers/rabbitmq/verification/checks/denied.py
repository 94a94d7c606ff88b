"""V31: who should not have a right has it not."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import APPLY, many, none_or
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.rabbitmq.spec.permission import KIND, TOPIC_KIND
from mqinfra.providers.rabbitmq.verification.checks.rights import cells, looked_at
from mqinfra.providers.rabbitmq.verification.procedures.rights import Rights


class Denied(Check):
    """No name that is there, nor one like it, is covered in force and not declared."""

    id = "V31"
    name = "denied"
    proves = "The user has no more rights than declared, on existing names and on similar ones."
    open = "Rights were evaluated; nothing was tried as the user. V32 proves that the broker enforces them."
    procedure = Rights
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of permissions, on names and on routing keys."""
        return Asked("the user has no undeclared rights") if place.address.kind in (KIND, TOPIC_KIND) else None

    def judge(self, case: Case) -> Conclusion:
        """Live without declared."""
        if not looked_at(case):
            return Conclusion(Result.INCONCLUSIVE, "no right was evaluated")
        some = list(cells(case))
        beyond = [f"{one.right} `{one.name}`" for one in some if one.live and not one.declared]
        return none_or(
            beyond,
            f"no undeclared right is in force ({looked_at(case):,} combinations checked)",
            f"{many(len(beyond), 'undeclared right')} in force",
            samples=looked_at(case),
            causes=(
                "someone changed the permission by hand",
                "a pattern in force is not anchored (`^...$`)",
                "a topic permission was deleted",
            ),
            fix=APPLY,
        )
