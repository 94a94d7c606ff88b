"""Clients that write down what they do: no procedure and no provider has to think of it, or can forget it."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from mqinfra.model.operation import Act, Known, Operation
from mqinfra.providers.base.verification.ground import Client, Consumer, Ground, Producer, Used
from mqinfra.providers.base.verification.message import Delivery, Message, Sent
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.base.verification.procedure import Notes


class RecordedProducer(Producer):
    """A producer with a history around it, and a limit on messages per second where there is one; 0 for none."""

    def __init__(self, producer: Producer, notes: Notes, name: str, rate: int = 0) -> None:
        self._producer, self._notes, self._name, self._rate = producer, notes, name, rate
        self._attempts: dict[str, int] = {}
        self._free_at = 0.0

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        """Send, and write down each message with what became of it. What would be too fast waits its turn."""
        if self._rate:
            time.sleep(min(timeout, max(0.0, self._free_at - time.monotonic())))
            self._free_at = time.monotonic() + len(messages) / self._rate
        began = time.monotonic_ns()
        sent = self._producer.send(messages, timeout)
        now = time.monotonic_ns()
        for message, one in zip(messages, sent, strict=True):
            attempt = self._attempts.get(message.uid, 0) + 1
            self._attempts[message.uid] = attempt
            self._notes.note(
                Operation(
                    act=Act.PUBLISH,
                    began=began,
                    ended=one.ended or now,
                    known=one.known,
                    client=self._name,
                    uid=message.uid,
                    key=message.key,
                    number=message.number,
                    attempt=attempt,
                    lane=one.lane,
                    position=one.position,
                    digest=message.digest,
                    error=one.error,
                    seen="returned" if one.returned else None,
                )
            )
        return sent

    def close(self) -> None:
        """Close the producer."""
        self._producer.close()


class RecordedConsumer(Consumer):
    """A consumer with a history around it."""

    def __init__(self, consumer: Consumer, notes: Notes, name: str) -> None:
        self._consumer, self._notes, self._name = consumer, notes, name

    def receive(self, most: int, timeout: float) -> Sequence[Delivery]:
        """Receive, and write down each delivery."""
        began = time.monotonic_ns()
        came = self._consumer.receive(most, timeout)
        for one in came:
            self._notes.note(operation_of(one, Act.RECEIVE, self._name, began))
        return came

    def accept(self, deliveries: Sequence[Delivery]) -> None:
        """Accept, and write it down."""
        began = time.monotonic_ns()
        self._consumer.accept(deliveries)
        for one in deliveries:
            self._notes.note(answer(one, Act.ACCEPT, self._name, began))

    def reject(self, delivery: Delivery) -> None:
        """Reject, and write it down."""
        began = time.monotonic_ns()
        self._consumer.reject(delivery)
        self._notes.note(answer(delivery, Act.REJECT, self._name, began))

    def requeue(self, delivery: Delivery) -> None:
        """Give back, and write it down."""
        began = time.monotonic_ns()
        self._consumer.requeue(delivery)
        self._notes.note(answer(delivery, Act.REQUEUE, self._name, began))

    def crash(self) -> None:
        """Crash, and write it down."""
        began = time.monotonic_ns()
        self._consumer.crash()
        self._notes.note(Operation(Act.CRASH, began, time.monotonic_ns(), client=self._name))

    def close(self) -> None:
        """Close the consumer."""
        self._consumer.close()


class RecordedGround(Ground[Place]):
    """A ground whose clients write down what they do."""

    def __init__(self, ground: Ground[Place], notes: Notes, rate: int = 0) -> None:
        self.inner, self._rate = ground, rate
        self.place, self.mode, self.name, self.room = ground.place, ground.mode, ground.name, ground.room
        self.settles = ground.settles
        self._notes, self._producers, self._consumers = notes, count(1), count(1)
        self._lock = threading.Lock()

    def producer(self) -> Producer:
        """A producer that writes down what it does."""
        with self._lock:
            name = f"producer {next(self._producers)}"
        return RecordedProducer(self.inner.producer(), self._notes, name, self._rate)

    def consumer(self, *, group: str = "one", accepts_itself: bool = False) -> Consumer:
        """A consumer that writes down what it does."""
        return self._consumer(self.inner.consumer(group=group, accepts_itself=accepts_itself))

    def doomed(self, *, group: str = "one", accepts_itself: bool = False) -> Consumer:
        """One that is going to crash, and writes down what it does until then."""
        return self._consumer(self.inner.doomed(group=group, accepts_itself=accepts_itself))

    def _consumer(self, consumer: Consumer) -> Consumer:
        with self._lock:
            name = f"consumer {next(self._consumers)}"
        return RecordedConsumer(consumer, self._notes, name)

    def drain(self, timeout: float) -> Iterator[Delivery]:
        """Drain, and write down each message."""
        return self._drained(self.inner.drain(timeout), "drain")

    def drain_dead(self, timeout: float) -> Iterator[Delivery]:
        """Drain the dead letters, and write down each."""
        return self._drained(self.inner.drain_dead(timeout), "dead letters")

    def sever(self) -> int | None:
        """Have connections ended, and write down how many."""
        severed = self.inner.sever()
        self._notes.observe("severed", severed)
        return severed

    def depth(self) -> int | None:
        """Read the depth, and write it down."""
        depth = self.inner.depth()
        self._notes.observe("depth", depth)
        return depth

    def passed(self, sent: Sequence[Sent]) -> int | None:
        """Ask how far consumers are; procedures ask over and over, and write down what they make of it."""
        return self.inner.passed(sent)

    def leader(self) -> str | None:
        """Ask who leads, and write it down."""
        leader = self.inner.leader()
        self._notes.observe("leader", leader)
        return leader

    def nodes(self) -> Sequence[str]:
        """Ask who is up, and write it down."""
        nodes = self.inner.nodes()
        self._notes.observe("nodes", list(nodes))
        return nodes

    def settled(self) -> bool:
        """Ask whether all replicas are there; procedures ask over and over."""
        return self.inner.settled()

    def connect(self) -> Client | None:
        """Open one more connection; how many there were is for the procedure to say."""
        return self.inner.connect()

    def limits(self) -> Mapping[str, Used]:
        """Read limits, and write them down."""
        limits = self.inner.limits()
        self._notes.observe("limits", {name: list(one) for name, one in limits.items()})
        return limits

    def _drained(self, deliveries: Iterator[Delivery], client: str) -> Iterator[Delivery]:
        began = time.monotonic_ns()
        for one in deliveries:
            self._notes.note(operation_of(one, Act.DRAIN, client, began))
            yield one


def operation_of(delivery: Delivery, act: Act, client: str, began: int) -> Operation:
    """What came as an operation."""
    return Operation(
        act=act,
        began=began,
        ended=delivery.received or time.monotonic_ns(),
        known=Known.OK,
        client=client,
        uid=delivery.uid,
        key=delivery.key,
        number=delivery.number,
        lane=delivery.lane,
        position=delivery.position,
        redelivered=delivery.redelivered,
        deliveries=delivery.deliveries,
        digest=delivery.digest,
        deaths=delivery.deaths,
    )


def answer(delivery: Delivery, act: Act, client: str, began: int) -> Operation:
    """An answer for a delivery as an operation."""
    return Operation(
        act=act,
        began=began,
        ended=time.monotonic_ns(),
        client=client,
        uid=delivery.uid,
        key=delivery.key,
        number=delivery.number,
        lane=delivery.lane,
        position=delivery.position,
    )
