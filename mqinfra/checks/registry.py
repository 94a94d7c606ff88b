"""The list of all rules, and the one way to run them. A test holds the list against the files of this folder."""

from mqinfra.checks.all_commands_on_some_keys import AllCommandsOnSomeKeys
from mqinfra.checks.argument_and_policy import ArgumentAndPolicy
from mqinfra.checks.bindings_differ_in_arguments import BindingsDifferInArguments
from mqinfra.checks.caller_locked_out import CallerLockedOut
from mqinfra.checks.colliding_topic_names import CollidingTopicNames
from mqinfra.checks.compaction_lags_cross import CompactionLagsCross
from mqinfra.checks.config_key_not_in_version import ConfigKeyNotInVersion
from mqinfra.checks.consent_to_nothing import ConsentToNothing
from mqinfra.checks.consumer_without_dead_letters import ConsumerWithoutDeadLetters
from mqinfra.checks.dead_letters_compacted import DeadLettersCompacted
from mqinfra.checks.dead_letters_fall_back import DeadLettersFallBack
from mqinfra.checks.dead_letters_fewer_partitions import DeadLettersFewerPartitions
from mqinfra.checks.dead_letters_for_good import DeadLettersForGood
from mqinfra.checks.dead_letters_held_shorter import DeadLettersHeldShorter
from mqinfra.checks.dead_letters_in_another_slot import DeadLettersInAnotherSlot
from mqinfra.checks.dead_letters_kept_shorter import DeadLettersKeptShorter
from mqinfra.checks.dead_letters_lead_nowhere import DeadLettersLeadNowhere
from mqinfra.checks.dead_letters_limited import DeadLettersLimited
from mqinfra.checks.dead_letters_too_small import DeadLettersTooSmall
from mqinfra.checks.declared_and_entombed import DeclaredAndEntombed
from mqinfra.checks.declared_outside_scope import DeclaredOutsideScope
from mqinfra.checks.default_user_deleted import DefaultUserDeleted
from mqinfra.checks.delayed_retry_without_effect import DelayedRetryWithoutEffect
from mqinfra.checks.exchange_type_missing import ExchangeTypeMissing
from mqinfra.checks.exchanges_in_a_circle import ExchangesInACircle
from mqinfra.checks.group_skips_entries import GroupSkipsEntries
from mqinfra.checks.headers_match_unclear import HeadersMatchUnclear
from mqinfra.checks.ignored_field_unknown import IgnoredFieldUnknown
from mqinfra.checks.insync_above_replicas import InsyncAboveReplicas
from mqinfra.checks.insync_equals_replicas import InsyncEqualsReplicas
from mqinfra.checks.internal_exchange_unseen import InternalExchangeUnseen
from mqinfra.checks.internal_resource import InternalResource
from mqinfra.checks.local_retention_above_total import LocalRetentionAboveTotal
from mqinfra.checks.many_policies import ManyPolicies
from mqinfra.checks.messages_dropped_at_limit import MessagesDroppedAtLimit
from mqinfra.checks.missing_target import MissingTarget
from mqinfra.checks.names_differ_in_case import NamesDifferInCase
from mqinfra.checks.operator_policy_idle import OperatorPolicyIdle
from mqinfra.checks.partitions_with_other_replicas import PartitionsWithOtherReplicas
from mqinfra.checks.pattern_refused import PatternRefused
from mqinfra.checks.pattern_unreadable import PatternUnreadable
from mqinfra.checks.permission_not_anchored import PermissionNotAnchored
from mqinfra.checks.permission_on_everything import PermissionOnEverything
from mqinfra.checks.permission_outside_scope import PermissionOutsideScope
from mqinfra.checks.policies_tie import PoliciesTie
from mqinfra.checks.policy_outranked import PolicyOutranked
from mqinfra.checks.policy_outside_scope import PolicyOutsideScope
from mqinfra.checks.policy_shadowed import PolicyShadowed
from mqinfra.checks.policy_skipped import PolicySkipped
from mqinfra.checks.priorities_on_quorum_queue import PrioritiesOnQuorumQueue
from mqinfra.checks.queue_refused import QueueRefused
from mqinfra.checks.queues_over_limit import QueuesOverLimit
from mqinfra.checks.reassignment_not_told import ReassignmentNotTold
from mqinfra.checks.refused_name import RefusedName
from mqinfra.checks.replicas_on_the_move import ReplicasOnTheMove
from mqinfra.checks.replication_above_brokers import ReplicationAboveBrokers
from mqinfra.checks.reset_is_over import ResetIsOver
from mqinfra.checks.retention_below_segment import RetentionBelowSegment
from mqinfra.checks.retries_end_in_a_delay import RetriesEndInADelay
from mqinfra.checks.retries_into_a_full_queue import RetriesIntoAFullQueue
from mqinfra.checks.retry_delivers_twice import RetryDeliversTwice
from mqinfra.checks.returned_without_end import ReturnedWithoutEnd
from mqinfra.checks.rights_outside_scope import RightsOutsideScope
from mqinfra.checks.rule import Context, Rule
from mqinfra.checks.saves_write_more import SavesWriteMore
from mqinfra.checks.single_replica import SingleReplica
from mqinfra.checks.stream_longer_than_expected import StreamLongerThanExpected
from mqinfra.checks.streams_can_be_evicted import StreamsCanBeEvicted
from mqinfra.checks.tiered_and_compacted import TieredAndCompacted
from mqinfra.checks.tombstone_outside_scope import TombstoneOutsideScope
from mqinfra.checks.transient_queue import TransientQueue
from mqinfra.checks.unknown_config_key import UnknownConfigKey
from mqinfra.checks.user_on_all_keys import UserOnAllKeys
from mqinfra.checks.user_tag_misspelt import UserTagMisspelt
from mqinfra.checks.user_without_credentials import UserWithoutCredentials
from mqinfra.checks.user_without_password import UserWithoutPassword
from mqinfra.checks.users_lost_on_restart import UsersLostOnRestart
from mqinfra.checks.users_not_on_every_node import UsersNotOnEveryNode
from mqinfra.checks.users_perhaps_not_saved import UsersPerhapsNotSaved
from mqinfra.checks.vhost_missing import VhostMissing
from mqinfra.checks.wildcard_is_literal import WildcardIsLiteral
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic

