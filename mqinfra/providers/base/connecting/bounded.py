"""Talking to a server that may mean no harm, or may: everything it sends comes within a deadline and a size.

A socket's own timeout is for one read. A server that sends a byte whenever the time is nearly up never runs into it.
Deadlines here are moments of `time.monotonic()`.
"""

import io
import socket
import ssl
import time
from typing import TYPE_CHECKING

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.codes import BAD_CLIENT
from mqinfra.providers.base.connecting.tls import TlsBlock

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class UnansweredError(TimeoutError):
    """Nothing took the connection, within the time."""


class FloodError(OSError):
    """An answer that is larger than any honest one."""


class GibberishError(OSError):
    """An answer that is not in the protocol that is spoken here."""


DEEPEST = 32
"""Levels of an answer: five are the most that a broker gives (Redis's XINFO STREAM FULL)."""


_NESTED = (dict, list)
"""What an answer lies in each other by. Readers of JSON make these themselves, and none that derive from them."""


def too_deep(value: object) -> bool:
    """Tell whether lists and mappings lie in each other more than `DEEPEST` deep; looking takes no stack."""
    level = [value]
    for _ in range(DEEPEST + 1):
        inner: list[object] = []
        for item in level:
            if isinstance(item, dict):
                inner += [some for some in item.values() if some.__class__ in _NESTED]
            elif isinstance(item, list):
                inner += [some for some in item if some.__class__ in _NESTED]
        if not inner:
            return False
        level = inner
    return True


def left(end: float) -> float:
    """Seconds until a deadline.

    Raises:
        TimeoutError: it has passed.
    """
    rest = end - time.monotonic()
    if rest <= 0:
        raise TimeoutError("timed out")
    return rest


def dial(host: str, port: int, end: float) -> socket.socket:
    """Connect to the first address of a host that answers; each gets its share of the time, so that none takes all.

    Raises:
        OSError: no address answers, or the name is not known.
    """
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    trouble: OSError = OSError(f"`{host}` has no address")
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        dialled = socket.socket(family, kind, protocol)
        try:
            dialled.settimeout(left(end) / (len(addresses) - number))
            dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            dialled.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            dialled.connect(address)
        except OSError as error:
            dialled.close()
            trouble = UnansweredError("timed out connecting") if isinstance(error, TimeoutError) else error
        else:
            return dialled
    raise trouble


def secured(dialled: socket.socket, context: ssl.SSLContext, host: str, end: float) -> ssl.SSLSocket:
    """Speak TLS on a connection, which is closed when that fails.

    Raises:
        OSError: no secure connection came about within the time.
    """
    try:
        dialled.settimeout(left(end))
        return context.wrap_socket(dialled, server_hostname=host)
    except (OSError, ValueError) as error:  # a name that no certificate can carry is a ValueError
        dialled.close()
        raise error if isinstance(error, OSError) else ssl.SSLError(str(error)) from None


class Timed(io.RawIOBase):
    """What comes from a socket, each read given what is left of the time.

    Attributes:
        end: the deadline of the answer that is read now.
    """

    def __init__(self, source: socket.socket, end: float = 0.0) -> None:
        super().__init__()
        self._source, self.end = source, end

    def readable(self) -> bool:
        """Say that it can be read from, as `io.BufferedReader` asks."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read what is there.

        Raises:
            TimeoutError: the deadline has passed.
        """
        self._source.settimeout(left(self.end))
        return self._source.recv_into(buffer)


def tls_context(
    block: TlsBlock, key_password: str | None, where: str, authorities: str | None = None
) -> ssl.SSLContext:
    """Make the context of a `tls` block.

    Args:
        block: the block.
        key_password: what its `key_password` refers to.
        where: alias and address, for messages.
        authorities: certificates to trust, as text.

    Raises:
        UserError: a file of the block is missing or holds something else.
    """
    name, path = "ca", block.ca or ""
    try:
        context = ssl.create_default_context(cafile=block.ca, cadata=authorities)
        if block.certificate is not None:
            name, path = "certificate` and `tls.key", block.certificate
            context.load_cert_chain(block.certificate, block.key, lambda: key_password or "")
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError; a passphrase that is too long is a ValueError
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        found = BAD_CLIENT.at(
            f"`tls.{name}` can't be used: `{path}`: {reason}", address=where, help="check the path, and that it is PEM"
        )
        raise UserError([found]) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = block.verify and not block.name_unchecked_by
    if not block.verify:
        context.verify_mode = ssl.CERT_NONE
    return context
