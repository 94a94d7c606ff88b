"""V01: what is in force equals what is declared."""

from pydantic import BaseModel

from mqinfra.model.change import Action
from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import APPLY, many
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.verify.procedures.compare import CHANGE, READ, Compare

_UNAPPLIED = "the manifest has not been applied yet"


class Seen(BaseModel):
    """What the plan would change: an action, or none, and the fields that differ."""

    action: str | None
    fields: list[str]


class SettingsEqual(Check):
    """The live resource matches the manifest."""

    id = "V01"
    name = "settings"
    proves = "The resource exists, and every declared setting is in force."
    open = "Only declared settings were compared."
    procedure = Compare
    about = frozenset({About.MESSAGES, About.RESOURCE})

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - asked of everything that is declared
        """Of everything that is declared."""
        return Asked("live settings equal the declared ones")

    def judge(self, case: Case) -> Conclusion:
        """Fail by any change that a plan would make."""
        unseen = [one.error for one in case.seen(READ)]
        if unseen:
            return Conclusion(Result.INCONCLUSIVE, f"the resource could not be read: {unseen[0]}")
        observed = case.seen(CHANGE)
        if not observed:
            return Conclusion(Result.INCONCLUSIVE, "the resource was not compared")
        seen = Seen.model_validate(observed[-1].seen)
        if seen.action is None:
            return Conclusion(Result.PASS, "matches the manifest", samples=1)
        if seen.action == Action.CREATE:
            deleted = "someone deleted it by hand: `mqinfra drift` compares with the last apply"
            return Conclusion(Result.FAIL, "does not exist on the broker", (), (_UNAPPLIED, deleted), APPLY, 1)
        differ = f"{many(len(seen.fields), 'setting')} {'differs' if len(seen.fields) == 1 else 'differ'}"
        evidence = f"{differ} from the manifest" if seen.fields else f"a plan would {seen.action} it"
        changed = "someone changed it by hand: `mqinfra drift` compares with the last apply"
        return Conclusion(Result.FAIL, evidence, seen.fields, (_UNAPPLIED, changed), APPLY, 1)
