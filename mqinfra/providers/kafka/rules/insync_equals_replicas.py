"""MQ401: every replica must confirm a write, so that one broker down stops writing."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.kafka.rules.topic import MIN_INSYNC, REPLICATION, TOPICS, in_force


class InsyncEqualsReplicas(ResourceRule):
    """A topic of one replica is MQ402's matter."""

    kinds = TOPICS
    code = Code(
        "MQ401",
        "one broker down stops writes",
        "`min.insync.replicas` equals the replication factor, so that a write with `acks=all` needs every replica. "
        "While any broker that holds one is down or restarted, such writes fail.\n\nOne less than the replication "
        "factor keeps writes safe and lets brokers be restarted one by one.",
        severity=Severity.WARNING,
        bad="orders: {replicationFactor: 3, config: {min.insync.replicas: 3}}",
        good="orders: {replicationFactor: 3, config: {min.insync.replicas: 2}}",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Compare the two values in force, where at least one is declared here."""
        insync = in_force(subject, MIN_INSYNC)
        if insync is None or insync <= 1 or insync != in_force(subject, REPLICATION):
            return
        if not subject.declares(MIN_INSYNC, REPLICATION):
            return
        yield subject.at(
            self.code,
            MIN_INSYNC if subject.declares(MIN_INSYNC) else REPLICATION,
            f"one broker down blocks all `acks=all` writes to `{subject.address.name}`: `min.insync.replicas` and the "
            f"replication factor are both {insync:g}",
            help=f"write `min.insync.replicas: {insync - 1:g}`, or add a replica",
        )
