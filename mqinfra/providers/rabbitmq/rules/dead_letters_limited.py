"""MQ432: dead letters that are lost where they are kept."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import QUEUES


class DeadLettersLimited(OpinionRule):
    """By what is in force, operator policies and policies that nobody declared included."""

    kinds = frozenset({QUEUES})
    topic = "dead_letters_limited"
    code = Code(
        "MQ432",
        "dead letters expire or are dropped",
        "A TTL, a length limit or an expiry is in force on a queue that holds the dead letters of another. What it "
        "takes out is gone for good. Most often a policy for other queues matches the name of this one too: "
        "`^orders\\.` also matches `orders.email.dlq`. On a delay queue of `retry`, a shorter TTL shortens the delay."
        "\n\nChange the policy's pattern. What an operator policy says, only the operator of the server can change.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {deadLetter: {arguments: "
        "{x-message-ttl: 1h}}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {deadLetter: true}",
    )
