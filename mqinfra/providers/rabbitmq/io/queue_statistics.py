"""What the management API tells of the messages in queues, and how old that is.

Measured on 3.10.8, 4.0.5 and 4.3.6:

- With `enable_queue_totals` a list asks each classic queue as it is now. Of quorum queues it gives what they told at
  their last turn, every 5 seconds, and of one that is new it says that there is nothing.
- The statistics of a single queue are a turn older, and tell what is not ready and not delivered either: messages that
  wait for at-least-once dead lettering (`messages_dlx`) or for another try (`messages_delayed`, from 4.3).

So a quorum queue is known to be empty only once its statistics were renewed twice after the look: what the first
renewal brings may have been written down before it. `reductions`, which grow with each turn, tell the renewals apart.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.io.listing import Row

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

TOTALS = {"disable_stats": "true", "enable_queue_totals": "true"}
LIVE, STREAM = "classic", "stream"
"""The type of queues whose totals are of this moment, and the type that AMQP tells nothing of at once."""
_EVERY = 1.0
"""Seconds between two looks at statistics that are awaited."""
_PATIENCE = 20.0
"""Seconds that they are awaited: four turns of 5 seconds each."""
TWO_TURNS = 11.0
"""Seconds after which the statistics of a stream, whose `reductions` stand still, count as renewed."""
STILL_NEW = 15.0
"""Seconds for which renewed statistics count as new where the server does not tell whether a queue was touched."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the management API has of a queue.

    Attributes:
        kind: its type; empty when it could not be read.
        ready: messages that wait for a consumer; None where no statistics are kept, or none yet.
        delivered: messages that consumers hold; None likewise.
        dead: messages that wait for their dead-letter queue to take them (at-least-once).
        delayed: messages that wait for another try.
        messages: all messages; None likewise.
        consumers: what they are called.
        mark: what changes with each renewal; None without statistics.
    """

    kind: str = ""
    ready: int | None = None
    delivered: int | None = None
    dead: int = 0
    delayed: int = 0
    messages: int | None = None
    consumers: tuple[str, ...] = ()
    mark: int | None = None

    @property
    def hidden(self) -> int | None:
        """Messages that a passive declare does not count; None without statistics."""
        if self.messages is None or self.ready is None or self.delivered is None:
            return None
        return max(self.messages - self.ready, self.delivered + self.dead + self.delayed)

    @property
    def held(self) -> int | None:
        """Messages of which a passive declare may know nothing: of a stream all of them; None without statistics."""
        return self.messages if self.kind == STREAM else self.hidden


@dataclass(frozen=True, slots=True)
class Proof:
    """When a queue was last seen to be as its statistics say.

    Attributes:
        at: by the monotonic clock, in seconds.
        index: where its log ended then; None where the server does not tell.
    """

    at: float
    index: int | None


def statistics_of(row: Answer | RabbitFault, consumers: tuple[str, ...]) -> Statistics:
    """What the management API said of a queue, whose consumers have these names."""
    if isinstance(row, RabbitFault) or not isinstance(row.body, dict):
        return Statistics()
    return of_row(row.body, consumers)


def of_row(row: Row, consumers: tuple[str, ...] = ()) -> Statistics:
    """What one row of the management API says."""
    return Statistics(
        str(row.get("type") or ""),
        _number(row.get("messages_ready")),
        _number(row.get("messages_unacknowledged")),
        _number(row.get("messages_dlx")) or 0,
        _number(row.get("messages_delayed")) or 0,
        _number(row.get("messages")),
        consumers,
        _number(row.get("reductions")),
    )


def totals(client: "RabbitClient", vhosts: Sequence[str]) -> Mapping[tuple[str, str], Statistics]:
    """Read what each queue of some vhosts holds, by vhost and name, with one call per vhost; faults leave it out."""
    found: dict[tuple[str, str], Statistics] = {}
    for vhost, answer in zip(
        vhosts, client.send([Call("GET", ("queues", name), TOTALS) for name in vhosts]), strict=True
    ):
        if isinstance(answer, Answer) and isinstance(answer.body, list):
            rows = [row for row in answer.body if isinstance(row, dict)]
            found.update(((vhost, str(row.get("name"))), of_row(row)) for row in rows)
    return found


@dataclass
class Renewal:
    """Waits until statistics are newer than the moment when it was made.

    Attributes:
        client: talks to the server.
        known: what was last read of the queues.
        sleep: waits some seconds.
        clock: tells the seconds.
    """

    client: "RabbitClient"
    known: Mapping[Address, Statistics]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def run(self) -> Mapping[Address, Statistics]:
        """Wait; what could not be renewed is missing in the result. Nothing is raised."""
        start = self.clock()
        indexes = self._indexes(list(self.known))
        turns = {address: 0 for address in self.known if not self._still_new(address, indexes[address])}
        fresh = {address: seen for address, seen in self.known.items() if address not in turns}
        marks = {address: self.known[address].mark for address in turns}
        renewed: list[Address] = []
        while turns and (waited := self.clock() - start) < _PATIENCE:
            self.sleep(_EVERY)
            rows = self.client.send([Call("GET", ("queues", *address.path)) for address in turns])
            for address, row in zip(list(turns), rows, strict=True):
                seen = statistics_of(row, self.known[address].consumers)
                if seen.mark != marks[address]:
                    marks[address], turns[address] = seen.mark, turns[address] + 1
                late_enough = seen.kind == STREAM and waited >= TWO_TURNS
                if seen.held is not None and (seen.held or late_enough or turns[address] > 1):
                    fresh[address] = seen
                    renewed.append(address)
                    del turns[address]
        self._remember([address for address in renewed if not fresh[address].held], indexes)
        return fresh

    def _still_new(self, address: Address, index: int | None) -> bool:
        proof = self.client.proofs.get(address.path)
        if proof is None:
            return False
        return proof.index == index if index is not None else self.clock() - proof.at < STILL_NEW

    def _remember(self, empty: Sequence[Address], before: Mapping[Address, int | None]) -> None:
        """Keep which are empty; a queue whose log grew meanwhile has to be looked at again."""
        after = self._indexes(empty)
        for address in empty:
            if before[address] == after[address]:
                self.client.proofs[address.path] = Proof(self.clock(), after[address])

    def _indexes(self, addresses: Sequence[Address]) -> dict[Address, int | None]:
        """Where the logs of quorum queues end, which all that happens to a message makes longer; 3.10 does not tell."""
        quorum = [address for address in addresses if self.known[address].kind == "quorum"]
        calls = [Call("GET", ("queues", "quorum", *address.path, "status")) for address in quorum]
        found: dict[Address, int | None] = dict.fromkeys(addresses)
        for address, answer in zip(quorum, self.client.send(calls) if calls else (), strict=True):
            members = answer.body if isinstance(answer, Answer) and isinstance(answer.body, list) else []
            ends = [_number(member.get("Last Log Index")) for member in members if isinstance(member, dict)]
            found[address] = max((end for end in ends if end is not None), default=None)
        return found


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
