"""What TLS of one server is worth: its certificate, and versions that nobody should offer any more."""

import ssl
import time
import warnings

from mqinfra.model.frozen import dataclass
from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.addresses import split
from mqinfra.providers.base.connecting.bounded import dial, secured

_DAY = 86_400
_REFUSED = ("alert", "EOF", "reset", "closed")
"""Words of a handshake that the other side ended; our own OpenSSL ends one before it has sent anything."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as a client meets it.

    Attributes:
        error: why the handshake failed; empty where it did not.
        checked: whether the client checks certificates and names at all.
        left: days until it ends.
        whole: days that it is good for in all.
    """

    error: str = ""
    checked: bool = False
    left: float = 0.0
    whole: float = 0.0


def certificate(address: str, context: ssl.SSLContext, timeout: float) -> Certificate:
    """Meet a server with the client's own settings, by the name in the address."""
    host, port = split(address)
    end = time.monotonic() + timeout
    try:
        with secured(dial(host, port, end), context, host, end) as line:
            told = line.getpeercert() or {}
    except OSError as error:
        return Certificate(error=str(error))
    checked = context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
    if not checked or "notAfter" not in told:
        return Certificate(checked=checked)
    begins, ends = (ssl.cert_time_to_seconds(str(told[name])) for name in ("notBefore", "notAfter"))
    return Certificate("", checked, (ends - time.time()) / _DAY, (ends - begins) / _DAY)


def takes_old(address: str, timeout: float) -> tuple[Known, str]:
    """Whether a server speaks TLS 1.1; unknown where our own library does not, or where nobody answers."""
    host, port = split(address)
    end = time.monotonic() + timeout
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = (
        False,
        ssl.CERT_NONE,
    )  # what is sent is nothing; who answers is no matter
    try:
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():  # Python warns of versions that nobody should speak: this is to see that
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        with secured(dial(host, port, end), context, host, end) as line:
            return Known.OK, str(line.version())
    except (OSError, ValueError) as error:
        said = str(error)
        return (Known.FAILED if any(word in said for word in _REFUSED) else Known.UNKNOWN), said
