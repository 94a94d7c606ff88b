"""The rules about RabbitMQ, in the order of their codes. A test holds the list against the files of this folder."""

from mqinfra.providers.base.rule import Rule
from mqinfra.providers.rabbitmq.rules.argument_and_policy import ArgumentAndPolicy
from mqinfra.providers.rabbitmq.rules.bindings_differ_in_arguments import BindingsDifferInArguments
from mqinfra.providers.rabbitmq.rules.caller_locked_out import CallerLockedOut
from mqinfra.providers.rabbitmq.rules.dead_letters_fall_back import DeadLettersFallBack
from mqinfra.providers.rabbitmq.rules.dead_letters_for_good import DeadLettersForGood
from mqinfra.providers.rabbitmq.rules.dead_letters_lead_nowhere import DeadLettersLeadNowhere
from mqinfra.providers.rabbitmq.rules.dead_letters_limited import DeadLettersLimited
from mqinfra.providers.rabbitmq.rules.delayed_retry_without_effect import DelayedRetryWithoutEffect
from mqinfra.providers.rabbitmq.rules.exchange_type_missing import ExchangeTypeMissing
from mqinfra.providers.rabbitmq.rules.exchanges_in_a_circle import ExchangesInACircle
from mqinfra.providers.rabbitmq.rules.headers_match_unclear import HeadersMatchUnclear
from mqinfra.providers.rabbitmq.rules.internal_exchange_unseen import InternalExchangeUnseen
from mqinfra.providers.rabbitmq.rules.many_policies import ManyPolicies
from mqinfra.providers.rabbitmq.rules.messages_dropped_at_limit import MessagesDroppedAtLimit
from mqinfra.providers.rabbitmq.rules.operator_policy_idle import OperatorPolicyIdle
from mqinfra.providers.rabbitmq.rules.pattern_refused import PatternRefused
from mqinfra.providers.rabbitmq.rules.pattern_unreadable import PatternUnreadable
from mqinfra.providers.rabbitmq.rules.permission_not_anchored import PermissionNotAnchored
from mqinfra.providers.rabbitmq.rules.permission_on_everything import PermissionOnEverything
from mqinfra.providers.rabbitmq.rules.permission_outside_scope import PermissionOutsideScope
from mqinfra.providers.rabbitmq.rules.policies_tie import PoliciesTie
from mqinfra.providers.rabbitmq.rules.policy_outranked import PolicyOutranked
from mqinfra.providers.rabbitmq.rules.policy_outside_scope import PolicyOutsideScope
from mqinfra.providers.rabbitmq.rules.policy_shadowed import PolicyShadowed
from mqinfra.providers.rabbitmq.rules.policy_skipped import PolicySkipped
from mqinfra.providers.rabbitmq.rules.priorities_on_quorum_queue import PrioritiesOnQuorumQueue
from mqinfra.providers.rabbitmq.rules.queue_refused import QueueRefused
from mqinfra.providers.rabbitmq.rules.queues_over_limit import QueuesOverLimit
from mqinfra.providers.rabbitmq.rules.retries_end_in_a_delay import RetriesEndInADelay
from mqinfra.providers.rabbitmq.rules.retries_into_a_full_queue import RetriesIntoAFullQueue
from mqinfra.providers.rabbitmq.rules.retry_delivers_twice import RetryDeliversTwice
from mqinfra.providers.rabbitmq.rules.returned_without_end import ReturnedWithoutEnd
from mqinfra.providers.rabbitmq.rules.transient_queue import TransientQueue
from mqinfra.providers.rabbitmq.rules.user_tag_misspelt import UserTagMisspelt
from mqinfra.providers.rabbitmq.rules.user_without_credentials import UserWithoutCredentials
from mqinfra.providers.rabbitmq.rules.wildcard_is_literal import WildcardIsLiteral

RULES: tuple[Rule, ...] = (
    InternalExchangeUnseen(),
    QueueRefused(),
    PrioritiesOnQuorumQueue(),
    DeadLettersFallBack(),
    PatternRefused(),
    ExchangeTypeMissing(),
    QueuesOverLimit(),
    OperatorPolicyIdle(),
    TransientQueue(),
    DeadLettersLimited(),
    MessagesDroppedAtLimit(),
    BindingsDifferInArguments(),
    ManyPolicies(),
    RetriesIntoAFullQueue(),
    RetriesEndInADelay(),
    ReturnedWithoutEnd(),
    DelayedRetryWithoutEffect(),
    DeadLettersLeadNowhere(),
    RetryDeliversTwice(),
    WildcardIsLiteral(),
    HeadersMatchUnclear(),
    ExchangesInACircle(),
    UserTagMisspelt(),
    ArgumentAndPolicy(),
    PoliciesTie(),
    PolicyOutranked(),
    PolicyShadowed(),
    PolicySkipped(),
    PatternUnreadable(),
    DeadLettersForGood(),
    CallerLockedOut(),
    PermissionNotAnchored(),
    PermissionOnEverything(),
    PermissionOutsideScope(),
    UserWithoutCredentials(),
    PolicyOutsideScope(),
)
