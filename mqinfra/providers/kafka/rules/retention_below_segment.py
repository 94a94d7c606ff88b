"""MQ430: records that stay longer than `retention.ms` says."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.kafka.rules.topic import RETENTION_MS, SEGMENT_MS, TOPICS, number, policy, shown


class RetentionBelowSegment(ResourceRule):
    """Speaks only where somebody set `segment.ms`: with the broker's own week, every short retention would be told."""

    kinds = TOPICS
    code = Code(
        "MQ430",
        "`retention.ms` below `segment.ms`",
        "Kafka deletes whole segments, and a segment only when its newest record is older than `retention.ms`. While "
        "records keep coming, a segment is closed after `segment.ms` (or `segment.bytes`), so that its oldest record "
        "can be `retention.ms` plus `segment.ms` old before it goes.\n\nWhere the age matters, as with personal data, "
        "set `segment.ms` to a fraction of `retention.ms`.",
        severity=Severity.WARNING,
        bad="config: {retention.ms: 1d, segment.ms: 7d}",
        good="config: {retention.ms: 1d, segment.ms: 6h}",
    )

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
            self.code,
            SEGMENT_MS,
            f"records of `{subject.address.name}` can stay for up to {longest}: `retention.ms` is {kept}, "
            f"but a segment is open for {shown(subject, SEGMENT_MS, segment)}",
            related=subject.related("the retention", RETENTION_MS) if subject.declares(RETENTION_MS) else (),
            help="set `segment.ms` to a fraction of `retention.ms`",
        )
