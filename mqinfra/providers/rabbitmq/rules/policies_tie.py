"""MQ610: two policies of which the server takes either."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import POLICIES


class PoliciesTie(OpinionRule):
    """Documentation of policies: with equal priorities the choice is not deterministic."""

    kinds = frozenset({POLICIES})
    topic = "policies_tie"
    code = Code(
        "MQ610",
        "policies tie",
        "Of the policies that match a queue or an exchange, RabbitMQ takes the one of the highest priority, whole. Of "
        "two with the same priority it takes either, and may take the other one after a restart. Policies that nobody "
        "declared count too.\n\nGive one another priority, or narrow a pattern.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {}}\n      policies:\n"
        "        ttl: {pattern: .*, definition: {message-ttl: 7d}}\n"
        "        limits: {pattern: ^orders$, definition: {max-length: 1000}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {}}\n      policies:\n"
        "        ttl: {pattern: .*, definition: {message-ttl: 7d}}\n"
        "        limits: {pattern: ^orders$, priority: 1, definition: {max-length: 1000, message-ttl: 7d}}",
    )
