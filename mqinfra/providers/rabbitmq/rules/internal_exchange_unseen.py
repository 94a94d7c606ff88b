"""MQ325: an internal exchange of which the reading can't tell whether it is there."""

from mqinfra.model.code import Code
from mqinfra.providers.base.rule import OpinionRule


class InternalExchangeUnseen(OpinionRule):
    """What can't be seen is not absent; one that bindings name is there, and denied like anything else unseen."""

    topic = "internal_exchange_unseen"
    code = Code(
        "MQ325",
        "an internal exchange that the definitions file leaves out",
        "From RabbitMQ 4.2.9 and 4.3.3 definitions files have no internal exchanges. So a plan against such a file "
        "can't tell whether a declared one is there.\n\nPlan against the server itself, or exclude the exchange.",
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges:\n        inner: {type: fanout, internal: true}\n"
        "# mqinfra plan --against definitions.json",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges:\n        inner: {type: fanout, internal: true}\n"
        "# mqinfra plan",
    )
