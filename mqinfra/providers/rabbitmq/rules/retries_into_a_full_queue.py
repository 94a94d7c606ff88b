"""MQ436: a queue that drops what comes back to it for another try."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule


class RetriesIntoAFullQueue(OpinionRule):
    """Publishers learn that a full queue rejected their message; a delay queue of a classic queue does not."""

    topic = "retries_into_a_full_queue"
    code = Code(
        "MQ436",
        "a full queue drops messages that come back for another try",
        "The queue rejects what is published to it while it is full. A publisher with confirms learns of that and can "
        "try again; what comes back from a delay queue of a classic queue is gone. For a quorum queue it waits until "
        "there is room.\n\nMake it a quorum queue, or let it drop its oldest messages to the dead letters instead.",
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
        "        orders: {type: classic, retry: {delays: [10s]}, "
        "arguments: {x-max-length: 1000, x-overflow: reject-publish}}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
        "        orders: {type: quorum, retry: {delays: [10s]}, "
        "arguments: {x-max-length: 1000, x-overflow: reject-publish}}",
        severity=Severity.WARNING,
    )
