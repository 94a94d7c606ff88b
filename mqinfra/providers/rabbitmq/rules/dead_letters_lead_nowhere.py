"""MQ511: dead letters that nothing takes, and alternate exchanges that are not there."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import QUEUES


class DeadLettersLeadNowhere(OpinionRule):
    """By the setting in force, whether an argument or a policy says it; references of sugar are MQ500's."""

    kinds = frozenset({QUEUES})
    topic = "dead_letters_lead_nowhere"
    code = Code(
        "MQ511",
        "dead letters or unrouted messages lead nowhere",
        "RabbitMQ takes a `dead-letter-exchange` that does not exist, and drops what would go there. It does the same "
        "where the exchange has no binding for the routing key of the dead letters. What is in force counts: an "
        "argument of the queue, or the one policy that wins for it. The same goes for an `alternate-exchange`, which "
        "takes what an exchange can't route.\n\nA warning, before an apply as after it: many "
        "live systems have such queues, whose arguments can't change, and an application may make the exchange.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {arguments: {x-dead-letter-exchange: "
        "dlx}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges:\n        dlx: {type: fanout}\n      queues:\n        "
        "failed: {bindings: [{exchange: dlx}]}\n        orders: {arguments: {x-dead-letter-exchange: dlx}}",
    )
