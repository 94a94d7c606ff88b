"""V30: who should have a right has it."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.rabbitmq.spec.permission import KIND, TOPIC_KIND
from mqinfra.providers.rabbitmq.verification.checks.rights import cells, looked_at
from mqinfra.providers.rabbitmq.verification.procedures.rights import Rights


class Allowed(Check):
    """Every name that declared patterns cover is covered by those in force."""

    id = "V30"
    name = "allowed"
    proves = "The user has the declared rights on every queue and exchange that is there."
    open = "Rights were evaluated, and nothing was tried as the user."
    procedure = Rights
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of permissions, on names and on routing keys."""
        return Asked("the user has the rights that are declared") if place.address.kind in (KIND, TOPIC_KIND) else None

    def judge(self, case: Case) -> Conclusion:
        """Declared without live."""
        if not looked_at(case):
            return Conclusion(Result.INCONCLUSIVE, "no right was looked at")
        some = list(cells(case))
        lacking = [f"{one.right} `{one.name}`" for one in some if one.declared and not one.live]
        number = many(sum(one.declared for one in some), "declared right")
        return none_or(
            lacking,
            f"{number} of {looked_at(case):,} looked at, all in force",
            f"{many(len(lacking), 'declared right')} not in force",
            samples=looked_at(case),
            causes=("somebody changed the permission by hand", "it was never applied"),
            fix="run `mqinfra apply`",
        )
