"""MQ341: a quorum queue with a number of priorities."""

from mqinfra.model.code import Code
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import QUEUES


class PrioritiesOnQuorumQueue(OpinionRule):
    """The documentation says that it is ignored; servers from 3.10 to 4.3 refuse it (400, measured)."""

    kinds = frozenset({QUEUES})
    topic = "priorities_on_quorum_queue"
    code = Code(
        "MQ341",
        "a number of priorities for a quorum queue",
        "`x-max-priority` is for classic queues, and RabbitMQ refuses it for others. Quorum queues have priorities "
        "without asking: from 4.0 two of them, where messages above 4 get two deliveries for each one of the others; "
        "from 4.3 all of 0 to 31, strictly. Before 4.0 they have none.\n\nLeave the argument out, keep the queue "
        "classic, or use a queue for each priority.",
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum, arguments: "
        "{x-max-priority: 10}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum}",
    )
