"""What a topic keeps: retention, segments, compaction and remote storage."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from mqinfra.providers.kafka.rules.topic import TOPICS, limit, number, policy, shown
from mqinfra.providers.kafka.topics.fields import (
    CLEANUP,
    LOCAL_RETENTION_BYTES,
    LOCAL_RETENTION_MS,
    MAX_LAG,
    MIN_LAG,
    REMOTE,
    RETENTION_BYTES,
    RETENTION_MS,
    SEGMENT_MS,
)

_SAME_AS_TOTAL = -2


COMPACTION_LAGS_CROSS = Code(
    "MQ313",
    "compaction lags contradict each other",
    "`min.compaction.lag.ms` is how long a record is safe from compaction, `max.compaction.lag.ms` how long it may "
    "wait for it. The first can't be above the second, and the broker refuses a topic where it is.",
    bad="config: {min.compaction.lag.ms: 7d, max.compaction.lag.ms: 1d}",
    good="config: {min.compaction.lag.ms: 1d, max.compaction.lag.ms: 7d}",
)


class CompactionLagsCross(ResourceRule):
    """Kafka refuses it: `conflict topic config setting`, LogConfig.validateValues."""

    kinds = TOPICS
    codes = (COMPACTION_LAGS_CROSS,)

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
            COMPACTION_LAGS_CROSS,
            place,
            f"`min.compaction.lag.ms` ({shown(subject, MIN_LAG, low)}) is above "
            f"`max.compaction.lag.ms` ({shown(subject, MAX_LAG, high)})",
            related=subject.related("the other value", other) if both else (),
            help="lower the first, or raise the second" if both else f"the topic on the cluster has `{other[-1]}` set",
        )


LOCAL_RETENTION_ABOVE_TOTAL = Code(
    "MQ314",
    "local retention above the whole retention",
    "On a topic with `remote.storage.enable: true`, `retention.*` is what the topic keeps in all and "
    "`local.retention.*` the part of it that stays on the brokers' disks, so the second can't be above the first; "
    "-1 (unlimited) is above everything. The broker refuses such a topic.\n\nLower the local value, or leave it "
    "out: -2, the default, means as long as the whole.",
    bad="config: {remote.storage.enable: true, retention.ms: 7d, local.retention.ms: 14d}",
    good="config: {remote.storage.enable: true, retention.ms: 14d, local.retention.ms: 7d}",
)


class LocalRetentionAboveTotal(ResourceRule):
    """Kafka refuses it for topics with remote storage: LogConfig.validateRemoteStorageRetentionTime and ...Size."""

    kinds = TOPICS
    codes = (LOCAL_RETENTION_ABOVE_TOTAL,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Compare both pairs of values in force."""
        if subject.value(*REMOTE) is not True:
            return
        for local, total in ((LOCAL_RETENTION_MS, RETENTION_MS), (LOCAL_RETENTION_BYTES, RETENTION_BYTES)):
            part, whole = subject.assumed(*local), subject.assumed(*total)
            here, all_ = limit(part), limit(whole)
            if here is None or all_ is None or here == _SAME_AS_TOTAL or here <= all_:
                continue
            if not subject.declares(local, total, REMOTE):
                continue
            place = next(path for path in (local, total, REMOTE) if subject.declares(path))
            yield subject.at(
                LOCAL_RETENTION_ABOVE_TOTAL,
                place,
                f"`{local[-1]}` ({shown(subject, local, part)}) is above `{total[-1]}` "
                f"({shown(subject, total, whole)})",
                related=subject.related("the whole", total) if place == local and subject.declares(total) else (),
                help=f"lower `{local[-1]}`, or leave it out to keep everything on the brokers' disks too",
            )


TIERED_AND_COMPACTED = Code(
    "MQ315",
    "remote storage on a compacted topic",
    "Kafka's tiered storage holds topics that only delete: with `remote.storage.enable: true` a `cleanup.policy` "
    "that contains `compact` is refused.\n\nKeep the compacted topic on the brokers' disks, or let it delete.",
    bad="config: {remote.storage.enable: true, cleanup.policy: compact}",
    good="config: {remote.storage.enable: true, cleanup.policy: delete}",
)


class TieredAndCompacted(ResourceRule):
    """Kafka refuses it: LogConfig.validateTopicLogConfigValues, KIP-405."""

    kinds = TOPICS
    codes = (TIERED_AND_COMPACTED,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at the two values in force."""
        if subject.value(*REMOTE) is not True or "compact" not in policy(subject):
            return
        place, other = (REMOTE, CLEANUP) if subject.declares(REMOTE) else (CLEANUP, REMOTE)
        if not subject.declares(place):
            return
        yield subject.at(
            TIERED_AND_COMPACTED,
            place,
            f"`{subject.address.name}` is compacted, and Kafka keeps no compacted topic in remote storage",
            related=subject.related("the other setting", other) if subject.declares(other) else (),
            help="remove `remote.storage.enable`, or set `cleanup.policy: delete`",
        )


RETENTION_BELOW_SEGMENT = Code(
    "MQ430",
    "`retention.ms` below `segment.ms`",
    "Kafka deletes whole segments, and a segment only when its newest record is older than `retention.ms`. While "
    "records keep coming, a segment is closed after `segment.ms` (or `segment.bytes`), so its oldest record can be "
    "`retention.ms` plus `segment.ms` old before it goes.\n\n"
    "Where the age matters, as with personal data, set `segment.ms` to a fraction of `retention.ms`.",
    severity=Severity.WARNING,
    bad="config: {retention.ms: 1d, segment.ms: 7d}",
    good="config: {retention.ms: 1d, segment.ms: 6h}",
)


class RetentionBelowSegment(ResourceRule):
    """Speaks only where somebody set `segment.ms`: with the broker's own week, every short retention would be told."""

    kinds = TOPICS
    codes = (RETENTION_BELOW_SEGMENT,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Compare the values in force, where a `segment.ms` is declared here."""
        segment = number(subject.fields.get(SEGMENT_MS))
        if segment is None:
            return
        retention = number(subject.assumed(*RETENTION_MS))
        if retention is None or not 0 <= retention < segment or "delete" not in policy(subject):
            return
        longest, kept = (shown(subject, RETENTION_MS, value) for value in (retention + segment, retention))
        yield subject.at(
            RETENTION_BELOW_SEGMENT,
            SEGMENT_MS,
            f"records of `{subject.address.name}` can stay for up to {longest}: `retention.ms` is {kept}, "
            f"but a segment is open for {shown(subject, SEGMENT_MS, segment)}",
            related=subject.related("the retention", RETENTION_MS) if subject.declares(RETENTION_MS) else (),
            help="set `segment.ms` to a fraction of `retention.ms`",
        )


RULES: tuple[Rule, ...] = (
    CompactionLagsCross(),
    LocalRetentionAboveTotal(),
    TieredAndCompacted(),
    RetentionBelowSegment(),
)
