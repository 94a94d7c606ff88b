"""The bytes that come from one side of a connection, read by marks and sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

_PART = 1 << 16
_LONGEST_LINE = 1 << 20


class MessageError(Exception):
    """What came is no whole message."""


class Incoming:
    """The bytes of one side. What ends before its first byte is empty; what ends later is an error."""

    def __init__(self, source: socket.socket) -> None:
        self._source = source
        self._buffer = bytearray()

    @property
    def waiting(self) -> bool:
        """Whether bytes of a further message have come already."""
        return bool(self._buffer)

    def fileno(self) -> int:
        return self._source.fileno()

    def more(self) -> bool:
        """Wait for further bytes; False when none will come."""
        part = self._source.recv(_PART)
        self._buffer += part
        return bool(part)

    def through(self, mark: bytes) -> bytes:
        """Everything up to and with a mark; nothing when the connection ends before the first byte."""
        while (found := self._buffer.find(mark)) < 0:
            if len(self._buffer) > _LONGEST_LINE:
                raise MessageError(f"no {mark!r} in {len(self._buffer)} bytes")
            if not self.more():
                if self._buffer:
                    raise MessageError(f"the connection ended before {mark!r}")
                return b""
        return self.exactly(found + len(mark))

    def exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            if not self.more():
                raise MessageError(f"the connection ended {size - len(self._buffer)} bytes early")
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def to_the_end(self) -> bytes:
        while self.more():
            pass
        return self.exactly(len(self._buffer))
