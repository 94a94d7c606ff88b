"""URLs of HTTP and other servers: what can be one under `clusters:`, and how a call's path is written on the wire."""

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from mqinfra.providers.base.connecting.addresses import is_host, joined

Ports = Mapping[str, int]
"""The ports that a broker is at when its URL names none, by scheme."""


def checked(url: str, schemes: Sequence[str], sample: str) -> SplitResult:
    """Take a URL apart that somebody wrote.

    Args:
        url: the text.
        schemes: what it may begin with, the usual one first.
        sample: a good one, for messages.

    Raises:
        ValueError: saying what is wrong with it, and never repeating credentials.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # a port that is no number or too large, half an IPv6 address
        raise ValueError(f"not a valid address, or its port must be 1 to 65535; write one such as `{sample}`") from None
    if "@" in url:  # may hold a password: never repeated
        raise ValueError(f"credentials don't belong in an address; write `{sample}`, `username` and `password`")
    if parts.scheme not in schemes or not parts.hostname or any(sign.isspace() for sign in url):
        raise ValueError(f"an address begins with `{'://` or `'.join(schemes)}://`; write one such as `{sample}`")
    if parts.query or parts.fragment:
        raise ValueError("an address has no `?` and no `#`")
    if port == 0:
        raise ValueError("a port is 1 to 65535")
    if ":" not in parts.hostname and not is_host(parts.hostname):
        raise ValueError(f"the host is longer than a name can be, or has an empty part; write one such as `{sample}`")
    return parts


def port_of(parts: SplitResult, ports: Ports) -> int:
    """The port of a checked URL, its scheme's own when it names none."""
    return parts.port or ports[parts.scheme]


def address_of(url: str, ports: Ports) -> str:
    """`host:port` of a checked URL."""
    parts = urlsplit(url)
    return joined(parts.hostname or "", port_of(parts, ports))


def path_of(segments: Sequence[str], query: Mapping[str, str]) -> str:
    """Path and query on the wire, every segment quoted with nothing left out: `/queues/%2Fshop/orders.email`."""
    path = "/" + "/".join([quote(segment, safe="") for segment in segments])
    return f"{path}?{urlencode(query)}" if query else path


def addressable(segments: Sequence[str], never: Collection[str]) -> bool:
    """Whether every segment can be written, and means only itself to servers and proxies.

    Args:
        segments: as they are.
        never: segments that are taken for something else, such as `..`.
    """
    return not any(segment in never or not _is_text(segment) for segment in segments)


def _is_text(segment: str) -> bool:
    try:
        segment.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which no name that a server gives can hold
        return False
    return True
