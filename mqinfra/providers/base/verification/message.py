"""Messages of a verification, and what became of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from mqinfra.model.frozen import dataclass
from mqinfra.model.operation import Death, Known

UID = "mqinfra-canary"
"""The header with a message's own id; who finds it in place knows that the message is a canary."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to send.

    Attributes:
        uid: its own id, which also goes into the header `mqinfra-canary`.
        key: its key or routing key; empty for none.
        body: what it says; None is a tombstone, where the broker knows them.
        headers: its other headers.
        number: its place among the messages of its key.
        priority: its priority; None for none.
        expires_ms: how long it lives, in milliseconds; None for as long as it is kept.
        persistent: whether the broker shall keep it through a restart, where a message can say so.
    """

    uid: str
    key: str
    body: bytes | None
    headers: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    number: int = -1
    priority: int | None = None
    expires_ms: int | None = None
    persistent: bool = True

    @property
    def digest(self) -> str:
        """SHA-256 of key, headers and body."""
        return digest_of(self.key, self.headers, self.body)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a message that was sent.

    Attributes:
        known: `unknown` after a timeout or a lost connection; `failed` only where it certainly is not there.
        lane: where the broker put it.
        position: its place there; None where the broker did not say.
        returned: the broker gave it back, since it leads nowhere.
        error: the broker's words.
        ended: when that was known, on the process's monotonic clock.
    """

    known: Known
    lane: str = ""
    position: int | None = None
    returned: bool = False
    error: str = ""
    ended: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that was delivered.

    Attributes:
        uid: its id; empty for a message that is not a canary's.
        key: its key or routing key.
        number: its place among the messages of its key, from its header; -1 without.
        lane: where it came from.
        position: its place there.
        digest: SHA-256 of what came.
        redelivered: what the broker said; None where it says nothing.
        deliveries: how often it was delivered before; None where the broker does not count.
        deaths: a dead letter's story, newest first.
        received: when it came, on the process's monotonic clock.
        handle: what the consumer needs to answer for it; only the consumer reads it.
    """

    uid: str
    key: str
    number: int
    lane: str
    position: int | None
    digest: str
    redelivered: bool | None = None
    deliveries: int | None = None
    deaths: tuple[Death, ...] = ()
    received: int = 0
    handle: object = field(default=None, repr=False, compare=False)


def digest_of(key: str, headers: Mapping[str, bytes], body: bytes | None) -> str:
    """SHA-256 in hex of a message's key, its headers without the canary's own, and its body, told apart by lengths."""
    sha = hashlib.sha256()
    own = sorted((name, value) for name, value in headers.items() if not name.startswith(UID))
    for part in (key.encode(), *(piece for name, value in own for piece in (name.encode(), value))):
        sha.update(len(part).to_bytes(8, "big") + part)
    sha.update(b"none" if body is None else len(body).to_bytes(8, "big") + body)
    return sha.hexdigest()
