"""MQ512: a binding in the way of retries."""

from mqinfra.model.code import Code
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import BINDINGS


class RetryDeliversTwice(OpinionRule):
    """Typical after a change of `delays`, which gives the delay queues other names and bindings."""

    kinds = frozenset({BINDINGS})
    topic = "retry_delivers_twice"
    code = Code(
        "MQ512",
        "a rejected message would be delivered twice",
        "`retry` leads rejected messages through exchanges of its own, and each of their bindings passes a message on. "
        "One of them has a binding that no manifest declares. Mostly it is left over from `delays` that changed since: "
        "what is not declared is never deleted by itself. A rejected message would then wait in two queues, and come "
        "back twice.\n\nRemove the binding with the line that is shown, and the delay queue it leads to likewise.",
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {retry: {delays: [1m]}}   # it was [10s]",
        good="removed:\n  'rabbitmq/bindings/%2Fshop/exchange=orders.retry.first,queue=orders.retry.1.10s': {}\n"
        "  rabbitmq/queues/%2Fshop/orders.retry.1.10s: {}",
    )
