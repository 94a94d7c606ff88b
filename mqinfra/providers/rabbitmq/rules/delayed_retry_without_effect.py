"""MQ449: a delayed retry that delays nothing."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule


class DelayedRetryWithoutEffect(OpinionRule):
    """A policy that makes no sense is refused; an argument is not, nor a policy for queues that can't."""

    topic = "delayed_retry_without_effect"
    code = Code(
        "MQ449",
        "a delayed retry that delays nothing",
        "A quorum queue delays what comes back from consumers only with `delayed-retry-type` and `delayed-retry-min` "
        "together, and other queues never. RabbitMQ takes such arguments whatever they say, and does nothing about "
        "them.\n\nSet both, or let `retry` of the queue set them.",
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
        "        orders: {type: quorum, arguments: {x-delayed-retry-type: all}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
        "        orders: {type: quorum, arguments: {x-delayed-retry-type: all, x-delayed-retry-min: 5s}}",
        severity=Severity.WARNING,
    )
