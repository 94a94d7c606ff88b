"""V46: an alarm holds publishers back, they go on after it, and nothing that was acknowledged is lost."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.verify.procedures.alarm import AFTER, ALARMED, CALMED, DURING, WITHIN, Alarm
from mqinfra.verify.procedures.command import why_not

_MS = 1_000_000


class AlarmSurvived(Check):
    """Messages before, during and after an alarm against what is there."""

    id = "V46"
    name = "alarm"
    proves = "An alarm blocks publishers, they continue after it clears, and no acknowledged message is lost."
    open = "A command raised the alarm; the broker was not really out of memory or disk space."
    procedure = Alarm
    option = "--alarm-cmd COMMAND --calm-cmd COMMAND"
    about = frozenset({About.CLUSTER})
    by_absence = True

    def asked(self, place: Place) -> Asked | None:
        """Where the caller gave the commands."""
        return Asked("an alarm blocks publishers and loses no message") if place.lab.alarm else None

    def judge(self, case: Case) -> Conclusion:
        """If the alarm held anything back at all."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        for subject in (ALARMED, CALMED):
            for one in case.seen(subject):
                if why := why_not(one.seen):
                    return Conclusion(Result.INCONCLUSIVE, f"the {subject} failed {why}")
        calmed = next(iter(case.seen(CALMED)), None)
        held = {one.uid for one in case.of(Act.PUBLISH) if one.uid.startswith(DURING)} - case.acknowledged
        if calmed is None or not held:
            return Conclusion(Result.INCONCLUSIVE, "the command succeeded, but the broker kept acknowledging messages")
        taken = [one.ended for one in case.of(Act.PUBLISH, known=Known.OK) if one.uid.startswith(AFTER)]
        there = {one.uid for act in (Act.RECEIVE, Act.DRAIN) for one in case.of(act)}
        lost = case.acknowledged - there
        told = f"{many(len(held), 'message')} blocked by the alarm"
        if not taken:
            return none_or(
                ["no message was acknowledged afterwards"],
                "",
                f"{told}, none acknowledged within {WITHIN:.0f} s after it cleared",
                samples=len(case.acknowledged),
                causes=("the alarm is still on", "the broker blocks connections for longer than the alarm lasts"),
            )
        first = max(0, min(taken) - calmed.ended) // _MS
        number = many(len(case.acknowledged), "acknowledged message")
        return none_or(
            lost,
            f"{told}, the next one acknowledged {first:,} ms after it cleared; {number}, none lost",
            f"{told}; {many(len(lost), 'acknowledged message')} lost",
            samples=len(case.acknowledged),
            causes=("the broker drops messages when memory is short",),
            fix="limit the length of queues, so that publishers are refused before an alarm is raised",
        )
