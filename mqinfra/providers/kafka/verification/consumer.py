"""A member of a group that answers for what it gets by committing, and knows when it is ready."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from confluent_kafka import Consumer as Member
from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka import Message as Record

from mqinfra.model.errors import UserError
from mqinfra.model.operation import Death
from mqinfra.providers.base.connecting.codes import NOT_ALLOWED, NOT_READ
from mqinfra.providers.base.verification.ground import Consumer
from mqinfra.providers.base.verification.message import Delivery
from mqinfra.providers.kafka.api.clients import Clients
from mqinfra.providers.kafka.api.wire import fault_of
from mqinfra.providers.kafka.verification.entry import delivery_of, record_of

Settings = Mapping[str, str | int | bool]
SESSION = 10.0
"""Seconds after which a member that is gone is missed. Brokers take no less than 6 by default."""
READY = 30.0
"""Seconds within which a member is given partitions: it may have to wait for one before it to be missed."""
_SLICE = 0.1

MEMBER: Settings = {
    "enable.auto.commit": False,
    "auto.offset.reset": "earliest",
    "isolation.level": "read_committed",
    "session.timeout.ms": int(SESSION * 1_000),
    "heartbeat.interval.ms": 2_000,
    "max.poll.interval.ms": 300_000,
    "fetch.wait.max.ms": 50,
}

Buried = Callable[[Record, Death], None]
"""Writes a record to the dead letters, and returns when it is there."""


class GroupConsumer(Consumer):
    """A member of a group.

    Args:
        clients: opens clients.
        topic: what it reads.
        group: its group.
        accepts_itself: what is received is committed before it is handed out.
        bury: writes dead letters; None where the topic has none.

    Raises:
        UserError: it is given no partitions.
    """

    def __init__(
        self,
        clients: Clients,
        topic: str,
        group: str,
        *,
        accepts_itself: bool = False,
        bury: Buried | None = None,
    ) -> None:
        self._topic, self._group, self._accepts_itself, self._bury = topic, group, accepts_itself, bury
        self._waiting: deque[Record] = deque()
        self._member: Member = clients.consumer({**MEMBER, "group.id": group})
        try:
            self._join()
        except BaseException:
            self._member.close()
            raise

    def _join(self) -> None:
        self._member.subscribe([self._topic])
        deadline = time.monotonic() + READY
        while not self._member.assignment():
            self._poll(_SLICE)
            if time.monotonic() > deadline:
                raise UserError([NOT_READ.at(f"no partition was assigned to `{self._group}` in {READY:g} s")])

    def receive(self, most: int, timeout: float) -> Sequence[Delivery]:
        """Take what came."""
        deadline = time.monotonic() + timeout
        self._take(most, 0.0)
        while len(self._waiting) < most and (left := deadline - time.monotonic()) > 0:
            self._take(most, min(left, _SLICE))
        came = [delivery_of(self._waiting.popleft()) for _ in range(min(most, len(self._waiting)))]
        if self._accepts_itself:
            self._commit(came)
        return came

    def accept(self, deliveries: Sequence[Delivery]) -> None:
        """Commit: Kafka knows a place up to which all is done, so what came before is done too."""
        if not self._accepts_itself:
            self._commit(deliveries)

    def reject(self, delivery: Delivery) -> None:
        """Write it to the dead letters, where there are any, and go on after it."""
        if self._bury is not None:
            self._bury(record_of(delivery), Death(self._topic, "rejected"))
        self._commit([delivery])

    def requeue(self, delivery: Delivery) -> None:
        """Go back to it: whatever came after it in its partition comes again, too."""
        partition = int(delivery.lane)
        self._waiting = deque(record for record in self._waiting if record.partition() != partition)
        self._member.seek(TopicPartition(self._topic, partition, delivery.position or 0))

    def crash(self) -> None:
        """Leave without a commit. One that is to be seen to die has a process of its own: see `doomed`."""
        self._member.close()

    def close(self) -> None:
        """Leave the group."""
        self._member.close()

    def _commit(self, deliveries: Iterable[Delivery]) -> None:
        ends: dict[int, int] = {}
        for one in deliveries:
            if one.position is not None:
                ends[int(one.lane)] = max(ends.get(int(one.lane), 0), one.position + 1)
        if not ends:
            return
        places = [TopicPartition(self._topic, partition, offset) for partition, offset in ends.items()]
        try:
            answers = self._member.commit(offsets=places, asynchronous=False) or []
        except KafkaException as error:
            raise _refused(error.args[0]) from None
        for place in answers:
            if place.error is not None:
                raise _refused(place.error)

    def _take(self, most: int, timeout: float) -> None:
        wanted = most - len(self._waiting)
        if wanted > 0:
            for record in self._member.consume(min(wanted, 10_000), timeout):
                self._keep(record)

    def _poll(self, timeout: float) -> None:
        record = self._member.poll(timeout)
        if record is not None:
            self._keep(record)

    def _keep(self, record: Record) -> None:
        error = record.error()
        if error is None:
            self._waiting.append(record)
        elif fault_of(error).denied:
            raise _refused(error)


def _refused(error: object) -> UserError:
    fault = fault_of(error)
    return UserError([(NOT_ALLOWED if fault.denied else NOT_READ).at(fault.message)])
