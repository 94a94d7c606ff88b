"""MQ351: an operator policy that limits nothing."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import OPERATOR_POLICIES


class OperatorPolicyIdle(OpinionRule):
    """What the provider works out of all operator policies of a vhost and the queues that are known in it."""

    kinds = frozenset({OPERATOR_POLICIES})
    topic = "operator_policy_idle"
    code = Code(
        "MQ351",
        "an operator policy has no effect",
        "It matches queues, and is in force on none of them: another operator policy has a higher priority there, or "
        "RabbitMQ skips it as a whole, because the queues' type lacks one of its keys. RabbitMQ takes it all the same, "
        "and limits nothing.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {type: classic}}\n      operatorPolicies:\n"
        "        cap: {pattern: .*, definition: {max-length: 1000, delivery-limit: 5}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {type: classic}}\n      operatorPolicies:\n"
        "        cap: {pattern: .*, definition: {max-length: 1000}}",
    )
