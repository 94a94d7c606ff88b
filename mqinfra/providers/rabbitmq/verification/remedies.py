"""What to do on RabbitMQ about what a diagnosis finds."""

from collections.abc import Mapping
from types import MappingProxyType

from mqinfra.model.diagnosis import Suspect

REMEDIES: Mapping[Suspect, str] = MappingProxyType(
    {
        Suspect.NOBODY: "start the consumers; look at their log if they end, and at the vhost and queue if they run",
        Suspect.REBALANCING: "consumers are cancelled or lose their connections: look at heartbeats and at their log",
        Suspect.STUCK: "look at what the consumers do (a stack trace), and whether they acknowledge",
        Suspect.HELD: (
            "consumers took all that their prefetch count allows and acknowledge nothing: look at what they wait "
            "for; after `consumer_timeout` (30 minutes) the server closes their channels and delivers all again"
        ),
        Suspect.HOARDED: (
            "call `basic.qos` with a prefetch count of 10 to 300 before consuming, so that others get some"
        ),
        Suspect.POISON: (
            "let consumers reject it without requeue after some tries (it becomes a dead letter), or set a "
            "`delivery-limit` on a quorum queue; up to 4.2 `basic.nack` counts towards it, from 4.3 on only "
            "`basic.reject`"
        ),
        Suspect.SLOW: "add consumers, raise a prefetch count of 1, or make each message cheaper",
        Suspect.REJECTED: "consumers give these up: look for the ids in their log, mend it, and move the letters back",
        Suspect.FAILED_OFTEN: "consumers crash on these or requeue them up to the delivery limit: look at their log",
        Suspect.EXPIRED: "raise `message-ttl`, or make consumers faster: these waited longer than they live",
        Suspect.OVERFLOW: "raise `max-length`, or let publishers wait: `overflow: reject-publish`",
        Suspect.UNTOLD: "look into them: `--peek` takes up to 20 and gives them back, which the server marks on each",
        Suspect.DELIVERED_AGAIN: (
            "consumers requeue, lose their connections, or exceed `consumer_timeout`; let them pass over ids that "
            "they know"
        ),
    }
)
