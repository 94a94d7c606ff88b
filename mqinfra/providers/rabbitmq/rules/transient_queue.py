"""MQ431: a queue that a restart of the server takes away."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule


class TransientQueue(OpinionRule):
    """Where the server refuses them it is MQ340's to say; so are those of the other types, which never can be."""

    topic = "transient_queue"
    code = Code(
        "MQ431",
        "a queue that does not outlive the server",
        "A queue that is not durable goes, with its messages, when its server stops. Applications that expect it find "
        "nothing, and what is published meanwhile is dropped. RabbitMQ deprecated such queues, and 4.3 refuses "
        "them by default.\n\nLeave `durable` out. A client that wants a queue for the time of its connection declares "
        "an exclusive one itself.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        feed: {durable: false}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        feed: {}",
    )
