"""MQ342: dead letters that would not be as safe as they are said to be."""

from mqinfra.model.code import Code
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import QUEUES


class DeadLettersFallBack(OpinionRule):
    """rabbit_quorum_queue.erl, `dlh`: the server goes back to at-most-once, and says so in its log only."""

    kinds = frozenset({QUEUES})
    topic = "dead_letters_fall_back"
    code = Code(
        "MQ342",
        "dead letters fall back to at-most-once",
        "`at-least-once` keeps a dead letter until the next queue has confirmed it. It takes a quorum queue, an "
        "exchange for its dead letters, and `overflow: reject-publish`: a queue that drops its oldest messages can't "
        "wait for others. Where one is missing, RabbitMQ takes `at-most-once` and only says so in its log. A classic "
        "queue leaves out the whole policy that has the strategy.\n\nThe sugar `deadLetter: {strategy: "
        "at-least-once}` sets all of it.",
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum}\n      policies:\n        "
        "letters:\n          pattern: ^orders$\n          definition: {dead-letter-exchange: dlx, "
        "dead-letter-strategy: at-least-once}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum, deadLetter: "
        "{strategy: at-least-once}}",
    )
