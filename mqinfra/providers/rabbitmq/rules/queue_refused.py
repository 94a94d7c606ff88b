"""MQ340: a queue that the server would not declare."""

from mqinfra.model.code import Code
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import QUEUES


class QueueRefused(OpinionRule):
    """Which type takes what in which version is in the provider's tables."""

    kinds = frozenset({QUEUES})
    topic = "queue_refused"
    code = Code(
        "MQ340",
        "the server would refuse the queue",
        "Each type of queue takes its own arguments, and RabbitMQ refuses one that only another type knows. Quorum "
        "queues and streams are always durable and never deleted automatically. Where the version of the server is "
        "not known, only what every version from 3.10 on refuses is found.\n\nThe type is not an argument in a "
        "manifest: write it as `type`.",
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        events: {type: stream, arguments: "
        "{x-message-ttl: 7d}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        events: {type: stream, arguments: "
        "{x-max-age: 7D}}",
    )
