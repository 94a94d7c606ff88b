"""What a topic of records holds: messages by key, and what each kind of key stands for. Pure."""

import json
from collections.abc import Collection
from typing import TYPE_CHECKING

from mqinfra.model.record import Owner

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.logs.reader import LogMessage

RECORD = b"r:"
"""A record; its key follows."""
CLAIM = b"l:"
"""A claim of the lock; its id follows."""
OWNER = b"o:"
"""Whose topic it is, where its name is too long to say so."""


def record_key(key: str) -> bytes:
    """The message key of a record; a key may be any text."""
    return RECORD + key.encode("utf-8", "surrogatepass")


def to_bytes(text: str | None) -> bytes | None:
    """The message value of a record's text."""
    return text.encode("utf-8", "surrogatepass") if text is not None else None


def owner_value(owner: Owner) -> bytes:
    """The message value that says whose topic it is."""
    return json.dumps([owner.project, owner.environment]).encode()


class Entries:
    """The latest of each key.

    Attributes:
        owner: whose topic it is, if a message says so.

    Args:
        only: the keys of records that are kept; None for all.
    """

    def __init__(self, only: Collection[str] | None = None) -> None:
        self._latest: dict[bytes, bytes | None] = {}
        self.owner: Owner | None = None
        self._only = frozenset(map(record_key, only)) if only is not None else None

    def note(self, message: "LogMessage") -> None:
        """Take the next message."""
        if message.key.startswith(RECORD):
            if self._only is None or message.key in self._only:
                self._latest[message.key] = message.value
        elif message.key == OWNER:
            self.owner = _owner(message.value)

    def texts(self) -> dict[str, str]:
        """Decode the records, by key. What can't be decoded is left out."""
        found: dict[str, str] = {}
        for key, value in self._latest.items():
            if value is not None:
                try:
                    text = value.decode("utf-8", "surrogatepass")
                    found[key[len(RECORD) :].decode("utf-8", "surrogatepass")] = text
                except UnicodeDecodeError:
                    continue
        return found


def _owner(value: bytes | None) -> Owner | None:
    try:
        said = json.loads(value or b"")
    except ValueError:
        return None
    match said:
        case [str(project), str(environment)]:
            return Owner(project, environment)
        case _:
            return None
