"""V30: who should have a right has it."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import APPLY, many, none_or
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.rabbitmq.spec.permission import KIND, TOPIC_KIND
from mqinfra.providers.rabbitmq.verification.checks.rights import cells, looked_at
from mqinfra.providers.rabbitmq.verification.procedures.rights import Rights


class Allowed(Check):
    """Every name that declared patterns cover is covered by those in force."""

    id = "V30"
    name = "allowed"
    proves = "The user has the declared rights on every existing queue and exchange."
    open = "Rights were evaluated; nothing was tried as the user."
    procedure = Rights
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of permissions, on names and on routing keys."""
        return Asked("the user has the declared rights") if place.address.kind in (KIND, TOPIC_KIND) else None

    def judge(self, case: Case) -> Conclusion:
        """Declared without live."""
        if not looked_at(case):
            return Conclusion(Result.INCONCLUSIVE, "no right was evaluated")
        some = list(cells(case))
        lacking = [f"{one.right} `{one.name}`" for one in some if one.declared and not one.live]
        number = sum(one.declared for one in some)
        having = f"the {many(number, 'declared right')} {'is' if number == 1 else 'are'}"
        return none_or(
            lacking,
            f"{having} in force ({looked_at(case):,} combinations checked)"
            if number
            else "no right is declared on them",
            f"{many(len(lacking), 'declared right')} not in force",
            samples=looked_at(case),
            causes=("someone changed the permission by hand", "the manifest has not been applied yet"),
            fix=APPLY,
        )
