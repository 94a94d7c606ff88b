"""Retention against what groups have still to read."""

from collections.abc import Iterator

from mqinfra.model.unit import format_ms
from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.kafka.verification.advice.usage import TopicUsage


class RetentionAndLag(Adviser[TopicUsage]):
    """What a group has not read must not be about to go."""

    name = "retention"
    reason = (
        "Kafka deletes records by age whether they were read or not: a group that is so far behind skips what went, "
        "and nobody tells it"
    )
    source = "kafka.apache.org/documentation: topic configs, `retention.ms`; `auto.offset.reset` of consumers"
    usage = TopicUsage

    def advise(self, usage: TopicUsage) -> Iterator[Advised]:
        """Of the group that is furthest behind in time."""
        if not usage.deletes or usage.retention_ms is None or usage.retention_ms <= 0:
            return
        behind = [one for one in usage.groups if one.old or one.lost]
        if not behind:
            return
        worst = max(behind, key=lambda one: (one.lost, one.old or 0))
        told = f"group `{worst.name}` has {many(worst.lag or 0, 'record')} to read"
        if worst.lost:
            told += f"; {many(worst.lost, 'record')} went before it read them"
        if worst.old:
            told += f"; {worst.old:,} are older than 80% of `retention.ms`, {format_ms(usage.retention_ms)}"
        double = format_ms(2 * usage.retention_ms)
        yield Advised(
            f"keep records longer until group `{worst.name}` has caught up, or speed it up",
            told,
            ("config", "retention.ms"),
            f"config: {{retention.ms: {double}}}",
        )
