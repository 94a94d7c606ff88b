"""The rules about Kafka, in the order of their codes. A test holds the list against the files of this folder."""

from mqinfra.providers.base.rule import Rule
from mqinfra.providers.kafka.rules.dead_letters import (
    DeadLettersCompacted,
    DeadLettersFewerPartitions,
    DeadLettersKeptShorter,
    DeadLettersTooSmall,
)
from mqinfra.providers.kafka.rules.names import CollidingTopicNames
from mqinfra.providers.kafka.rules.replicas import (
    InsyncAboveReplicas,
    InsyncEqualsReplicas,
    PartitionsWithOtherReplicas,
    ReassignmentNotTold,
    ReplicasOnTheMove,
    ReplicationAboveBrokers,
    SingleReplica,
)
from mqinfra.providers.kafka.rules.retention import (
    CompactionLagsCross,
    LocalRetentionAboveTotal,
    RetentionBelowSegment,
    TieredAndCompacted,
)

RULES: tuple[Rule, ...] = (
    ReplicationAboveBrokers(),
    CompactionLagsCross(),
    LocalRetentionAboveTotal(),
    TieredAndCompacted(),
    CollidingTopicNames(),
    InsyncAboveReplicas(),
    InsyncEqualsReplicas(),
    SingleReplica(),
    ReplicasOnTheMove(),
    PartitionsWithOtherReplicas(),
    ReassignmentNotTold(),
    DeadLettersKeptShorter(),
    DeadLettersCompacted(),
    DeadLettersFewerPartitions(),
    DeadLettersTooSmall(),
    RetentionBelowSegment(),
)
