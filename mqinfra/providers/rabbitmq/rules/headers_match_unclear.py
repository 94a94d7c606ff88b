"""MQ516: a binding of a headers exchange that does not say how its headers count."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import BINDINGS


class HeadersMatchUnclear(OpinionRule):
    """`rabbit_exchange_type_headers`: `all` where `x-match` is left out, and other words are refused."""

    kinds = frozenset({BINDINGS})
    topic = "headers_match_unclear"
    code = Code(
        "MQ516",
        "`x-match` is missing or unknown",
        "A binding of a headers exchange takes messages by their headers: with `x-match: all` those that have all of "
        "its arguments, with `any` those that have one of them. Left out it is `all`, which takes every message where "
        "there are no other arguments. `all-with-x` and `any-with-x` also count headers that begin with `x-`. RabbitMQ "
        "refuses any other word.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: headers}}\n      queues:\n"
        "        mails: {bindings: [{exchange: orders, arguments: {format: pdf, size: a4}}]}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: headers}}\n      queues:\n"
        "        mails: {bindings: [{exchange: orders, arguments: {x-match: any, format: pdf, size: a4}}]}",
    )
