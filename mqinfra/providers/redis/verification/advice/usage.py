"""What advisers of Redis look at: a stream with its length, its groups, and how its server keeps it."""

from collections.abc import Mapping

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.promises import NO_PROMISES, Promises
from mqinfra.model.reading import Reading
from mqinfra.providers.base.verification.adviser import Usage
from mqinfra.providers.redis.verification.place import StreamPlace, places


class GroupUsage(Usage):
    """A group of a stream.

    Attributes:
        name: its name.
        pending: entries that were delivered and not acknowledged.
        lag: entries that were not delivered yet; None where the server can't tell.
        consumers: how many it knows.
        idle: of those, how many have asked for nothing for a day and hold nothing.
    """

    name: str
    pending: int = 0
    lag: int | None = None
    consumers: int = 0
    idle: int = 0


class StreamUsage(Usage):
    """A stream.

    Attributes:
        expected_max_length: how long it should be at most; None where nobody says.
        dead_letters: it has a stream for dead letters.
        length: entries in it; None where it was not measured.
        size: bytes that it takes in memory; None likewise.
        groups: its groups.
        replicas: replicas that its master has; None likewise.
        min_replicas: `min-replicas-to-write`; None likewise.
        promises: what it is declared to hold up to.
    """

    expected_max_length: int | None = None
    dead_letters: bool = False
    length: int | None = None
    size: int | None = None
    groups: tuple[GroupUsage, ...] = ()
    replicas: int | None = None
    min_replicas: int | None = None
    promises: Promises = NO_PROMISES


def usages(declared: Mapping[Address, Declaration], reading: Reading) -> dict[Address, StreamUsage]:
    """The declared streams that are there."""
    return {
        place.address: StreamUsage(
            expected_max_length=place.expected_max_length,
            dead_letters=bool(place.dead_letters),
            promises=declared[place.address].promises,
        )
        for place in places(declared, reading, encrypted=False)
        if isinstance(place, StreamPlace) and place.address in reading.resources
    }
