"""V01: what is in force equals what is declared."""

from pydantic import BaseModel

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.verify.procedures.compare import CHANGE, READ, Compare


class Seen(BaseModel):
    """What the plan would change: an action, or none, and the fields that differ."""

    action: str | None
    fields: list[str]


class SettingsEqual(Check):
    """A plan would change nothing of the resource."""

    id = "V01"
    name = "settings"
    proves = "The live resource is there, and every declared setting is in force."
    open = "Settings that are not declared were not compared."
    procedure = Compare
    about = frozenset({About.MESSAGES, About.RESOURCE})

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - asked of everything that is declared
        """Of everything that is declared."""
        return Asked("live settings equal the declared ones")

    def judge(self, case: Case) -> Conclusion:
        """Fail by any change that a plan would make."""
        unseen = [one.error for one in case.seen(READ)]
        if unseen:
            return Conclusion(Result.INCONCLUSIVE, f"it could not be read: {unseen[0]}")
        observed = case.seen(CHANGE)
        if not observed:
            return Conclusion(Result.INCONCLUSIVE, "no plan was made of it")
        seen = Seen.model_validate(observed[-1].seen)
        if seen.action is None:
            return Conclusion(Result.PASS, "a plan would change nothing", samples=1)
        causes = ("it was not applied yet", "somebody changed it by hand: `mqinfra drift` says who did what")
        number = f" {many(len(seen.fields), 'field')}" if seen.fields else ""
        evidence = f"a plan would {seen.action}{number}" + (" of it" if seen.fields else " it")
        return Conclusion(Result.FAIL, evidence, seen.fields, causes, "see `mqinfra plan`, then `mqinfra apply`", 1)
