"""MQ614: a pattern of which a plan can't tell what it matches."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import OPERATOR_POLICIES, PERMISSIONS, POLICIES, TOPIC_PERMISSIONS


class PatternUnreadable(OpinionRule):
    """A guess would be worse: of policies the wrong one would be shown to be in force."""

    kinds = frozenset({POLICIES, OPERATOR_POLICIES, PERMISSIONS, TOPIC_PERMISSIONS})
    topic = "pattern_unreadable"
    code = Code(
        "MQ614",
        "a plan can't tell what the pattern matches",
        "The pattern has something that can't be evaluated here as RabbitMQ does, or not in bounded time, such as a "
        "back-reference. The server takes it. But plans can't show which queues it is for, and the "
        "rules about policies and permissions leave it out.\n\nWrite it more simply.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      policies:\n        limits: {pattern: '^(a|b)\\1$', definition: "
        "{max-length: 1000}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      policies:\n        limits: {pattern: '^orders\\.', definition: "
        "{max-length: 1000}}",
    )
