"""MQ314: a tiered topic that keeps more on its brokers than it keeps in all."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.kafka.rules.topic import (
    LOCAL_RETENTION_BYTES,
    LOCAL_RETENTION_MS,
    REMOTE,
    RETENTION_BYTES,
    RETENTION_MS,
    TOPICS,
    limit,
    shown,
)

_SAME_AS_TOTAL = -2


class LocalRetentionAboveTotal(ResourceRule):
    """Kafka refuses it for topics with remote storage: LogConfig.validateRemoteStorageRetentionTime and ...Size."""

    kinds = TOPICS
    code = Code(
        "MQ314",
        "local retention above the whole retention",
        "On a topic with `remote.storage.enable: true`, `retention.*` is what the topic keeps in all and "
        "`local.retention.*` the part of it that stays on the brokers' disks, so the second can't be above the first; "
        "-1 (unlimited) is above everything. The broker refuses such a topic.\n\nLower the local value, or leave it "
        "out: -2, the default, means as long as the whole.",
        bad="config: {remote.storage.enable: true, retention.ms: 7d, local.retention.ms: 14d}",
        good="config: {remote.storage.enable: true, retention.ms: 14d, local.retention.ms: 7d}",
    )

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
                self.code,
                place,
                f"`{local[-1]}` ({shown(subject, local, part)}) is above `{total[-1]}` "
                f"({shown(subject, total, whole)})",
                related=subject.related("the whole", total) if place == local and subject.declares(total) else (),
                help=f"lower `{local[-1]}`, or leave it out to keep everything on the brokers' disks too",
            )
