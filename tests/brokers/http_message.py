"""HTTP messages as they come over a connection: byte for byte, with no header read but those that tell the length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.brokers.incoming import MessageError

if TYPE_CHECKING:
    from tests.brokers.incoming import Incoming


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
