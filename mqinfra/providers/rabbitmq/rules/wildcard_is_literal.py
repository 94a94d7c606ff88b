"""MQ515: a `*` or `#` in a routing key that is no wildcard."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import BINDINGS


class WildcardIsLiteral(OpinionRule):
    """`rabbit_exchange_type_topic` splits keys at dots, and knows `*` and `#` as whole words only."""

    kinds = frozenset({BINDINGS})
    topic = "wildcard_is_literal"
    code = Code(
        "MQ515",
        "a wildcard is taken literally",
        "On a topic exchange, `*` stands for one word of the routing key and `#` for any number of them; words are "
        "what stands between dots. Within a word both are plain characters, and so they are on direct exchanges. The "
        "binding then takes no message that anybody meant.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: topic}}\n      queues:\n"
        "        mails: {bindings: [{exchange: orders, routingKey: order.eu*}]}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: topic}}\n      queues:\n"
        "        mails: {bindings: [{exchange: orders, routingKey: order.*.eu}]}",
    )
