"""What to do on Kafka about what a diagnosis finds."""

from collections.abc import Mapping
from types import MappingProxyType

from mqinfra.model.diagnosis import Suspect

REMEDIES: Mapping[Suspect, str] = MappingProxyType(
    {
        Suspect.NOBODY: "start the consumers; look at their log if they end, and at `group.id` if they run",
        Suspect.UNOWNED: "let members subscribe to the topic; a member that uses `assign` owns nothing here",
        Suspect.REBALANCING: (
            "raise `max.poll.interval.ms` above what a batch takes, or lower `max.poll.records`; give members a "
            "`group.instance.id`, so that a restart is none"
        ),
        Suspect.STUCK: (
            "look at what the members do (a stack trace); a consumer that commits seldom looks like this too"
        ),
        Suspect.POISON: (
            "read the record where it stands (`consume` from that offset), let the consumer give it up to its "
            "dead letters after some tries, then move the group past it with `resetTo`"
        ),
        Suspect.LEFT: "let the members that hold records commit or end",
        Suspect.HOT: "give records keys that spread; records without an order need no key",
        Suspect.SLOW: (
            "add members up to the number of partitions, make each record cheaper, or work on a batch at once"
        ),
        Suspect.OVERTAKEN: (
            "raise `retention.ms` until the group has caught up; what is gone comes from its source only"
        ),
        Suspect.FAILED: "mend what fails for these records, then send the letters again to their topic",
        Suspect.UNTOLD: "let consumers write the error and the place where a record died into its headers",
        Suspect.SENT_AGAIN: (
            "set `enable.idempotence=true` in producers, and send nothing again that the client still tries; let "
            "consumers pass over ids that they know"
        ),
        Suspect.DELIVERED_AGAIN: (
            "commit after the work and more often, and let consumers pass over ids that they know"
        ),
        Suspect.REWOUND: (
            "somebody reset the offsets, or a member committed older ones after a rebalance: look at both"
        ),
    }
)
