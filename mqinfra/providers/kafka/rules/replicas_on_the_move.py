"""MQ403: replicas of a declared topic are being moved."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.kafka.rules.topic import MOVING, REPLICATION, TOPICS


class ReplicasOnTheMove(ResourceRule):
    """While a partition is reassigned, brokers list its old replicas and its new ones together (KIP-455)."""

    kinds = TOPICS
    code = Code(
        "MQ403",
        "replicas of the topic are being moved",
        "Somebody reassigns partitions of the topic. Until that is over, brokers list the replicas that are added "
        "beside those that go, which is not a replication factor, so `replicationFactor` is not compared. Everything "
        "else is.\n\n"
        "`kafka-reassign-partitions --list` shows what is under way. Plan again when it is over.",
        severity=Severity.WARNING,
        bad="orders: {replicationFactor: 2}     # while kafka-reassign-partitions moves its replicas",
        good="orders: {replicationFactor: 2}     # once it is done",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at what the reading says of the live topic."""
        moving = subject.live.inherited.get(MOVING) if subject.live is not None else None
        if moving is None:
            return
        compared = "; `replicationFactor` is not compared meanwhile" if subject.declares(REPLICATION) else ""
        yield subject.at(
            self.code,
            REPLICATION if subject.declares(REPLICATION) else (),
            f"a reassignment of `{subject.address.name}` is under way ({moving}){compared}",
            help="plan again when `kafka-reassign-partitions --list` no longer shows it",
        )
