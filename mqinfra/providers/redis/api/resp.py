"""RESP2, the protocol of Redis: commands to bytes, and bytes to replies that are bounded in time, size and depth.

Our own reader, because redis-py's has no bound on any of the three, and they are what a hostile server plays with.
"""

import io
import socket
from collections.abc import Sequence
from typing import Any

from mqinfra.providers.base.connecting.bounded import DEEPEST, FloodError, GibberishError, Timed

Call = tuple[str, ...]
Reply = Any
"""What the server said: texts, numbers, None and lists of them; a `ServerError` where it said no."""

LARGEST = 256 * 2**20
"""Bytes that one reply may take in memory. The rules of 50,000 users (`ACL LIST`) are about 50 MB."""
_EACH = 64
"""Bytes that a value takes besides its text."""
_LONGEST_LINE = 2**16
_LONGEST_NUMBER = 20


class ServerError(Exception):
    """An error as the server says it, code included: `NOPERM this user has no permissions ...`.

    Raised where there is one reply only; within a list it is a value.
    """


def packed(calls: Sequence[Call]) -> bytes:
    """Write commands."""
    parts: list[bytes] = []
    for call in calls:
        parts.append(b"*%d\r\n" % len(call))
        for word in call:
            text = word.encode("utf-8", "surrogateescape")
            parts.append(b"$%d\r\n%b\r\n" % (len(text), text))
    return b"".join(parts)


class Replies:
    """The replies that come over a connection, one after the other."""

    def __init__(self, source: socket.socket) -> None:
        self._timed = Timed(source)
        self._stream = io.BufferedReader(self._timed, 2**16)
        self._left = 0

    def receive(self, end: float) -> Reply:
        """Wait for a reply until a deadline.

        Raises:
            OSError: the deadline passed (TimeoutError), the connection ended, the reply is larger than `LARGEST`
                (FloodError), or it is none of Redis's (GibberishError).
        """
        self._timed.end, self._left = end, LARGEST
        return self._value(0)

    def _value(self, depth: int) -> Reply:
        kind, text = self._line()
        if kind == b"$":
            return self._text(_number(text))
        if kind == b"*":
            return self._list(_number(text), depth)
        if kind == b":":
            return _number(text)
        if kind == b"+":
            return _decoded(text)
        if kind == b"-":
            return ServerError(text.decode("utf-8", "replace"))
        raise GibberishError("a reply of no kind that Redis has")

    def _line(self) -> tuple[bytes, bytes]:
        line = self._stream.readline(_LONGEST_LINE)
        if not line.endswith(b"\r\n"):
            if len(line) < _LONGEST_LINE and not line.endswith(b"\n"):
                raise ConnectionResetError("connection closed by the server")
            raise GibberishError("a line that does not end as Redis ends them")
        self._take(len(line))
        return line[:1], line[1:-2]

    def _text(self, size: int) -> str | None:
        if size == -1:
            return None
        if size < 0:
            raise GibberishError("a text of less than nothing")
        self._take(size)
        text = self._stream.read(size + 2)
        if len(text) < size + 2:
            raise ConnectionResetError("connection closed by the server")
        if not text.endswith(b"\r\n"):
            raise GibberishError("a text of another length than it says")
        return _decoded(text[:-2])

    def _list(self, size: int, depth: int) -> list[Reply] | None:
        if size == -1:
            return None
        if depth >= DEEPEST:
            raise GibberishError(f"lists in lists, more than {DEEPEST} deep")
        if size * _EACH > self._left:
            raise FloodError(_FLOOD)
        return [self._value(depth + 1) for _ in range(size)]

    def _take(self, size: int) -> None:
        self._left -= size + _EACH
        if self._left < 0:
            raise FloodError(_FLOOD)


_FLOOD = f"an answer of more than {LARGEST // 2**20} MiB"


def _number(text: bytes) -> int:
    if len(text) > _LONGEST_NUMBER or not text.removeprefix(b"-").isdigit():
        raise GibberishError("something else where a number belongs")
    return int(text)


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")
