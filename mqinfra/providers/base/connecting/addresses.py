"""Addresses of servers: what can be one, which are this machine, and fields that hold lists of them."""

import re
from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from mqinfra.providers.base.connecting.block import one_or_many

Port = Annotated[int, Field(ge=1, le=65_535)]
"""A TCP port that can be connected to."""
Texts = Annotated[tuple[str, ...], BeforeValidator(one_or_many)]
"""A field that is a list, or a text with commas."""
_HOST_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+):(?P<port>[0-9]{1,5})")
_CREDENTIALS = re.compile(r"@|://")
_LONGEST_NAME = 253
_LONGEST_LABEL = 63


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, as far as its name or address says so."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name
        return False


def is_address(text: str) -> bool:
    """Tell whether a text is `host:port` that can be connected to; whether the host is known is not asked."""
    match = _HOST_PORT.fullmatch(text)
    return match is not None and 0 < int(match["port"]) < 65_536 and is_host(match["host"])


def is_host(text: str) -> bool:
    """Tell whether a text can be a host: an address, IPv6 in brackets, or a name of the length that DNS allows."""
    if text.startswith("["):
        try:
            return ip_address(text[1:-1]).version == 6
        except ValueError:
            return False
    labels = text.removesuffix(".").split(".")
    return len(text) <= _LONGEST_NAME and all(0 < len(label) <= _LONGEST_LABEL for label in labels)


def split(address: str) -> tuple[str, int]:
    """Host, without brackets, and port of a checked address."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def joined(host: str, port: int | str) -> str:
    """`host:port`, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def all_loopback(addresses: tuple[str, ...]) -> bool:
    """Tell whether checked addresses are all this machine."""
    return all(is_loopback(split(address)[0]) for address in addresses)


def checked_addresses(value: tuple[str, ...], sample: str) -> tuple[str, ...]:
    """Pass a list of `host:port`.

    Args:
        value: the list.
        sample: an address to show.

    Raises:
        ValueError: one is something else.
    """
    for address in value:
        if is_address(address):
            continue
        if _CREDENTIALS.search(address):  # may hold a password: never repeated
            raise ValueError("an address must be `host:port`, without a scheme or credentials")
        match = _HOST_PORT.fullmatch(address)
        if match is not None and not 0 < int(match["port"]) < 65_536:
            raise ValueError(f"the port of `{address}` must be 1 to 65535")
        raise ValueError(f"`{address}` is not a valid address; write `host:port`, such as `{sample}`")
    return value


def of_addresses(sample: str) -> AfterValidator:
    """The validator of a field that lists `host:port`; see `checked_addresses`."""
    return AfterValidator(lambda value: checked_addresses(value, sample))
