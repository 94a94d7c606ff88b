"""How many replicas a topic has, how many must confirm a write, and replicas that are being moved."""

from collections import defaultdict
from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from mqinfra.providers.kafka.rules.topic import TOPICS, changes_replicas, in_force, number
from mqinfra.providers.kafka.topics.fields import FACTORS, MIN_INSYNC, MOVING, NOT_TOLD, REPLICATION
from mqinfra.providers.kafka.topics.placement import said_of

_ENOUGH_BROKERS = 3


REPLICATION_ABOVE_BROKERS = Code(
    "MQ310",
    "more replicas than live brokers",
    "Kafka puts each replica of a partition on a broker of its own, and refuses to create a topic or add replicas "
    "where there are fewer live brokers than replicas.\n\nLower `replicationFactor` (per environment, with a "
    "variable or an override, if only this cluster is small), or bring the missing brokers up first.",
    bad="kafka:\n  topics:\n    orders: {partitions: 6, replicationFactor: 3}   # on a cluster of one broker",
    good="kafka:\n  topics:\n    orders: {partitions: 6, replicationFactor: 1}",
)


class ReplicationAboveBrokers(ResourceRule):
    """Kafka refuses it: INVALID_REPLICATION_FACTOR, ReplicationControlManager.

    A topic that has its replicas already is left alone: one broker that is down must not block other changes to it.
    """

    kinds = TOPICS
    codes = (REPLICATION_ABOVE_BROKERS,)

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
            REPLICATION_ABOVE_BROKERS,
            REPLICATION,
            f"`{subject.address.name}` can't have {replicas:g} replicas: `{alias}` has {alive}",
            label=f"at most {brokers} here",
            help=f"write `replicationFactor: {brokers}`, or start more brokers in `{alias}` first",
        )


INSYNC_ABOVE_REPLICAS = Code(
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


class InsyncAboveReplicas(ResourceRule):
    """Brokers take the setting, and count on no more replicas than there are (Partition.effectiveMinIsr)."""

    kinds = TOPICS
    codes = (INSYNC_ABOVE_REPLICAS,)

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
            INSYNC_ABOVE_REPLICAS,
            place,
            f"`{subject.address.name}` {have}, fewer than its `min.insync.replicas` of {insync:g}: writes with "
            "`acks=all` are not that durable, and one broker down stops them",
            related=subject.related("the other value", other) if subject.declares(other) else (),
            help="three replicas with `min.insync.replicas: 2` let one broker be down"
            if replicas > 1
            else "write `min.insync.replicas: 1`, or more replicas",
        )


INSYNC_EQUALS_REPLICAS = Code(
    "MQ401",
    "one broker down stops writes",
    "`min.insync.replicas` equals the replication factor, so a write with `acks=all` needs every replica. While any "
    "broker that holds one is down or restarted, such writes fail.\n\n"
    "One less than the replication factor keeps writes safe and lets brokers be restarted one by one.",
    severity=Severity.WARNING,
    bad="orders: {replicationFactor: 3, config: {min.insync.replicas: 3}}",
    good="orders: {replicationFactor: 3, config: {min.insync.replicas: 2}}",
)