_RULES: tuple[Rule, ...] = (
    ReplicationAboveBrokers(),
    UnknownConfigKey(),
    ConfigKeyNotInVersion(),
    CompactionLagsCross(),
    LocalRetentionAboveTotal(),
    TieredAndCompacted(),
    RefusedName(),
    CollidingTopicNames(),
    GroupSkipsEntries(),
    StreamLongerThanExpected(),
    DeadLettersInAnotherSlot(),
    ResetIsOver(),
    InternalExchangeUnseen(),
    QueueRefused(),
    PrioritiesOnQuorumQueue(),
    DeadLettersFallBack(),
    PatternRefused(),
    ExchangeTypeMissing(),
    QueuesOverLimit(),
    OperatorPolicyIdle(),
    InsyncAboveReplicas(),
    InsyncEqualsReplicas(),
    SingleReplica(),
    ReplicasOnTheMove(),
    PartitionsWithOtherReplicas(),
    ReassignmentNotTold(),
    StreamsCanBeEvicted(),
    DeadLettersHeldShorter(),
    UsersLostOnRestart(),
    UsersNotOnEveryNode(),
    DeadLettersKeptShorter(),
    DeadLettersCompacted(),
    DeadLettersFewerPartitions(),
    DeadLettersTooSmall(),
    SavesWriteMore(),
    UsersPerhapsNotSaved(),
    RetentionBelowSegment(),
    TransientQueue(),
    DeadLettersLimited(),
    MessagesDroppedAtLimit(),
    BindingsDifferInArguments(),
    ManyPolicies(),
    RetriesIntoAFullQueue(),
    RetriesEndInADelay(),
    ReturnedWithoutEnd(),
    DelayedRetryWithoutEffect(),
    MissingTarget(),
    DeclaredAndEntombed(),
    IgnoredFieldUnknown(),
    ConsentToNothing(),
    ConsumerWithoutDeadLetters(),
    DeadLettersLeadNowhere(),
    RetryDeliversTwice(),
    VhostMissing(),
    WildcardIsLiteral(),
    HeadersMatchUnclear(),
    ExchangesInACircle(),
    UserTagMisspelt(),
    ArgumentAndPolicy(),
    DeclaredOutsideScope(),
    TombstoneOutsideScope(),
    InternalResource(),
    NamesDifferInCase(),
    PoliciesTie(),
    PolicyOutranked(),
    PolicyShadowed(),
    PolicySkipped(),
    PatternUnreadable(),
    DeadLettersForGood(),
    CallerLockedOut(),
    DefaultUserDeleted(),
    AllCommandsOnSomeKeys(),
    UserWithoutPassword(),
    UserOnAllKeys(),
    RightsOutsideScope(),
    PermissionNotAnchored(),
    PermissionOnEverything(),
    PermissionOutsideScope(),
    UserWithoutCredentials(),
    PolicyOutsideScope(),
)


def rules() -> tuple[Rule, ...]:
    """All rules, in the order of their codes."""
    return _RULES


def codes() -> tuple[Code, ...]:
    """The codes of all rules."""
    return tuple(rule.code for rule in _RULES)


def run(context: Context) -> list[Diagnostic]:
    """Run all rules; findings come in the order of the rules."""
    return [diagnostic for rule in _RULES for diagnostic in rule.check(context)]
