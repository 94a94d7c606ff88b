"""Who holds the lock, from the claims in a topic, in the order in which they stand there. Pure.

A claim is made with its first message and kept by one every few seconds, its heartbeats. The claim's id is the key of
all of them, so that compaction leaves the last; so each says at which offset the claim began, which is its place in the
queue. Only the brokers' time counts. A claim whose next heartbeat is late is dead for ever, even if that comes after
all: somebody else may have the lock by then. Each heartbeat says when the one before it was appended, so that this is
seen even when that one was compacted away.
"""

import json

from mqinfra.model.frozen import dataclass

EXPIRY_MS = 12_000
"""How long a claim lives after its last heartbeat."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a message of a claim says.

    Attributes:
        holder: who claims, for people.
        claim_offset: where the claim began; None in its first message, which does not know its offset yet.
        previous: when the heartbeat before it was appended, in ms; None in the first.
    """

    holder: str
    claim_offset: int | None = None
    previous: int | None = None

    def to_bytes(self) -> bytes:
        """The value of the message."""
        said = {"holder": self.holder, "claimOffset": self.claim_offset, "previous": self.previous}
        return json.dumps({name: value for name, value in said.items() if value is not None}).encode()


def heartbeat_from(value: bytes) -> Heartbeat | None:
    """Read a message of a claim; None where it is none."""
    try:
        said = json.loads(value)
    except ValueError:
        return None
    match said:
        case {"holder": str(holder), "claimOffset": int(offset), "previous": int(previous)}:
            return Heartbeat(holder, offset, previous)
        case {"holder": str(holder)}:
            return Heartbeat(holder)
        case _:
            return None


def expired(previous: int, moment: int) -> bool:
    """Whether a claim was dead at a moment, by the time of its last heartbeat before."""
    return moment - previous > EXPIRY_MS


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim.

    Attributes:
        id: tells it from others.
        offset: its place in the queue.
        holder: who claims, for people.
        seen: when its last heartbeat was appended, in ms.
    """

    id: bytes
    offset: int
    holder: str
    seen: int


class Claims:
    """The claims in a topic, as far as it was read."""

    def __init__(self) -> None:
        self._claims: dict[bytes, Claim] = {}
        self._dead: set[bytes] = set()
        self._now = 0

    def note(self, claim: bytes, offset: int, moment: int, value: bytes | None) -> None:
        """Take the next message of any claim; one without a value gives the claim up."""
        self._now = max(self._now, moment)
        if value is None:
            self._claims.pop(claim, None)
            return
        said = heartbeat_from(value)
        if said is None:
            return
        if said.previous is not None and expired(said.previous, moment):
            self._dead.add(claim)
        begun = offset if said.claim_offset is None else said.claim_offset
        self._claims[claim] = Claim(claim, begun, said.holder, moment)

    def first(self) -> Claim | None:
        """The claim that has the lock: the first in the queue that lives, at the time of the last message read."""
        living = [
            claim
            for claim in self._claims.values()
            if claim.id not in self._dead and not expired(claim.seen, self._now)
        ]
        return min(living, key=lambda claim: claim.offset, default=None)
