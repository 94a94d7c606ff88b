"""The newest records of a topic, read without a group: nobody's offsets move, and no member is asked to rebalance."""

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from confluent_kafka import KafkaError, TopicPartition
from confluent_kafka import Message as Record

from mqinfra.providers.base.verification.examination import Letter, Repeated, letter_of
from mqinfra.providers.kafka.api.clients import Clients
from mqinfra.providers.kafka.api.wire import fault_of

_SLICE = 0.2
_AT_ONCE = 500
_CLOSE_MS = 300_000
"""Milliseconds within which equal records are one that was sent again."""


class TailFaultError(Exception):
    """The records may not be read; the message is the broker's."""


def newest(
    clients: Clients, topic: str, held: Mapping[int, tuple[int, int]], most: int, timeout: float
) -> list[Record]:
    """Read up to so many of the newest records.

    Args:
        clients: opens clients.
        topic: what to read.
        held: first and next offset of each partition.
        most: how many, shared between partitions.
        timeout: seconds that it may take; what came by then counts.

    Raises:
        TailFaultError: the caller may not read it.
    """
    each = max(1, most // max(1, len(held)))
    places = {at: max(start, end - each) for at, (start, end) in held.items() if end > start}
    if not places:
        return []
    reader = clients.consumer(
        {
            # The client wants a group, and never joins it, as the partitions are assigned.
            "group.id": "mqinfra-diagnose",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            "fetch.wait.max.ms": 10,
        }
    )
    try:
        reader.assign([TopicPartition(topic, at, offset) for at, offset in places.items()])
        return list(_to_end(reader, set(places), time.monotonic() + timeout))
    finally:
        reader.close()


def _to_end(reader: Any, left: set[int], deadline: float) -> Iterator[Record]:  # noqa: ANN401 - a Consumer, whose stub says nothing
    while left and time.monotonic() < deadline:
        for record in reader.consume(_AT_ONCE, _SLICE):
            error = record.error()
            if error is None:
                yield record
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - librdkafka's own codes begin so
                left.discard(record.partition() or 0)
            elif (fault := fault_of(error)).denied and "GROUP" not in fault.name:
                raise TailFaultError(fault.message)


def letters(records: Sequence[Record]) -> tuple[Letter, ...]:
    """Records as dead letters, by what consumers wrote into their headers."""
    return tuple(letter_of(_place(one), _headers(one)) for one in records)


def repeated(records: Sequence[Record]) -> tuple[Repeated, ...]:
    """Records with the same key, headers and value, written within minutes. What they hold is only compared."""
    alike: dict[bytes, list[Record]] = {}
    for one in records:
        if one.value():
            alike.setdefault(_digest(one), []).append(one)
    found = []
    for some in alike.values():
        times = sorted(one.timestamp()[1] for one in some)
        if len(some) > 1 and times[-1] - times[0] <= _CLOSE_MS:
            found.append(Repeated(places=tuple(map(_place, some)), apart_ms=times[-1] - times[0]))
    return tuple(found)


def _digest(record: Record) -> bytes:
    sha = hashlib.sha256()
    parts: list[Any] = [record.key(), record.value(), *(f"{name}={value}" for name, value in _headers(record))]
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part or b""
        sha.update(len(raw).to_bytes(8, "big") + raw)
    return sha.digest()


def _headers(record: Record) -> list[tuple[str, str]]:
    told: Any = record.headers() or ()
    return [(str(name), (value or b"").decode(errors="replace")) for name, value in told]


def _place(record: Record) -> str:
    return f"{record.partition()}:{record.offset()}"
