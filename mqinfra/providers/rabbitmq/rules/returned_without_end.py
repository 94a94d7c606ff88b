"""MQ448: messages that are returned by `basic.nack` come back without end."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule


class ReturnedWithoutEnd(OpinionRule):
    """A warning where they come back at once; a note where they wait, since no setting bounds their number."""

    topic = "returned_without_end"
    code = Code(
        "MQ448",
        "messages that consumers return never reach the dead letters",
        "From RabbitMQ 4.3 a quorum queue counts only failures for its delivery limit: messages that are rejected with "
        "requeue, and those of consumers that crash. A message that is returned by `basic.nack` with requeue is "
        "delivered again at once, as often as the consumer returns it, and never reaches the dead letters.\n\n"
        "`retry: {returned: 5s}` has it wait each time (4.3.1). Still nothing ends it but the consumer: give a message "
        "up by `basic.reject`, or let it expire.",
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
        "        orders: {type: quorum, retry: {delays: [10s, 1m]}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
        "        orders: {type: quorum, retry: {delays: [10s, 1m], returned: 5s}}",
        severity=Severity.WARNING,
    )
