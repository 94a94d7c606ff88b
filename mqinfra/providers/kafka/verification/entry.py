"""Canaries as Kafka's records, and records as deliveries."""

import time
from collections.abc import Sequence
from typing import Any

from confluent_kafka import Message as Record

from mqinfra.model.errors import Bug
from mqinfra.model.operation import Death
from mqinfra.providers.base.verification.message import UID, Delivery, Message, digest_of

NUMBER = f"{UID}-number"
DIED_IN = f"{UID}-died-in"
"""Header of a dead letter: the topic, the reason and how often, one below the other."""

Headers = list[tuple[str, str | bytes | None]]


def headers_of(message: Message) -> Headers:
    """A message's headers, with its id and number."""
    own: Headers = [(UID, message.uid.encode()), (NUMBER, str(message.number).encode())]
    return own + list(message.headers.items())


def death_header(death: Death) -> tuple[str, str | bytes | None]:
    """What the reference consumer of dead letters writes into one."""
    return DIED_IN, f"{death.place}\n{death.reason}\n{death.count}".encode()


def delivery_of(record: Record, mark: str = "") -> Delivery:
    """A record as a delivery, with itself as the handle.

    Args:
        record: the record.
        mark: what its key begins with that is no part of it.
    """
    received = time.monotonic_ns()
    headers = {name: value or b"" for name, value in _headers(record)}
    key = (record.key() or b"").decode(errors="replace").removeprefix(mark)
    offset = record.offset()
    return Delivery(
        uid=headers.get(UID, b"").decode(errors="replace"),
        key=key,
        number=_number(headers.get(NUMBER, b"")),
        lane=str(record.partition()),
        position=offset if offset is not None and offset >= 0 else None,
        digest=digest_of(key, headers, record.value()),
        deaths=tuple(death for name, value in _headers(record) if name == DIED_IN for death in _death(value)),
        received=received,
        handle=record,
    )


def record_of(delivery: Delivery) -> Record:
    """The record that a delivery was made of."""
    record = delivery.handle
    if not isinstance(record, Record):
        raise Bug(f"a delivery of another consumer: {delivery}")
    return record


def _headers(record: Record) -> Sequence[tuple[str, bytes | None]]:
    headers: Any = record.headers() or ()
    return [(name, _bytes(value)) for name, value in headers]


def _bytes(value: object) -> bytes | None:
    return value if isinstance(value, bytes) else str(value).encode() if value is not None else None


def _number(text: bytes) -> int:
    return int(text) if text.isdigit() else -1


def _death(value: bytes | None) -> list[Death]:
    place, _, rest = (value or b"").decode(errors="replace").partition("\n")
    reason, _, count = rest.partition("\n")
    return [Death(place, reason, int(count) if count.isdigit() else 1)]
