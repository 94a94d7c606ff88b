"""MQ315: remote storage on a compacted topic."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.kafka.rules.topic import CLEANUP, REMOTE, TOPICS, policy


class TieredAndCompacted(ResourceRule):
    """Kafka refuses it: LogConfig.validateTopicLogConfigValues, KIP-405."""

    kinds = TOPICS
    code = Code(
        "MQ315",
        "remote storage on a compacted topic",
        "Kafka's tiered storage holds topics that only delete: with `remote.storage.enable: true` a `cleanup.policy` "
        "that contains `compact` is refused.\n\nKeep the compacted topic on the brokers' disks, or let it delete.",
        bad="config: {remote.storage.enable: true, cleanup.policy: compact}",
        good="config: {remote.storage.enable: true, cleanup.policy: delete}",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at the two values in force."""
        if subject.value(*REMOTE) is not True or "compact" not in policy(subject):
            return
        place, other = (REMOTE, CLEANUP) if subject.declares(REMOTE) else (CLEANUP, REMOTE)
        if not subject.declares(place):
            return
        yield subject.at(
            self.code,
            place,
            f"`{subject.address.name}` is compacted, and Kafka keeps no compacted topic in remote storage",
            related=subject.related("the other setting", other) if subject.declares(other) else (),
            help="remove `remote.storage.enable`, or set `cleanup.policy: delete`",
        )
