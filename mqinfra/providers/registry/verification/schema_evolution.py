"""V35: the registry lets schemas evolve as is declared, and refuses what breaks clients."""

from collections.abc import Mapping

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known, Operation
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import APPLY
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.registry.subjects.spec import KIND
from mqinfra.providers.registry.verification.evolution import LEVEL, MAY_FOLLOW, MAY_NOT, SAME, Evolution


class SchemaEvolution(Check):
    """One schema that may follow and one that may not, made from the declared one."""

    id = "V35"
    name = "schema evolution"
    proves = (
        "By its own dry run, the registry accepts a compatible variant of the schema and refuses an incompatible one."
    )
    open = "One change of each kind was tested; brokers that do not validate accept any payload all the same."
    procedure = Evolution
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of subjects."""
        return Asked("compatible schemas are accepted, and no others") if place.address.kind == KIND else None

    def judge(self, case: Case) -> Conclusion:
        """By the declared level: NONE refuses nothing."""
        level = str(next((one.seen for one in case.seen(LEVEL)), "") or "")
        tried = {one.subject: one for one in case.of(Act.TRY)}
        unknown = [one for one in tried.values() if one.known is Known.UNKNOWN]
        if not level or SAME not in tried or unknown:
            why = f"{unknown[0].subject}: {unknown[0].error}" if unknown else "the registry reports no level"
            return Conclusion(Result.INCONCLUSIVE, why)
        wrong = [
            f"{name} is refused: {tried[name].error}" for name in (SAME, MAY_FOLLOW) if _is(tried, name, Known.FAILED)
        ]
        if level != "NONE" and _is(tried, MAY_NOT, Known.OK):
            wrong.append(f"{MAY_NOT} is accepted")
        if level == "NONE" and _is(tried, MAY_NOT, Known.FAILED):
            wrong.append(f"{MAY_NOT} is refused: {tried[MAY_NOT].error}")
        if wrong:
            return Conclusion(
                Result.FAIL,
                f"level {level}: {'; '.join(wrong)}",
                causes=(
                    "the level in force differs from the declared one",
                    "the latest version is not the declared one",
                ),
                fix=APPLY,
                samples=len(tried),
            )
        if MAY_FOLLOW not in tried or MAY_NOT not in tried:
            return Conclusion(Result.INCONCLUSIVE, "no variant could be made of a schema of this shape")
        word = "accepted, as nothing is checked" if level == "NONE" else "refused"
        return Conclusion(
            Result.PASS, f"level {level}: {MAY_FOLLOW} is accepted, {MAY_NOT} is {word}", samples=len(tried)
        )


def _is(tried: Mapping[str, Operation], name: str, known: Known) -> bool:
    return name in tried and tried[name].known is known
