"""A real topic to test on: canaries that its consumers see, read by nobody's group from where it ended before.

Keys of canaries begin with the run's own name, so that no other record of a compacted topic gives way to one.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from confluent_kafka import Message as Record
from confluent_kafka import TopicPartition

from mqinfra.model.errors import UserError
from mqinfra.model.judgement import Mode
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.ground import Ground
from mqinfra.providers.base.verification.message import Delivery, Message, Sent
from mqinfra.providers.base.verification.onlooker import Onlooker
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.clients import Clients
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.verification.drain import records
from mqinfra.providers.kafka.verification.entry import delivery_of
from mqinfra.providers.kafka.verification.examining import readers
from mqinfra.providers.kafka.verification.place import TopicPlace
from mqinfra.providers.kafka.verification.producer import TopicProducer

_SLICE = 0.1
_AT_ONCE = 1_000
_PATIENCE = 10.0


@contextmanager
def in_place(client: KafkaClient, place: TopicPlace, run: Run) -> Iterator["InPlaceGround"]:
    """Work on a real topic; where it is compacted, tombstones take the canaries' keys away at the end.

    Raises:
        UserError: it can't be read.
    """
    ground = InPlaceGround(client, place, run)
    try:
        yield ground
    finally:
        ground.forget_keys()


class Canaries:
    """The canaries of a ground: their ids and keys.

    Args:
        mark: what their keys begin with.
    """

    def __init__(self, mark: str) -> None:
        self.mark, self.uids, self.keys = mark, set[str](), set[str]()

    def marked(self, message: Message) -> Message:
        """A message with a key of the run's own."""
        self.uids.add(message.uid)
        key = f"{self.mark}{message.key}" if message.key else ""
        if key:
            self.keys.add(key)
        return replace(message, key=key)

    def own(self, record: Record) -> Delivery | None:
        """A record as what was delivered, if it is a canary or was made of one."""
        found = delivery_of(record, self.mark)
        raw = (record.key() or b"").decode(errors="replace")
        return found if found.uid in self.uids or raw in self.keys else None


class InPlaceProducer(TopicProducer):
    """Sends canaries to a real topic.

    Args:
        clients: opens clients.
        topic: the topic.
        canaries: where they are remembered.
    """

    def __init__(self, clients: Clients, topic: str, canaries: Canaries) -> None:
        super().__init__(clients, topic)
        self._canaries = canaries

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        """Send under keys of the run's own."""
        return super().send([self._canaries.marked(one) for one in messages], timeout)


class Reader(Onlooker):
    """Reads a topic from some offsets on, in no group, and hands out canaries alone.

    Args:
        clients: opens clients.
        topic: the topic.
        start: the offset in each partition.
        canaries: what is handed out.
    """

    def __init__(self, clients: Clients, topic: str, start: Mapping[int, int], canaries: Canaries) -> None:
        self._canaries = canaries
        self._reader = clients.consumer(
            {
                # The client wants a group, and never joins it, as the partitions are assigned.
                "group.id": f"{canaries.mark}reader",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "isolation.level": "read_committed",
                "fetch.wait.max.ms": 50,
            }
        )
        self._reader.assign([TopicPartition(topic, number, offset) for number, offset in start.items()])

    def receive(self, most: int, timeout: float) -> Sequence[Delivery]:
        """Take what came."""
        deadline = time.monotonic() + timeout
        came: list[Delivery] = []
        while len(came) < most:
            some = self._reader.consume(min(most - len(came), _AT_ONCE), min(_SLICE, max(0.0, timeout)))
            came += (one for record in some if record.error() is None and (one := self._canaries.own(record)))
            if time.monotonic() >= deadline:
                break
        return came

    def close(self) -> None:
        """End."""
        self._reader.close()


class InPlaceGround(Ground[TopicPlace]):
    """A real topic.

    Args:
        client: the cluster.
        place: the topic.
        run: whose canaries go through it.

    Raises:
        UserError: it can't be read.
    """

    def __init__(self, client: KafkaClient, place: TopicPlace, run: Run) -> None:
        self.place, self.mode, self.name = place, Mode.IN_PLACE, place.name
        self._client, self._run = client, run
        self._canaries = Canaries(run.name(""))
        self._start = self._ends(self.name)
        self._dead = self._ends(place.dead_letters) if place.dead_letters else {}

    def producer(self) -> InPlaceProducer:
        """A producer of canaries."""
        return InPlaceProducer(self._client.clients, self.name, self._canaries)

    def consumer(self, *, group: str = "one", accepts_itself: bool = False) -> Reader:  # noqa: ARG002 - it joins none
        """A reader from where the topic ended when the ground was made."""
        return Reader(self._client.clients, self.name, self._start, self._canaries)

    def drain(self, timeout: float) -> Iterator[Delivery]:
        """Read what came since then once more."""
        return self._since(self.name, self._start, timeout)

    def drain_dead(self, timeout: float) -> Iterator[Delivery]:
        """The same of its dead letters."""
        return self._since(self.place.dead_letters, self._dead, timeout) if self._dead else iter(())

    def depth(self) -> int | None:
        """What waits there is not the canaries'."""
        return None

    def passed(self, sent: Sequence[Sent]) -> int | None:
        """How many of these all groups have committed that read the topic; None where there is none."""
        groups = readers(self._client, self.name)
        stands = [
            found[self.name]
            for found in self._client.groups.positions(groups).values()
            if not isinstance(found, KafkaFault) and self.name in found
        ]
        if not stands:
            return None
        return sum(
            all(int(one.lane) < len(group) and (group[int(one.lane)] or 0) > one.position for group in stands)
            for one in sent
            if one.position is not None and one.lane
        )

    def forget_keys(self) -> None:
        """Write tombstones for the canaries' keys where the topic is compacted."""
        if not self._canaries.keys or not self._compacted():
            return
        ends = [
            Message(f"{self._run.id}-end-{number}", key, None) for number, key in enumerate(sorted(self._canaries.keys))
        ]
        with TopicProducer(self._client.clients, self.name) as producer:
            producer.send(ends, _PATIENCE)

    def _compacted(self) -> bool:
        ((_, entries),) = self._client.topics.configs([self.name])
        if isinstance(entries, KafkaFault):
            return True  # a tombstone too many harms nobody
        policy = entries.get("cleanup.policy")
        return policy is not None and "compact" in str(policy.value)

    def _since(self, topic: str, start: Mapping[int, int], timeout: float) -> Iterator[Delivery]:
        for record in records(self._client.clients, topic, len(start), timeout, start=start):
            if (found := self._canaries.own(record)) is not None:
                yield found

    def _ends(self, topic: str) -> dict[int, int]:
        ((_, placed),) = self._client.topics.partitions([topic])
        if isinstance(placed, KafkaFault):
            raise UserError([NOT_READ.at(f"`{topic}` can't be read: {placed.message}")])
        ends: dict[int, int] = {}
        for (_, number), offset in self._client.topics.offsets(((topic, at) for at in range(len(placed))), latest=True):
            if isinstance(offset, KafkaFault):
                raise UserError([NOT_READ.at(f"the end of `{topic}` can't be read: {offset.message}")])
            ends[number] = offset
        return ends
