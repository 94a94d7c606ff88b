"""MQ519: an argument of a queue and a policy say different things."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import QUEUES


class ArgumentAndPolicy(OpinionRule):
    """Which of the two counts depends on the key and the type of queue: `effective_definition`."""

    kinds = frozenset({QUEUES})
    topic = "argument_and_policy"
    code = Code(
        "MQ519",
        "an argument and a policy disagree",
        "A queue's argument and the policy in force set the same thing to different values. Which one counts depends "
        "on the setting: of most limits the lower one, of others the argument, on quorum queues `overflow` of the "
        "policy, on streams the policy. Say it in one place: the policy can be changed later, the argument can't.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {arguments: {x-max-length: 10}}}\n"
        "      policies:\n        limits: {pattern: ^orders$, definition: {max-length: 1000}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {}}\n"
        "      policies:\n        limits: {pattern: ^orders$, definition: {max-length: 1000}}",
    )
