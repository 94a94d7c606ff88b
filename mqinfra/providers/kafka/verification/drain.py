"""Reading a topic with a fresh client, from the beginning to the end that it has now."""

import time
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from confluent_kafka import OFFSET_BEGINNING, KafkaError, TopicPartition
from confluent_kafka import Message as Record

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.codes import NOT_ALLOWED, NOT_READ
from mqinfra.providers.kafka.api.clients import Clients
from mqinfra.providers.kafka.api.wire import fault_of

_AT_ONCE = 2_000
_SLICE = 0.2


def records(
    clients: Clients,
    topic: str,
    partitions: int,
    timeout: float,
    *,
    committed: bool = True,
    start: Mapping[int, int] = MappingProxyType({}),
) -> Iterator[Record]:
    """All records of a topic.

    The broker's word counts that a partition has no more: offsets have gaps, where transactions end or keys were
    compacted away.

    Args:
        clients: opens clients.
        topic: what to read.
        partitions: how many it has.
        timeout: seconds that it may take.
        committed: without those of transactions that are open or were given up.
        start: the first offset to read of partitions; the first that there is where it says none.

    Raises:
        UserError: it was not read to its end in time, or may not be read.
    """
    reader = clients.consumer(
        {
            # The client wants a group, and never joins it, as the partitions are assigned.
            "group.id": f"{topic}.drain",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed" if committed else "read_uncommitted",
            "fetch.wait.max.ms": 10,
        }
    )
    try:
        reader.assign(
            [TopicPartition(topic, number, start.get(number, OFFSET_BEGINNING)) for number in range(partitions)]
        )
        left = set(range(partitions))
        deadline = time.monotonic() + timeout
        while left:
            for record in reader.consume(_AT_ONCE, _SLICE):
                error = record.error()
                if error is None:
                    yield record
                elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - librdkafka's own codes begin so
                    left.discard(record.partition() or 0)
                elif (fault := fault_of(error)).denied and "GROUP" not in fault.name:
                    raise UserError([NOT_ALLOWED.at(fault.message)])
            if left and time.monotonic() > deadline:
                raise UserError([NOT_READ.at(f"{len(left)} of {partitions} partitions were not read to their end")])
    finally:
        reader.close()
