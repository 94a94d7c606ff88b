"""A first word to a broker, before any login: does something answer there that speaks Kafka's protocol?"""

import ssl
import struct
import time
from socket import socket

from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.addresses import split
from mqinfra.providers.base.connecting.bounded import GibberishError, Timed, dial, left, secured

_API_VERSIONS, _CORRELATION = 18, 4_711
_LARGEST = 2**20


def greet(address: str, context: ssl.SSLContext | None, seconds: float) -> socket:
    """Connect, and ask which requests a broker takes, which needs no login.

    Args:
        address: `host:port`.
        context: the TLS to speak; None for none.
        seconds: how long it may take.

    Returns:
        the connection, which the broker has answered on.

    Raises:
        OSError: none came about, or what answers does not speak Kafka's protocol.
    """
    host, port = split(address)
    end = time.monotonic() + seconds
    line = dial(host, port, end)
    if context is not None:
        line = secured(line, context, host, end)
    try:
        request = struct.pack(">hhih", _API_VERSIONS, 0, _CORRELATION, -1)
        line.settimeout(left(end))
        line.sendall(struct.pack(">i", len(request)) + request)
        _require_answer(Timed(line, end))
    except BaseException:
        line.close()
        raise
    return line


def greeted(address: str, context: ssl.SSLContext | None, seconds: float) -> tuple[Known, str]:
    """Whether a broker answers to a first word, and why it does not."""
    try:
        greet(address, context, seconds).close()
    except OSError as error:
        return Known.FAILED, str(error)
    return Known.OK, ""


def _require_answer(source: Timed) -> None:
    size, correlation = struct.unpack(">ii", _read(source, 8))
    if correlation != _CORRELATION or not 4 <= size <= _LARGEST:
        raise GibberishError("what came is no answer of a Kafka broker")


def _read(source: Timed, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = source.read(size - len(data))
        if not part:
            raise ConnectionResetError("connection closed by the broker")
        data += part
    return data
