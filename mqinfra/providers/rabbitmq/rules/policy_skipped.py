"""MQ613: a policy that a type of queue does not take."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import POLICIES


class PolicySkipped(OpinionRule):
    """rabbit_queue_type:is_policy_applicable/2; measured: the next policy was in force instead."""

    kinds = frozenset({POLICIES})
    topic = "policy_skipped"
    code = Code(
        "MQ613",
        "a policy is skipped for one setting",
        "A policy with a single setting that a type of queue does not know does not count for queues of that type at "
        "all: none of its settings is in force, and a policy of a lower priority may be instead. RabbitMQ says "
        "nothing of it.\n\nGive queues of that type a policy of their own.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {log: {type: stream}}\n      policies:\n"
        "        limits: {pattern: .*, definition: {max-length-bytes: 1GiB, message-ttl: 7d}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {log: {type: stream}}\n      policies:\n"
        "        limits: {pattern: ^log$, definition: {max-length-bytes: 1GiB, max-age: 7D}}",
    )
