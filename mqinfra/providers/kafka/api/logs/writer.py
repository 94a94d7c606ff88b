"""Writing messages to topics with one partition, each with the broker's answer. Imported only when connecting."""

import time
from collections.abc import Callable, Iterable

from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, KafkaError, KafkaException, Message, Producer

from mqinfra.model.frozen import dataclass
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.logs.reader import PARTITION
from mqinfra.providers.kafka.api.wire import fault_of

_GRACE = 2.0
_ROOM = 0.1


@dataclass(frozen=True, slots=True)
class Written:
    """What a broker says of a message that all replicas in sync have.

    Attributes:
        offset: its place in the partition.
        moment: when the broker appended it, in ms by its clock; 0 where the topic takes the writer's time.
    """

    offset: int
    moment: int


Answer = Written | KafkaFault


class LogWriter:
    """Writes to partition 0 of topics, in the order in which it is told.

    A client that was once refused for lack of a right goes on refusing: open another one then.

    Args:
        producer: librdkafka's client.
        patience: seconds after which it gives a message up.
    """

    def __init__(self, producer: Producer, patience: float) -> None:
        self._producer, self._patience = producer, patience

    def send(self, topic: str, key: bytes, value: bytes | None, done: Callable[[Answer], None]) -> None:
        """Put a message on its way; `done` gets the answer while `flush` waits for it."""

        def answered(error: KafkaError | None, message: Message) -> None:
            done(_written(message) if error is None else fault_of(error))

        deadline = time.monotonic() + self._patience
        while True:
            try:
                self._producer.produce(topic, value, key, PARTITION, on_delivery=answered)
            except BufferError:  # the client's own queue is full: wait for answers
                if time.monotonic() > deadline:
                    done(fault_named("_TIMED_OUT", f"no answer within {self._patience:g} s"))
                    return
                self._producer.poll(_ROOM)
            except KafkaException as error:
                done(fault_of(error))
                return
            else:
                return

    def flush(self, patience: float) -> int:
        """Wait for answers; how many are missing after so many seconds."""
        return self._producer.flush(patience)

    def write(self, topic: str, messages: Iterable[tuple[bytes, bytes | None]]) -> KafkaFault | None:
        """Write messages and wait for all answers; the first fault, if any of them is not known to be written."""
        faults: list[KafkaFault] = []

        def answered(answer: Answer) -> None:
            if isinstance(answer, KafkaFault):
                faults.append(answer)

        for key, value in messages:
            self.send(topic, key, value, answered)
        if missing := self.flush(self._patience + _GRACE):
            faults.append(fault_named("_TIMED_OUT", f"{missing:,} messages without an answer"))
        return faults[0] if faults else None

    def drop(self) -> None:
        """Forget what has not been sent yet."""
        self._producer.purge(in_flight=False)


def _written(message: Message) -> Written:
    kind, moment = message.timestamp()
    return Written(message.offset() or 0, moment if kind == TIMESTAMP_LOG_APPEND_TIME else 0)
