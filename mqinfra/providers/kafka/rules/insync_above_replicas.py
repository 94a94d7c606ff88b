"""MQ400: more replicas must confirm a write than there are."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.kafka.rules.topic import MIN_INSYNC, REPLICATION, TOPICS, in_force


class InsyncAboveReplicas(ResourceRule):
    """Brokers take the setting, and count on no more replicas than there are (Partition.effectiveMinIsr)."""

    kinds = TOPICS
    code = Code(
        "MQ400",
        "`min.insync.replicas` above the replication factor",
        "A write with `acks=all`, which is the default of most clients, succeeds once `min.insync.replicas` replicas "
        "have it. When the topic has fewer replicas than that, brokers ask for as many as there are: writes succeed "
        "while every replica is in sync, but they are not as durable as the setting says, and one broker down stops "
        "them.\n\nA common choice is three replicas, two of them in sync: one broker may be down without stopping "
        "writes or losing any.",
        severity=Severity.WARNING,
        bad="orders: {replicationFactor: 2, config: {min.insync.replicas: 3}}",
        good="orders: {replicationFactor: 3, config: {min.insync.replicas: 2}}",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Compare the two values in force, where at least one is declared here."""
        insync, replicas = in_force(subject, MIN_INSYNC), in_force(subject, REPLICATION)
        if insync is None or replicas is None or insync <= replicas:
            return
        if not subject.declares(MIN_INSYNC, REPLICATION):
            return
        place, other = (MIN_INSYNC, REPLICATION) if subject.declares(MIN_INSYNC) else (REPLICATION, MIN_INSYNC)
        have = "has 1 replica" if replicas == 1 else f"has {replicas:g} replicas"
        yield subject.at(
            self.code,
            place,
            f"`{subject.address.name}` {have}, fewer than its `min.insync.replicas` of {insync:g}: writes with "
            "`acks=all` are not that durable, and one broker down stops them",
            related=subject.related("the other value", other) if subject.declares(other) else (),
            help="three replicas with `min.insync.replicas: 2` let one broker be down"
            if replicas > 1
            else "write `min.insync.replicas: 1`, or more replicas",
        )
