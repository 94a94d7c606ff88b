"""Canaries as AMQP messages, and back.

Headers with `x-` are the broker's own, and no part of what was sent.
"""

from collections.abc import Mapping
from typing import Any

from pika import BasicProperties

from mqinfra.model.operation import Death
from mqinfra.providers.base.verification.message import UID, Delivery, Message, digest_of
from mqinfra.providers.rabbitmq.api.channel import Came

NUMBER = f"{UID}-number"
_OWN = "x-"
_DEATHS, _DELIVERIES, _OFFSET = "x-death", "x-delivery-count", "x-stream-offset"


def properties_of(message: Message, further: Mapping[str, Any] | None = None) -> BasicProperties:
    """A message's properties, with further headers of types that a message has none of."""
    headers: dict[str, Any] = {UID: message.uid, **message.headers, **(further or {})}
    if message.number >= 0:
        headers[NUMBER] = message.number
    return BasicProperties(
        headers=headers,
        delivery_mode=2 if message.persistent else 1,
        priority=message.priority,
        expiration=None if message.expires_ms is None else str(message.expires_ms),
    )


def uid_of(properties: BasicProperties) -> str:
    """A canary's id; empty for any other message."""
    return str((properties.headers or {}).get(UID, ""))


def delivery_of(came: Came, lane: str, arrival: int, real: Mapping[str, str], handle: object = None) -> Delivery:
    """What was delivered.

    A queue tells no positions. Messages leave it in order, so where one is not delivered again, its place among all
    arrivals is its place in the queue; a stream tells its offset.

    Args:
        came: as the channel has it.
        lane: the queue that it came from.
        arrival: its place among all that came on this ground.
        real: what copies stand for, by their names.
        handle: what its consumer answers for it by.
    """
    headers: Mapping[str, Any] = came.properties.headers or {}
    own = {
        name: value if isinstance(value, bytes) else str(value).encode()
        for name, value in headers.items()
        if not name.startswith(_OWN)
    }
    offset, count, number = headers.get(_OFFSET), headers.get(_DELIVERIES), headers.get(NUMBER)
    return Delivery(
        uid=uid_of(came.properties),
        key=came.key,
        number=number if isinstance(number, int) else -1,
        lane=lane,
        position=offset if isinstance(offset, int) else arrival,
        digest=digest_of(came.key, own, came.body),
        redelivered=None if isinstance(offset, int) else came.redelivered,
        deliveries=count if isinstance(count, int) else None,
        deaths=_deaths(headers.get(_DEATHS), real),
        received=came.at,
        handle=handle,
    )


def _deaths(told: object, real: Mapping[str, str]) -> tuple[Death, ...]:
    some = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return tuple(
        Death(real.get(str(one.get("queue")), str(one.get("queue"))), str(one.get("reason")), int(one.get("count", 1)))
        for one in some
    )
