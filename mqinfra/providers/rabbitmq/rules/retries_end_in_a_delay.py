"""MQ437: three or more delays on a server that does not say why a message died last."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule


class RetriesEndInADelay(OpinionRule):
    """Measured on 3.10: the message waits in the last delay queue for good; 4.0 leads it to the dead letters."""

    topic = "retries_end_in_a_delay"
    code = Code(
        "MQ437",
        "a message may never leave the delays",
        "Before 4.0, RabbitMQ tells only why a message died first. One that a consumer rejects, that then is over the "
        "delivery limit (or expires, or is pushed out), and that is rejected once more, looks like a cycle to the "
        "server. It stays in the last delay queue of a quorum queue, and is lost from that of a classic one.\n\n"
        "With two delays at most this can't happen, nor on RabbitMQ 4.0.",
        bad="# on RabbitMQ 3.10, with a delivery limit\nrabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
        "        orders: {type: quorum, retry: {delays: [10s, 1m, 10m]}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
        "        orders: {type: quorum, retry: {delays: [10s, 10m]}}",
        severity=Severity.WARNING,
    )
