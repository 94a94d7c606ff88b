"""MQ511: dead letters that nothing takes."""

from mqinfra.checks.rabbitmq import QUEUES
from mqinfra.checks.rule import OpinionRule
from mqinfra.model.code import Code


class DeadLettersLeadNowhere(OpinionRule):
    """By the setting in force, whether an argument or a policy says it; references of sugar are MQ500's."""

    kinds = frozenset({QUEUES})
    topic = "dead_letters_lead_nowhere"
    code = Code(
        "MQ511",
        "dead letters lead nowhere",
        "RabbitMQ takes a `dead-letter-exchange` that does not exist, and drops what would go there. It does the same "
        "where the exchange has no binding for the routing key of the dead letters. What is in force counts: an "
        "argument of the queue, or the one policy that wins for it.\n\nAn exchange that does not exist is an error; "
        "it is a warning where nobody could look, and where the exchange exists and nothing is known to be behind it.",
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {arguments: {x-dead-letter-exchange: "
        "dlx}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges:\n        dlx: {type: fanout}\n      queues:\n        "
        "failed: {bindings: [{exchange: dlx}]}\n        orders: {arguments: {x-dead-letter-exchange: dlx}}",
    )
