"""Reading the messages of topics with one partition, from an offset to a known end. Imported only when connecting."""

import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Self

from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Consumer, KafkaError, KafkaException, Message, TopicPartition

from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.wire import Wire, fault_of

PARTITION = 0
BEGINNING = 0
_AT_ONCE = 10_000
_SLICE = 0.25
_NO_MATTER = "GROUP_AUTHORIZATION_FAILED"


class LogMessage(NamedTuple):
    """A message.

    Attributes:
        topic: where it is.
        offset: its place in the partition.
        key: its key; empty where it has none.
        value: its value; None where it says that what its key stood for is gone.
        moment: when a broker appended it, in ms by that broker's clock; 0 where the writer set the time.
    """

    topic: str
    offset: int
    key: bytes
    value: bytes | None
    moment: int


class LogReader:
    """Reads partition 0 of topics.

    Attributes:
        faults: topics that can't be read, and why.
    """

    def __init__(self, consumer: Consumer, wire: Wire) -> None:
        self._consumer, self._wire = consumer, wire
        self._next: dict[str, int] = {}
        self._trouble: KafkaFault | None = None
        self.faults: dict[str, KafkaFault] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def start(self, offsets: Mapping[str, int]) -> None:
        """Say which topics to read, each from an offset on."""
        self._next = dict(offsets)
        self._consumer.assign([TopicPartition(topic, PARTITION, offset) for topic, offset in offsets.items()])

    def read_to(self, ends: Mapping[str, int]) -> Iterator[LogMessage]:
        """Read until every topic was read up to its end, or turned out to be unreadable.

        Where the last messages before an end are gone, which is what compaction does, the broker's word counts that
        nothing more comes. Messages beyond an end may come too.

        Raises:
            UserError: the cluster sends nothing any more.
        """
        deadline = time.monotonic() + self._wire.timeout
        while any(self._next[topic] < end for topic, end in ends.items() if topic not in self.faults):
            before = dict(self._next)
            yield from self.take(_SLICE)
            if self._next != before:
                deadline = time.monotonic() + self._wire.timeout
            elif time.monotonic() > deadline:
                silence = fault_named("_TIMED_OUT", f"no answer within {self._wire.timeout:g} s")
                raise self._wire.unreadable("Fetch", self._trouble or silence)

    def position(self, topic: str) -> int:
        """The offset before which all of a topic was read."""
        return self._next[topic]

    def take(self, patience: float) -> list[LogMessage]:
        """Take what has come, and wait for it when nothing has.

        Args:
            patience: seconds to wait at most.

        Raises:
            UserError: the client gave up.
        """
        try:
            some = self._consumer.consume(_AT_ONCE, 0.0)
            if not some:
                one = self._consumer.poll(patience)
                some = [one] if one is not None else []
        except KafkaException as error:
            raise self._wire.unreadable("Fetch", fault_of(error)) from error
        return [message for one in some if (message := self._message(one)) is not None]

    def _message(self, one: Message) -> LogMessage | None:
        error = one.error()
        if error is not None:
            self._note(error, one)
            return None
        topic, offset = one.topic() or "", one.offset() or 0
        self._next[topic] = offset + 1
        kind, moment = one.timestamp()
        return LogMessage(
            topic, offset, one.key() or b"", one.value(), moment if kind == TIMESTAMP_LOG_APPEND_TIME else 0
        )

    def _note(self, error: KafkaError, one: Message) -> None:
        topic, offset = one.topic(), one.offset()
        if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - librdkafka's own codes begin so
            if topic is not None and offset is not None:
                self._next[topic] = max(self._next[topic], offset)
            return
        fault = fault_of(error)
        if fault.name == _NO_MATTER:
            return  # no group is joined, so nothing hangs on its coordinator
        self._trouble = fault
        # What is lost, to be tried again, or not known yet to the broker that answers, the client asks for again.
        if topic is not None and not (fault.lost or fault.retry or fault.absent):
            self.faults[topic] = fault
