"""Messages as entries of a stream, and back.

Redis has fields and nothing else: the canary's id, key and number are fields of their own, and headers have a prefix.
"""

from collections.abc import Mapping

from mqinfra.model.operation import Death
from mqinfra.providers.base.verification.message import UID, Delivery, Message, digest_of
from mqinfra.providers.redis.api.entry_id import parse
from mqinfra.providers.redis.api.replies import pairs
from mqinfra.providers.redis.api.resp import Reply

KEY = f"{UID}-key"
NUMBER = f"{UID}-number"
FROM = f"{UID}-died-in"
REASON = f"{UID}-died-of"
COUNT = f"{UID}-deliveries"
_BODY = "body"
_HEADER = "header:"
_SEQUENCE_BITS = 20
"""A millisecond has fewer than a million entries, and so a position fits into 64 bits."""


def fields_of(message: Message) -> list[str]:
    """A message's fields, as XADD takes them."""
    fields = [UID, message.uid]
    if message.key:
        fields += [KEY, message.key]
    if message.number >= 0:
        fields += [NUMBER, str(message.number)]
    for name, value in message.headers.items():
        fields += [_HEADER + name, _text(value)]
    if message.body is not None:
        fields += [_BODY, _text(message.body)]
    return fields


def story(lane: str, reason: str, deliveries: int) -> list[str]:
    """The fields that a consumer adds to an entry that it moves to the dead letters."""
    return [FROM, lane, REASON, reason, COUNT, str(deliveries)]


def delivery_of(
    lane: str, entry: str, flat: Reply, received: int, *, redelivered: bool | None = None, deliveries: int | None = None
) -> Delivery:
    """An entry as what was delivered.

    Args:
        lane: the stream.
        entry: the entry's id.
        flat: its fields and values, one after the other.
        received: when it came, on the process's monotonic clock.
        redelivered: whether it was claimed.
        deliveries: how often it was delivered before.
    """
    fields = {name: str(value) for name, value in pairs(flat).items()}
    headers = {name.removeprefix(_HEADER): _bytes(text) for name, text in fields.items() if name.startswith(_HEADER)}
    body = fields.get(_BODY)
    number = fields.get(NUMBER, "")
    key = fields.get(KEY, "")
    return Delivery(
        uid=fields.get(UID, ""),
        key=key,
        number=int(number) if number.isdigit() else -1,
        lane=lane,
        position=position(entry),
        digest=digest_of(key, headers, None if body is None else _bytes(body)),
        redelivered=redelivered,
        deliveries=deliveries,
        deaths=_deaths(fields),
        received=received,
        handle=(entry, flat),
    )


def position(entry: str) -> int | None:
    """An entry's id as one number that grows with it."""
    found = parse(entry)
    return None if found is None else found[0] << _SEQUENCE_BITS | found[1]


def _deaths(fields: Mapping[str, str]) -> tuple[Death, ...]:
    if FROM not in fields:
        return ()
    count = fields.get(COUNT, "")
    return (Death(fields[FROM], fields.get(REASON, ""), int(count) if count.isdigit() else 1),)


def _text(value: bytes) -> str:
    """Bytes as the client writes them unchanged."""
    return value.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
