"""MQ404: the partitions of a topic don't all have the same number of replicas."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.kafka.rules.topic import FACTORS, NOT_TOLD, REPLICATION, TOPICS


class PartitionsWithOtherReplicas(ResourceRule):
    """Kafka keeps replicas per partition; a reassignment of some partitions leaves a topic with several factors."""

    kinds = TOPICS
    code = Code(
        "MQ404",
        "partitions with different numbers of replicas",
        "Kafka has no replication factor of a topic: each partition has replicas of its own, and a reassignment that "
        "named only some partitions has left the others as they were. mqinfra compares `replicationFactor` with the "
        "partition that has the fewest, since it is the one that is lost first.\n\nGive the other partitions as many "
        "replicas with `kafka-reassign-partitions`.",
        severity=Severity.WARNING,
        bad="orders: {partitions: 2, replicationFactor: 2}   # live: partition 0 has 2 replicas, partition 1 has 3",
        good="orders: {partitions: 2, replicationFactor: 2}   # live: 2 replicas each",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at what the reading says of the live topic."""
        live = subject.live
        factors = live.inherited.get(FACTORS) if live is not None else None
        if live is None or factors is None or live.inherited.get(NOT_TOLD) is not None:
            return
        listed = ", ".join(_said(*part.split(": ", 1)) for part in str(factors).split("; "))
        yield subject.at(
            self.code,
            REPLICATION if subject.declares(REPLICATION) else (),
            f"the partitions of `{subject.address.name}` have different numbers of replicas: {listed}",
            help="give them as many replicas each with `kafka-reassign-partitions`",
        )


def _said(factor: str, partitions: str) -> str:
    several = "," in partitions or " " in partitions
    return f"{factor} on {'partitions' if several else 'partition'} {partitions}"
