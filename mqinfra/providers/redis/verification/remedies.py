"""What to do on Redis about what a diagnosis finds."""

from collections.abc import Mapping
from types import MappingProxyType

from mqinfra.model.diagnosis import Suspect

REMEDIES: Mapping[Suspect, str] = MappingProxyType(
    {
        Suspect.NOBODY: "start the consumers; none has asked for entries in the last five minutes",
        Suspect.STUCK: "look at what the consumers do (a stack trace), and whether they acknowledge (XACK)",
        Suspect.POISON: (
            "read it (`XRANGE stream ID ID`), let consumers add it to the dead letters and XACK it after some "
            "deliveries, which XPENDING counts"
        ),
        Suspect.LEFT: (
            "let consumers take over what is idle for long: XAUTOCLAIM with a time above that of the slowest work"
        ),
        Suspect.SLOW: "add consumers to the group, or read more at once (COUNT)",
        Suspect.OVERTAKEN: "trim later: `expectedMaxLength` above what is pending; XACK what is gone",
        Suspect.FAILED: "mend what fails for these entries, then add the letters again to their stream",
        Suspect.UNTOLD: "let consumers write the error and the entry's id into fields of the letter",
        Suspect.SENT_AGAIN: (
            "a retried XADD adds once more: use ids of your own, or `XADD ... IDMP` (Redis 8.6), or let consumers "
            "pass over what they know"
        ),
        Suspect.DELIVERED_AGAIN: (
            "entries are claimed while they are worked on, or their consumers ended: raise the idle time of XAUTOCLAIM"
        ),
        Suspect.REWOUND: "somebody set the group back (XGROUP SETID)",
    }
)
