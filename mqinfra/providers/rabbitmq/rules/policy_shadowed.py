"""MQ612: a policy that matches, and is not in force."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import POLICIES


class PolicyShadowed(OpinionRule):
    """Policies do not add up. What sugar merges from a policy is in force, and no finding."""

    kinds = frozenset({POLICIES})
    topic = "policy_shadowed"
    code = Code(
        "MQ612",
        "a policy is outranked",
        "One policy wins whole: of those that match a queue, the one of the highest priority is in force, and what "
        "the others say counts for nothing, even where the winner says nothing of it. This one is not in force on "
        "some queue or exchange that it matches, and the winner leaves out some of its settings; or it is in force on "
        "nothing that is declared.\n\nRepeat the settings in the policy that wins, or narrow a pattern.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {}, mails: {}}\n      policies:\n"
        "        ttl: {pattern: .*, definition: {message-ttl: 7d}}\n"
        "        limits: {pattern: ^orders$, priority: 1, definition: {max-length: 1000}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {}, mails: {}}\n      policies:\n"
        "        ttl: {pattern: .*, definition: {message-ttl: 7d}}\n"
        "        limits: {pattern: ^orders$, priority: 1, definition: {max-length: 1000, message-ttl: 7d}}",
    )