class InsyncEqualsReplicas(ResourceRule):
    """A topic of one replica is MQ402's matter."""

    kinds = TOPICS
    codes = (INSYNC_EQUALS_REPLICAS,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Compare the two values in force, where at least one is declared here."""
        insync = in_force(subject, MIN_INSYNC)
        if insync is None or insync <= 1 or insync != in_force(subject, REPLICATION):
            return
        if not subject.declares(MIN_INSYNC, REPLICATION):
            return
        yield subject.at(
            INSYNC_EQUALS_REPLICAS,
            MIN_INSYNC if subject.declares(MIN_INSYNC) else REPLICATION,
            f"one broker down blocks all `acks=all` writes to `{subject.address.name}`: `min.insync.replicas` and the "
            f"replication factor are both {insync:g}",
            help=f"write `min.insync.replicas: {insync - 1:g}`, or add a replica",
        )


SINGLE_REPLICA = Code(
    "MQ402",
    "a single replica",
    "With one replica, the partitions of a broker that is down can be neither written nor read, and a lost disk loses "
    "their messages. The cluster has brokers enough for more.\n\n"
    "Three replicas with `min.insync.replicas: 2` are the usual choice.",
    severity=Severity.WARNING,
    bad="orders: {partitions: 6, replicationFactor: 1}   # on a cluster of three brokers",
    good="orders: {partitions: 6, replicationFactor: 3}",
)


class SingleReplica(ResourceRule):
    """Clusters of one or two brokers are for development, where one replica is right."""

    kinds = TOPICS
    codes = (SINGLE_REPLICA,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at the declared value."""
        if subject.fields.get(REPLICATION) != 1 or subject.reading is None:
            return
        brokers = subject.reading.facts.brokers
        if brokers >= _ENOUGH_BROKERS:
            yield subject.at(
                SINGLE_REPLICA,
                REPLICATION,
                f"`{subject.address.name}` has a single replica on a cluster of {brokers} brokers: one broker down "
                "takes it offline, one lost disk loses its messages",
                help="write `replicationFactor: 3`",
            )


REPLICAS_ON_THE_MOVE = Code(
    "MQ403",
    "replicas of the topic are being moved",
    "Partitions of the topic are being reassigned. Until that is finished, brokers list the replicas being added "
    "beside those being removed, which is not a replication factor, so `replicationFactor` is not compared. "
    "Everything else is.\n\n"
    "`kafka-reassign-partitions --list` shows what is under way. Plan again when it is over. A move that mqinfra began "
    "itself is gone on with, and is no finding.",
    severity=Severity.WARNING,
    bad="orders: {replicationFactor: 2}     # while kafka-reassign-partitions moves its replicas",
    good="orders: {replicationFactor: 2}     # once it is done",
)


class ReplicasOnTheMove(ResourceRule):
    """While a partition is reassigned, brokers list its old replicas and its new ones together (KIP-455)."""

    kinds = TOPICS
    codes = (REPLICAS_ON_THE_MOVE,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at what the reading says of the live topic."""
        moving = subject.live.inherited.get(MOVING) if subject.live is not None else None
        if moving is None:
            return
        compared = "; `replicationFactor` is not compared meanwhile" if subject.declares(REPLICATION) else ""
        yield subject.at(
            REPLICAS_ON_THE_MOVE,
            REPLICATION if subject.declares(REPLICATION) else (),
            f"a reassignment of `{subject.address.name}` is under way ({moving}){compared}",
            help="plan again when `kafka-reassign-partitions --list` no longer shows it",
        )


PARTITIONS_WITH_OTHER_REPLICAS = Code(
    "MQ404",
    "partitions with different numbers of replicas",
    "Kafka has no replication factor of a topic: each partition has replicas of its own, and a reassignment that "
    "named only some partitions has left the others as they were. The partition that has the fewest is lost first."
    "\n\nDeclare a `replicationFactor`, and an apply gives every partition as many.",
    severity=Severity.WARNING,
    bad="orders: {partitions: 2}                         # live: partition 0 has 2 replicas, partition 1 has 3",
    good="orders: {partitions: 2, replicationFactor: 2}   # and an apply makes it 2 replicas each",
)


class PartitionsWithOtherReplicas(ResourceRule):
    """Kafka keeps replicas per partition; a reassignment of some partitions leaves a topic with several factors."""

    kinds = TOPICS
    codes = (PARTITIONS_WITH_OTHER_REPLICAS,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at what the reading says of the live topic."""
        live = subject.live
        factors = live.inherited.get(FACTORS) if live is not None else None
        if live is None or factors is None or live.inherited.get(NOT_TOLD) is not None:
            return
        if changes_replicas(subject):
            return  # the plan evens them out, and says so
        yield subject.at(
            PARTITIONS_WITH_OTHER_REPLICAS,
            REPLICATION if subject.declares(REPLICATION) else (),
            f"the partitions of `{subject.address.name}` have different numbers of replicas: {said_of(live)}",
            help="declare how many each is to have: `replicationFactor: 3`",
        )


REASSIGNMENT_NOT_TOLD = Code(
    "MQ405",
    "can't tell whether replicas are being moved",
    "Replicas of a topic are not all in sync, and there are not as many as declared. Either a reassignment is under "
    "way or a broker is down; the list of reassignments, which would tell, can't be read. Until it can, "
    "`replicationFactor` is not compared, because replicas being moved are not a replication factor.\n\n"
    "Grant Describe on the cluster, or plan again when all replicas are in sync.",
    severity=Severity.WARNING,
    bad="orders: {replicationFactor: 2}     # live: 3 replicas, 2 of them in sync, and no Describe on the cluster",
    good="orders: {replicationFactor: 2}     # live: 2 replicas in sync",
)


class ReassignmentNotTold(Rule):
    """Only a list of reassignments tells one from a broker that is down; Metadata alone looks the same."""

    codes = (REASSIGNMENT_NOT_TOLD,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Say it once per cluster and cause."""
        by_cause: dict[tuple[str, str], list[Subject]] = defaultdict(list)
        for subject in context.by_kind.get("kafka/topics", ()):
            cause = subject.live.inherited.get(NOT_TOLD) if subject.live is not None else None
            if subject.live is None or cause is None or not subject.declares(REPLICATION):
                continue
            if subject.live.value(REPLICATION) != subject.fields[REPLICATION]:
                by_cause[subject.address.cluster, str(cause)].append(subject)
        for (_, cause), some in by_cause.items():
            more = f" and {len(some) - 1} more {'topic' if len(some) == 2 else 'topics'}" if len(some) > 1 else ""
            yield some[0].at(
                REASSIGNMENT_NOT_TOLD,
                REPLICATION,
                f"the replicas of `{some[0].address.name}`{more} are not compared: they are not all in sync, and "
                f"whether a reassignment is under way can't be told: {cause}",
                help="grant Describe on the cluster, or plan again when all replicas are in sync",
            )


RULES: tuple[Rule, ...] = (
    ReplicationAboveBrokers(),
    InsyncAboveReplicas(),
    InsyncEqualsReplicas(),
    SingleReplica(),
    ReplicasOnTheMove(),
    PartitionsWithOtherReplicas(),
    ReassignmentNotTold(),
)
