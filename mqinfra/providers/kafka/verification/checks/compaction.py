"""V22: compaction keeps the last value of each key."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.topics.fields import CLEANUP
from mqinfra.providers.kafka.verification.procedures.aging import REMAINING, ROLLING, Compaction


class KeepsLastValues(Check):
    """What is left of each key after the broker has thrown something away."""

    id = "V22"
    name = "compaction"
    proves = "The broker compacts, and never removes the last value of a key."
    open = "The copy had segments of a second; the topic itself is compacted as its own settings say."
    procedure = Compaction
    by_absence = True

    def asked(self, place: Place) -> Asked | None:
        """Of topics that are declared to be compacted."""
        item = place.declaration
        policy = str(item.spec.field(CLEANUP) or "") if item is not None else ""
        return Asked("the last value of each key is kept", CLEANUP) if "compact" in policy else None

    def judge(self, case: Case) -> Conclusion:
        """The highest number that was acknowledged of each key against those that are there."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        last: dict[str, int] = {}
        for one in case.of(Act.PUBLISH, known=Known.OK):
            if not one.uid.startswith(ROLLING):
                last[one.key] = max(last.get(one.key, -1), one.number)
        left = {(one.key, one.number) for one in case.of(Act.DRAIN)}
        gone = sorted(key for key, number in last.items() if (key, number) not in left)
        sent = len(case.acknowledged)
        if not case.seen(REMAINING) and not gone:
            return Conclusion(
                Result.INCONCLUSIVE, f"all {many(sent, 'record')} were still there: nothing was compacted"
            )
        return none_or(
            gone,
            f"{len(case.of(Act.DRAIN)):,} of {many(sent, 'record')} left after compaction, among them the last "
            f"value of {many(len(last), 'key')}",
            f"the last value of {len(gone):,} of {many(len(last), 'key')} is missing",
            samples=len(last),
            causes=("the topic also deletes by age, sooner than it compacts", "a tombstone was sent for the keys"),
            fix="leave `delete` out of `cleanup.policy`, or raise `retention.ms`",
        )
