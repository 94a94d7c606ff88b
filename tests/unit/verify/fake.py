"""A messenger in memory, which can be told to misbehave. It proves the machinery, and nothing of any broker."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.errors import UserError
from mqinfra.model.judgement import Mode
from mqinfra.model.operation import Known
from mqinfra.model.reading import Reading
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.ground import Client, Consumer, Ground, Producer, Used
from mqinfra.providers.base.verification.message import Delivery, Message, Sent
from mqinfra.providers.base.verification.messenger import Messenger
from mqinfra.providers.base.verification.place import Place


@dataclass
class Faults:
    """What goes wrong.

    Attributes:
        lose: every nth message is acknowledged and gone; 0 for none.
        double: every nth message is written twice.
        change: every nth message is changed on the way.
        swap: two messages of one key change places.
        mute: nothing is delivered.
        refuse: nothing is acknowledged.
        slow: every answer takes as long as anybody waits.
        early: what is delivered counts as accepted.
        forgetful: nothing is ever accepted.
        leave: copies stay.
        down: the folder that has a file per node that is down; None where there is one node.
        stands: nothing is acknowledged and nothing delivered while a node is down.
        most: how many connections are taken.
    """

    lose: int = 0
    double: int = 0
    change: int = 0
    swap: bool = False
    mute: bool = False
    refuse: bool = False
    slow: bool = False
    early: bool = False
    forgetful: bool = False
    leave: bool = False
    down: Path | None = None
    stands: bool = False
    most: int = 1_000

    @property
    def standing(self) -> bool:
        """Whether nothing goes on now."""
        return self.stands and self.down is not None and any(self.down.iterdir())


@dataclass
class Log:
    """Messages of one ground, in two lanes by key, and how far each group has accepted them."""

    entries: list[Delivery] = field(default_factory=list)
    accepted: dict[str, int] = field(default_factory=dict)


class FakeProducer(Producer):
    """Writes to the log."""

    def __init__(self, log: Log, faults: Faults) -> None:
        self.log, self.faults, self.count = log, faults, 0

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        """Write each."""
        if self.faults.slow:
            time.sleep(timeout)
        return [self._send(message) for message in messages]

    def _send(self, message: Message) -> Sent:
        self.count += 1
        if self.faults.refuse or self.faults.standing:
            return Sent(Known.FAILED, error="not enough replicas")
        lane = str(sum(message.key.encode()) % 2)
        entry = Delivery(message.uid, message.key, message.number, lane, len(self.log.entries), message.digest)
        if self.faults.change and self.count % self.faults.change == 0:
            entry = replace(entry, digest="0" * 64)
        if self.faults.lose and self.count % self.faults.lose == 0:
            return Sent(Known.OK, lane, entry.position)
        self.log.entries.append(entry)
        if self.faults.double and self.count % self.faults.double == 0:
            self.log.entries.append(replace(entry, position=len(self.log.entries)))
        return Sent(Known.OK, lane, entry.position)

    def close(self) -> None:
        """Nothing is open."""


class FakeConsumer(Consumer):
    """Reads from the log, from where its group has come to."""

    def __init__(self, log: Log, faults: Faults, group: str, *, accepts_itself: bool) -> None:
        self.log, self.faults, self.group = log, faults, group
        self.at = log.accepted.get(group, 0)
        self.accepts_itself = accepts_itself or faults.early

    def receive(self, most: int, timeout: float) -> Sequence[Delivery]:
        """What comes next."""
        if self.faults.mute or self.faults.standing:
            time.sleep(timeout)
            return []
        came = self.log.entries[self.at : self.at + most]
        self.at += len(came)
        if self.accepts_itself:
            self.accept(came)
        if self.faults.swap and len(came) > 1:
            came = [replace(one, position=came[-1 - at].position) for at, one in enumerate(came)]
        return came

    def accept(self, deliveries: Sequence[Delivery]) -> None:
        """Keep how far the group has come."""
        if not self.faults.forgetful:
            ends = (one.position + 1 for one in deliveries if one.position is not None)
            self.log.accepted[self.group] = max(self.log.accepted.get(self.group, 0), *ends, 0)

    def reject(self, delivery: Delivery) -> None:
        """Nothing is kept."""

    def requeue(self, delivery: Delivery) -> None:
        """Nothing is kept."""

    def crash(self) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Nothing is open."""


class FakeGround(Ground[Place]):
    """A log."""

    def __init__(self, place: Place, mode: Mode, name: str, faults: Faults) -> None:
        self.place, self.mode, self.name, self.faults, self.log = place, mode, name, faults, Log()
        self.connections = 0

    def producer(self) -> Producer:
        """A producer."""
        return FakeProducer(self.log, self.faults)

    def consumer(self, *, group: str = "one", accepts_itself: bool = False) -> Consumer:
        """A consumer."""
        return FakeConsumer(self.log, self.faults, group, accepts_itself=accepts_itself)

    def drain(self, timeout: float) -> Iterator[Delivery]:  # noqa: ARG002 - nothing waits
        """All entries."""
        return iter(() if self.faults.mute else tuple(self.log.entries))

    def drain_dead(self, timeout: float) -> Iterator[Delivery]:  # noqa: ARG002 - nothing waits
        """No dead letters."""
        return iter(())

    def depth(self) -> int | None:
        """All entries."""
        return len(self.log.entries)

    def leader(self) -> str | None:
        """The first node that is up."""
        return next(iter(self.nodes()), None)

    def nodes(self) -> Sequence[str]:
        """Two nodes, without those that are down."""
        down = self.faults.down
        return [node for node in ("1", "2") if down is not None and not (down / node).exists()]

    def connect(self) -> Client | None:
        """One of a few."""
        self.connections += 1
        if self.connections > self.faults.most:
            raise UserError([NOT_READ.at("too many connections")])
        return FakeProducer(self.log, self.faults)

    def limits(self) -> Mapping[str, Used]:
        """Of connections."""
        return {"connections": Used(self.connections, self.faults.most)}


class FakeMessenger(Messenger):
    """A cluster of logs."""

    def __init__(
        self,
        places: Sequence[Place],
        faults: Faults | None = None,
        trouble: tuple[str, ...] = (),
        settles: float = 0.0,
    ) -> None:
        self.told, self.faults, self.troubles, self.settles = places, faults or Faults(), trouble, settles
        self.lock = threading.Lock()
        self.made: list[str] = []
        self.there: list[str] = []

    def places(self, declared: Mapping[Address, Declaration], reading: Reading) -> Sequence[Place]:  # noqa: ARG002
        """The places that it was told."""
        return self.told

    @contextmanager
    def ground(self, place: Place, mode: Mode, run: Run) -> Iterator[Ground[Place]]:
        """A log under a reserved name."""
        with self.lock:
            name = run.name(f"{len(self.made) + 1}.{place.name}")
            self.made.append(name)
        self.there.append(name)
        try:
            ground = FakeGround(place, mode, name, self.faults)
            ground.settles = self.settles
            yield ground
        finally:
            if not self.faults.leave:
                self.there.remove(name)

    def trouble(self) -> tuple[str, ...]:
        """What it was told."""
        return self.troubles

    def left(self) -> Iterable[str]:
        """What is there."""
        return tuple(self.there)

    def collect(self, age: timedelta) -> Sequence[str]:  # noqa: ARG002 - everything goes
        """Everything."""
        gone, self.there = self.there, []
        return gone

    def close(self) -> None:
        """Nothing is open."""
