"""How copying is kept from taking all of the network, and whose throttle it is. Pure.

Brokers limit the copying of the replicas that a topic lists as throttled to a rate of their own (KIP-73). Neither has
room for the name of whoever set it, and a run that was killed leaves both behind. So ours are written in a way that
brokers read the same and nobody else writes: `0:01` for partition 0 on broker 1, and rates that end in 973.
"""

from collections.abc import Iterable, Mapping

from mqinfra.model.frozen import dataclass

LEADING = "leader.replication.throttled.replicas"
FOLLOWING = "follower.replication.throttled.replicas"
LISTS = (LEADING, FOLLOWING)
RATES = ("leader.replication.throttled.rate", "follower.replication.throttled.rate")
LEFT_ON = "replication.throttled.rate of mqinfra"
"""The trait of a cluster that says which broker has a rate that mqinfra set, if the one that was asked has one."""
_NAMED = 1_000
_NAME = 973
_LEAST = 20_000_000
_ROOM = 2


@dataclass(frozen=True, slots=True)
class Throttled:
    """The replicas that a topic lists as throttled.

    Attributes:
        ours: by setting, the entries that mqinfra wrote.
        others: by setting, the entries of others.
    """

    ours: Mapping[str, tuple[str, ...]]
    others: Mapping[str, tuple[str, ...]]

    @property
    def any_ours(self) -> bool:
        """Whether mqinfra has something to take back."""
        return any(self.ours.values())


def throttled(lists: Mapping[str, str | None]) -> Throttled:
    """Tell our entries from others', by what a topic's own settings say."""
    entries = {name: [part for part in (lists.get(name) or "").split(",") if part] for name in LISTS}
    return Throttled(
        {name: tuple([part for part in some if is_ours(part)]) for name, some in entries.items()},
        {name: tuple([part for part in some if not is_ours(part)]) for name, some in entries.items()},
    )


def is_ours(entry: str) -> bool:
    """Whether mqinfra wrote an entry of a list."""
    _, _, broker = entry.partition(":")
    return len(broker) > 1 and broker.startswith("0")


def entries(number: int, brokers: Iterable[int]) -> list[str]:
    """The entries for a partition on brokers."""
    return [f"{number}:0{broker}" for broker in brokers]


def rate_for(said: int | None, inbound: int) -> int:
    """The bytes a second that a broker may copy.

    Args:
        said: what the connection's block says; None leaves it to us.
        inbound: bytes a second that come into what is copied: with less than that, a copy never gets done.
    """
    rate = said if said is not None else max(_LEAST, _ROOM * inbound)
    return rate - rate % _NAMED + _NAME


def is_our_rate(text: str | None) -> bool:
    """Whether mqinfra set a rate."""
    return text is not None and text.isdigit() and int(text) % _NAMED == _NAME
