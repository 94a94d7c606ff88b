"""V44: a message that the team's own consumer can't handle ends in the dead letters, and the others get through."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.poison import OTHERS, PASSED, POISON, Poison


class Poisoned(Check):
    """Where the poison is, and how far the team's consumers are with what came before and after it."""

    id = "V44"
    name = "poison"
    proves = "The team's own consumer moves a message that it can't process to the dead letters, and continues."
    open = "One kind of message was tested; another kind may still stop the consumer."
    procedure = Poison
    option = "--poison FILE"

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Where the caller gave a message and there are dead letters."""
        if place.lab.poison is None:
            return None
        asked = "a message that can't be processed becomes a dead letter"
        return Asked(asked) if place.buries else Skipped(asked, "it has no dead letters")

    def judge(self, case: Case) -> Conclusion:
        """Both have to be seen: the poison in the dead letters, and the others done with."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        poison = next((one for one in case.of(Act.PUBLISH) if one.uid.startswith(POISON)), None)
        if poison is None or poison.uid not in case.acknowledged:
            return Conclusion(Result.INCONCLUSIVE, "the poison message was not acknowledged")
        dead = {one.uid for one in case.of(Act.DRAIN) if one.key == poison.key}
        passed = next((one.seen for one in reversed(case.seen(PASSED))), None)
        if not isinstance(passed, int):
            return Conclusion(Result.INCONCLUSIVE, "the broker does not report how far the consumers are")
        others = 2 * OTHERS
        if not dead and not passed:
            return Conclusion(
                Result.INCONCLUSIVE, "no consumer processed anything: none is running, or none reads here"
            )
        wrong = [] if dead else ["the poison message is not a dead letter"]
        if passed < others:
            wrong.append(f"{others - passed} of {many(others, 'other message')} not processed")
        if buried := dead - {poison.uid, ""}:
            wrong.append(f"{many(len(buried), 'other message')} dead-lettered")
        return none_or(
            wrong,
            f"the poison message is a dead letter, {many(passed, 'other message')} processed",
            f"the poison message is {'' if dead else 'not '}a dead letter, {passed} of {many(others, 'other message')} "
            "processed",
            samples=passed + len(dead),
            causes=("the consumer retries for ever", "it drops messages without keeping them"),
            fix="after a few attempts, write the message to the dead letters and acknowledge it",
        )
