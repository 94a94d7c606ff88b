"""MQ433: a quorum queue that drops what consumers give back too often."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import QUEUES


class MessagesDroppedAtLimit(OpinionRule):
    """From 4.0 every quorum queue has a limit (DEFAULT_DELIVERY_LIMIT); queues that hold dead letters are left out."""

    kinds = frozenset({QUEUES})
    topic = "messages_dropped_at_limit"
    code = Code(
        "MQ433",
        "messages are dropped at the delivery limit",
        "A quorum queue counts how often a message comes back from consumers, and over its delivery limit dead-letters "
        "it. From RabbitMQ 4.0 the limit is 20 where none is set. A queue without dead letters drops the message, and "
        "nobody is told.\n\nGive the queue dead letters, or set the limit to -1, which is none.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum, deadLetter: true}",
    )
