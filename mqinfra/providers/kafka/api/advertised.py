"""Asking a bootstrap broker who is in the cluster, before librdkafka does.

librdkafka leaves the bootstrap broker with its first answer and logs in at a listener that was advertised, and Python
has no hook to hold it back. So where a password would go in plain text, one call finds the listeners beforehand. It
speaks the oldest versions that brokers from 2.0 to 4.x take.
"""

import struct
import time
from collections.abc import Sequence
from socket import socket

from mqinfra.providers.base.connecting.addresses import joined
from mqinfra.providers.base.connecting.bounded import FloodError, GibberishError, Timed, dial, left

_HANDSHAKE, _AUTHENTICATE, _METADATA = 17, 36, 3
_LARGEST = 2**20
"""Bytes of an answer: a thousand brokers are about 100 KB."""
_MOST_BROKERS = 10_000


def advertised(bootstrap: Sequence[str], login: tuple[str, str], seconds: float) -> list[str]:
    """Log in with SASL PLAIN, and ask for the brokers.

    Args:
        bootstrap: brokers to ask; the first that answers is believed.
        login: user and password.
        seconds: how long it may take.

    Returns:
        `host:port` of each; nothing where no answer came, which the real connection will then explain.
    """
    end = time.monotonic() + seconds
    for address in bootstrap:
        host, _, port = address.rpartition(":")
        try:
            with dial(host.strip("[]"), int(port), end) as dialled:
                return _brokers(dialled, login, end)
        except (OSError, struct.error, UnicodeError):
            continue
    return []


def _brokers(dialled: socket, login: tuple[str, str], end: float) -> list[str]:
    source = Timed(dialled, end)

    def ask(key: int, version: int, body: bytes) -> "_Answer":
        request = struct.pack(">hhi", key, version, key) + _text("mqinfra") + body
        dialled.settimeout(left(end))
        dialled.sendall(struct.pack(">i", len(request)) + request)
        size = struct.unpack(">i", _read(source, 4))[0]
        if not 4 <= size <= _LARGEST:
            raise FloodError("an answer larger than any list of brokers")
        answer = _Answer(_read(source, size))
        if answer.number(">i") != key:
            raise GibberishError("an answer to another call")
        return answer

    if ask(_HANDSHAKE, 1, _text("PLAIN")).number(">h") != 0:
        raise GibberishError("no login with PLAIN")
    token = f"\0{login[0]}\0{login[1]}".encode()
    if ask(_AUTHENTICATE, 0, struct.pack(">i", len(token)) + token).number(">h") != 0:
        raise GibberishError("no login")
    answer = ask(_METADATA, 1, struct.pack(">i", 0))
    count = answer.number(">i")
    if not 0 <= count <= _MOST_BROKERS:
        raise GibberishError("no list of brokers")
    return [answer.broker() for _ in range(count)]


class _Answer:
    """A response, read from its beginning; struct.error where it is too short."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def number(self, form: str) -> int:
        (value,) = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return int(value)

    def text(self) -> str:
        size = max(0, self.number(">h"))
        self._at += size
        return self._data[self._at - size : self._at].decode()

    def broker(self) -> str:
        self.number(">i")
        host = self.text()
        port = self.number(">i")
        self.text()  # its rack
        return joined(host, port)


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack(">h", len(data)) + data


def _read(source: Timed, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = source.read(size - len(data))
        if not part:
            raise ConnectionResetError("connection closed by the broker")
        data += part
    return bytes(data)
