"""Opening what reads and writes messages: clients of their own, with the connection's own settings."""

from collections.abc import Callable, Mapping

from confluent_kafka import Consumer, KafkaException, Producer

from mqinfra.providers.kafka.api.logs.reader import LogReader
from mqinfra.providers.kafka.api.logs.writer import LogWriter
from mqinfra.providers.kafka.api.wire import Wire, fault_of

Settings = Mapping[str, str | int | bool]

_READING: Settings = {
    # The client library wants a group, looks its coordinator up, and never joins it, as the partitions are assigned.
    "group.id": "mqinfra",
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "enable.partition.eof": True,
    "auto.offset.reset": "earliest",
    # Nobody writes records in a transaction. Somebody's that hangs would hide what comes after it.
    "isolation.level": "read_uncommitted",
    # The end is known by an answer without messages, for which the broker else waits half a second.
    "fetch.wait.max.ms": 10,
    "fetch.message.max.bytes": 16_000_000,
    "queued.max.messages.kbytes": 262_144,
    "fetch.queue.backoff.ms": 10,
}
_WRITING: Settings = {
    "acks": "all",
    # No message before an earlier one, however often it has to be sent. One may be there twice then, which does no harm
    # where the last under a key counts. A producer's id would prevent that, but to ask for one without a right to write
    # is an error that librdkafka does not recover from.
    "max.in.flight.requests.per.connection": 1,
    "compression.type": "lz4",
}
_LONGEST = 300.0


class LogCalls:
    """Opens readers and writers of messages to one cluster.

    Args:
        wire: the way to the cluster.
        consumer: opens a consumer with settings beyond those of the connection.
        producer: opens a producer with such settings.
    """

    def __init__(
        self, wire: Wire, consumer: Callable[[Settings], Consumer], producer: Callable[[Settings], Producer]
    ) -> None:
        self._wire, self._consumer, self._producer = wire, consumer, producer

    def reader(self) -> LogReader:
        """Open a reader; close it after use.

        Raises:
            UserError: the client can't be set up.
        """
        try:
            return LogReader(self._consumer(_READING), self._wire)
        except KafkaException as error:
            raise self._wire.unreadable("Fetch", fault_of(error)) from error

    def writer(self, patience: float, *, linger: float = 0.0) -> LogWriter:
        """Open a writer.

        Args:
            patience: seconds after which a message that has no answer is given up.
            linger: seconds to wait for more messages that can go in the same request.

        Raises:
            UserError: the client can't be set up.
        """
        deadline = min(max(patience, 1.0), _LONGEST)
        more = {"message.timeout.ms": int(deadline * 1_000), "linger.ms": int(linger * 1_000)}
        try:
            return LogWriter(self._producer({**_WRITING, **more}), deadline)
        except KafkaException as error:
            raise self._wire.unreadable("Produce", fault_of(error)) from error
