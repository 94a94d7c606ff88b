"""MQ310: more replicas wanted than there are live brokers."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.kafka.rules.topic import REPLICATION, TOPICS, number


class ReplicationAboveBrokers(ResourceRule):
    """Kafka refuses it: INVALID_REPLICATION_FACTOR, ReplicationControlManager.

    A topic that has its replicas already is left alone: one broker that is down must not block other changes to it.
    """

    kinds = TOPICS
    code = Code(
        "MQ310",
        "more replicas than live brokers",
        "Kafka puts each replica of a partition on a broker of its own, and refuses to create a topic or add replicas "
        "where there are fewer live brokers than replicas.\n\nLower `replicationFactor` (per environment, with a "
        "variable or an override, if only this cluster is small), or bring the missing brokers up first.",
        bad="kafka:\n  topics:\n    orders: {partitions: 6, replicationFactor: 3}   # on a cluster of one broker",
        good="kafka:\n  topics:\n    orders: {partitions: 6, replicationFactor: 1}",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Compare the declared number with the brokers alive."""
        if subject.reading is None:
            return
        replicas, brokers = number(subject.fields.get(REPLICATION)), subject.reading.facts.brokers
        if replicas is None or replicas <= brokers:
            return
        if subject.live is not None and subject.value(*REPLICATION) == subject.live.value(REPLICATION):
            return
        alias = subject.address.cluster
        alive = "1 live broker" if brokers == 1 else f"{brokers} live brokers"
        yield subject.at(
            self.code,
            REPLICATION,
            f"`{subject.address.name}` can't have {replicas:g} replicas: `{alias}` has {alive}",
            label=f"at most {brokers} here",
            help=f"write `replicationFactor: {brokers}`, or start more brokers in `{alias}` first",
        )
