"""HTTP messages as they come over a connection: byte for byte, with no header read but those that tell the length."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

_PART = 1 << 16
_LARGEST_HEAD = 1 << 20


class MessageError(Exception):
    """What came is no whole HTTP message."""


class Incoming:
    """The bytes that come from one side of a connection."""

    def __init__(self, source: socket.socket) -> None:
        self._source = source
        self._buffer = bytearray()

    @property
    def waiting(self) -> bool:
        """Whether bytes of a further message have come already."""
        return bool(self._buffer)

    def fileno(self) -> int:
        return self._source.fileno()

    def _more(self) -> bool:
        part = self._source.recv(_PART)
        self._buffer += part
        return bool(part)

    def through(self, mark: bytes) -> bytes:
        """Everything up to and with a mark; nothing when the connection ends before the first byte."""
        while (found := self._buffer.find(mark)) < 0:
            if len(self._buffer) > _LARGEST_HEAD:
                raise MessageError(f"no end of a head in {len(self._buffer)} bytes")
            if not self._more():
                if self._buffer:
                    raise MessageError("the connection ended within a head")
                return b""
        return self.exactly(found + len(mark))

    def exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            if not self._more():
                raise MessageError(f"the connection ended {size - len(self._buffer)} bytes early")
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def to_the_end(self) -> bytes:
        while self._more():
            pass
        return self.exactly(len(self._buffer))


def read_head(incoming: Incoming) -> bytes:
    """The first line and the headers with the empty line after them; nothing when there is no further message."""
    return incoming.through(b"\r\n\r\n")


def first_line(head: bytes) -> list[str]:
    """Its three words: method, target and version, or version, status and reason."""
    words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
    if len(words) < 2:
        raise MessageError(f"no HTTP: {head[:80]!r}")
    return words


def header(head: bytes, name: str) -> str | None:
    """The first header of this name."""
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.decode("latin-1").partition(":")
        if key.strip().lower() == name:
            return value.strip()
    return None


def read_body(incoming: Incoming, head: bytes, *, until_close: bool) -> bytes:
    """What follows a head, chunk sizes included; `until_close` where a length that is not told means that."""
    if (header(head, "transfer-encoding") or "").lower() == "chunked":
        return _chunks(incoming)
    if (length := header(head, "content-length")) is not None:
        return incoming.exactly(int(length))
    return incoming.to_the_end() if until_close else b""


def _chunks(incoming: Incoming) -> bytes:
    parts = bytearray()
    while True:
        line = incoming.through(b"\r\n")
        size = int(line.split(b";")[0], 16)
        parts += line
        if size == 0:
            break
        parts += incoming.exactly(size + 2)
    while True:
        trailer = incoming.through(b"\r\n")
        parts += trailer
        if trailer in {b"\r\n", b""}:
            return bytes(parts)


def read_response(incoming: Incoming, method: str) -> bytes:
    """The whole answer to a request, interim ones before it included."""
    answer = b""
    while True:
        head = read_head(incoming)
        if not head:
            raise MessageError("the server closed the connection and did not answer")
        status = int(first_line(head)[1])
        answer += head
        if status < 200:
            continue
        if method == "HEAD" or status in {204, 304}:
            return answer
        return answer + read_body(incoming, head, until_close=True)
