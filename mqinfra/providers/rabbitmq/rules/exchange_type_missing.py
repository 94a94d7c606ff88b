"""MQ344: an exchange of a type that the server does not have."""

from mqinfra.model.code import Code
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import EXCHANGES


class ExchangeTypeMissing(OpinionRule):
    """The server says which types it has (`exchange_types` of its overview); refused with 400 (measured)."""

    kinds = frozenset({EXCHANGES})
    topic = "exchange_type_missing"
    code = Code(
        "MQ344",
        "the server lacks the exchange type",
        "Beyond `direct`, `fanout`, `topic` and `headers`, types of exchanges come with plugins that have to be "
        "enabled on every node. `x-delayed-message` keeps its messages in Mnesia, which RabbitMQ 4.3 no longer has: "
        "use delayed retries of quorum queues there, or a TTL with a dead-letter exchange.",
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges:\n        orders: {type: x-delayed-message}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges:\n        orders: {type: topic}",
    )
