"""MQ517: exchanges that pass messages back to where they came from."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import BINDINGS


class ExchangesInACircle(OpinionRule):
    """`rabbit_exchange:route/3` remembers the exchanges that a message was at, so that nothing goes round forever."""

    kinds = frozenset({BINDINGS})
    topic = "exchanges_in_a_circle"
    code = Code(
        "MQ517",
        "exchanges lead back to themselves",
        "Bindings between exchanges form a circle. RabbitMQ takes them, and passes a message to each exchange once, so "
        "that it neither goes round forever nor arrives twice. Mostly one of the bindings has its ends the wrong way "
        "round, and queues get messages that were not meant for them.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: fanout}, audit: {type: fanout}}\n"
        "      bindings:\n        - {exchange: orders, toExchange: audit}\n        - {exchange: audit, toExchange: "
        "orders}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: fanout}, audit: {type: fanout}}\n"
        "      bindings:\n        - {exchange: orders, toExchange: audit}",
    )
