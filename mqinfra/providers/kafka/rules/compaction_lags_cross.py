"""MQ313: the shortest compaction lag is longer than the longest."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.kafka.rules.topic import MAX_LAG, MIN_LAG, TOPICS, number, shown


class CompactionLagsCross(ResourceRule):
    """Kafka refuses it: `conflict topic config setting`, LogConfig.validateValues."""

    kinds = TOPICS
    code = Code(
        "MQ313",
        "compaction lags contradict each other",
        "`min.compaction.lag.ms` is how long a record is safe from compaction, `max.compaction.lag.ms` how long it may "
        "wait for it. The first can't be above the second, and the broker refuses a topic where it is.",
        bad="config: {min.compaction.lag.ms: 7d, max.compaction.lag.ms: 1d}",
        good="config: {min.compaction.lag.ms: 1d, max.compaction.lag.ms: 7d}",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Compare the two values in force, where at least one is declared here."""
        if not subject.declares(MIN_LAG, MAX_LAG):
            return
        low, high = number(subject.value(*MIN_LAG)), number(subject.value(*MAX_LAG))
        if low is None or high is None or low <= high:
            return
        both = subject.declares(MIN_LAG) and subject.declares(MAX_LAG)
        place, other = (MIN_LAG, MAX_LAG) if subject.declares(MIN_LAG) else (MAX_LAG, MIN_LAG)
        yield subject.at(
            self.code,
            place,
            f"`min.compaction.lag.ms` ({shown(subject, MIN_LAG, low)}) is above "
            f"`max.compaction.lag.ms` ({shown(subject, MAX_LAG, high)})",
            related=subject.related("the other value", other) if both else (),
            help="lower the first, or raise the second" if both else f"the topic on the cluster has `{other[-1]}` set",
        )
