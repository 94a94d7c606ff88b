"""MQ402: one replica on a cluster that could hold more."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.kafka.rules.topic import REPLICATION, TOPICS

_ENOUGH_BROKERS = 3


class SingleReplica(ResourceRule):
    """Clusters of one or two brokers are for development, where one replica is right."""

    kinds = TOPICS
    code = Code(
        "MQ402",
        "a single replica",
        "With one replica, the partitions of a broker that is down can be neither written nor read, and a disk that "
        "is lost takes their messages with it. The cluster has brokers enough for more.\n\nThree replicas with "
        "`min.insync.replicas: 2` are the usual choice.",
        severity=Severity.WARNING,
        bad="orders: {partitions: 6, replicationFactor: 1}   # on a cluster of three brokers",
        good="orders: {partitions: 6, replicationFactor: 3}",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at the declared value."""
        if subject.fields.get(REPLICATION) != 1 or subject.reading is None:
            return
        brokers = subject.reading.facts.brokers
        if brokers >= _ENOUGH_BROKERS:
            yield subject.at(
                self.code,
                REPLICATION,
                f"`{subject.address.name}` has a single replica on a cluster of {brokers} brokers: a broker down takes "
                "it offline, a lost disk takes its messages",
                help="write `replicationFactor: 3`",
            )
