"""The wire format of payloads with a schema: a zero byte, the schema's id in four, then the payload.

The same for all clients of a registry that speaks Confluent's API
(docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html, "Wire format").
"""

import struct

from mqinfra.providers.base.verification.codec import PayloadError

_MAGIC = b"\x00"
_ID = struct.Struct(">i")
_HEAD = 1 + _ID.size
MOST = 2**31 - 1
"""The highest id that there can be."""


def framed(number: int, body: bytes) -> bytes:
    """A payload with the id of its schema in front."""
    return _MAGIC + _ID.pack(number) + body


def unframed(payload: bytes) -> tuple[int, bytes]:
    """The id of a payload's schema, and the rest.

    Raises:
        PayloadError: it has none.
    """
    if len(payload) < _HEAD or payload[:1] != _MAGIC:
        raise PayloadError("it does not begin with the id of a schema")
    return _ID.unpack(payload[1:_HEAD])[0], payload[_HEAD:]
