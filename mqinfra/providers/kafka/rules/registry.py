"""The rules about Kafka, in the order of their codes. A test holds the list against the files of this folder."""

from mqinfra.providers.base.rule import Rule
from mqinfra.providers.kafka.rules.colliding_topic_names import CollidingTopicNames
from mqinfra.providers.kafka.rules.compaction_lags_cross import CompactionLagsCross
from mqinfra.providers.kafka.rules.dead_letters_compacted import DeadLettersCompacted
from mqinfra.providers.kafka.rules.dead_letters_fewer_partitions import DeadLettersFewerPartitions
from mqinfra.providers.kafka.rules.dead_letters_kept_shorter import DeadLettersKeptShorter
from mqinfra.providers.kafka.rules.dead_letters_too_small import DeadLettersTooSmall
from mqinfra.providers.kafka.rules.insync_above_replicas import InsyncAboveReplicas
from mqinfra.providers.kafka.rules.insync_equals_replicas import InsyncEqualsReplicas
from mqinfra.providers.kafka.rules.local_retention_above_total import LocalRetentionAboveTotal
from mqinfra.providers.kafka.rules.partitions_with_other_replicas import PartitionsWithOtherReplicas
from mqinfra.providers.kafka.rules.reassignment_not_told import ReassignmentNotTold
from mqinfra.providers.kafka.rules.replicas_on_the_move import ReplicasOnTheMove
from mqinfra.providers.kafka.rules.replication_above_brokers import ReplicationAboveBrokers
from mqinfra.providers.kafka.rules.retention_below_segment import RetentionBelowSegment
from mqinfra.providers.kafka.rules.single_replica import SingleReplica
from mqinfra.providers.kafka.rules.tiered_and_compacted import TieredAndCompacted

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
