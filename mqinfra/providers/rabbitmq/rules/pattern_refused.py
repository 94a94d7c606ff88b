"""MQ343: a pattern that is no regular expression, and what else no server takes in a policy."""

from mqinfra.model.code import Code
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import OPERATOR_POLICIES, PERMISSIONS, POLICIES, TOPIC_PERMISSIONS


class PatternRefused(OpinionRule):
    """The server compiles patterns before it takes them (400, measured)."""

    kinds = frozenset({POLICIES, OPERATOR_POLICIES, PERMISSIONS, TOPIC_PERMISSIONS})
    topic = "pattern_refused"
    code = Code(
        "MQ343",
        "the server would refuse the policy or pattern",
        "Policies and permissions name queues and exchanges by regular expressions of PCRE. RabbitMQ refuses one that "
        "does not compile, and newer versions one of more than 1,024 bytes.\n\nA `*` alone is not a pattern for "
        "everything: that is `.*`. `applyTo` is one of few words, and a policy needs a "
        "definition.",
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      policies:\n        limits: {pattern: '*', definition: "
        "{max-length: 1000}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      policies:\n        limits: {pattern: '.*', definition: "
        "{max-length: 1000}}",
    )
