"""MQ350: more queues than a vhost may have."""

from mqinfra.model.code import Code
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import QUEUES


class QueuesOverLimit(OpinionRule):
    """Counted by the provider, from what is declared and what was seen."""

    kinds = frozenset({QUEUES})
    topic = "queues_over_limit"
    code = Code(
        "MQ350",
        "more queues than the vhost may have",
        "A vhost's `max-queues` counts all its queues, also those of others and those that `deadLetter` and `retry` "
        "make. RabbitMQ refuses each one that comes after the last that fits, so that an apply would be done by half.",
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      limits: {max-queues: 1}\n      queues: {a: {deadLetter: true}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      limits: {max-queues: 2}\n      queues: {a: {deadLetter: true}}",
    )
