"""MQ434: two bindings that a server with Khepri confuses."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import BINDINGS


class BindingsDifferInArguments(OpinionRule):
    """rabbitmq-server#14533; only where the feature flag `khepri_db` is on."""

    kinds = frozenset({BINDINGS})
    topic = "bindings_differ_in_arguments"
    code = Code(
        "MQ434",
        "bindings that differ only in their arguments",
        "Direct and fanout exchanges do not look at arguments of bindings. Two bindings that differ in nothing else "
        "are two to RabbitMQ and one route to its Khepri store: when either one is removed, messages may no longer be "
        "routed by the other.\n\nKeep one of them.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: fanout}}\n      queues:\n"
        "        mails: {bindings: [{exchange: orders}, {exchange: orders, arguments: {since: 2024}}]}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: fanout}}\n      queues:\n"
        "        mails: {bindings: [{exchange: orders}]}",
    )
