"""What the blocks under `clusters:` have in common: parts that know their fields, TLS, and lists of addresses."""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.secret import SecretRef

Port = Annotated[int, Field(ge=1, le=65_535)]
"""A TCP port that can be connected to."""
_HOST_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+):(?P<port>[0-9]{1,5})")
_CREDENTIALS = re.compile(r"@|://")
_LONGEST_NAME = 253
_LONGEST_LABEL = 63


class Block(BaseModel):
    """One part: frozen, camelCase in the file, and nothing that it does not know."""

    # Input is hidden in errors, because a password that was written where a reference belongs would be in it.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
    )


class Tls(Block):
    """TLS.

    Attributes:
        ca: file of certificates to trust; the system's by default.
        certificate: file with the client's certificate, for mutual TLS.
        key: file with the client's key.
        key_password: passphrase of the key.
        verify: check the server's certificate. Without it anybody on the way can read and change everything.
        check_name: compare the server's name with its certificate.
    """

    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    key_password: SecretRef | None = None
    verify: bool = True
    check_name: bool = True

    @model_validator(mode="after")
    def _pair(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("a client's `certificate` and `key` go together; give both or neither")
        return self

    def findings(self, code: Code, where: str) -> Iterator[Diagnostic]:
        """What is not checked, to be said on every run with a broker's own code."""
        if not self.verify:
            yield code.at(
                "the server's certificate is not checked, so anybody on the way can read and change everything",
                address=where,
                help="give `tls.ca` and remove `verify: false`",
            )
        elif not self.check_name:
            yield code.at(
                "the server's name is not compared with its certificate, so anybody with one of the same authority "
                "can pass for it",
                address=where,
                help="remove `checkName: false`",
            )


def not_both(block: BaseModel, one: str, other: str) -> None:
    """Refuse a block that gives the same thing in two ways.

    Raises:
        ValueError: both fields are given.
    """
    if getattr(block, one) is not None and getattr(block, other) is not None:
        raise ValueError(f"`{to_camel(one)}` and `{to_camel(other)}` exclude each other")


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
            raise ValueError("an address is `host:port`, without a scheme or credentials")
        match = _HOST_PORT.fullmatch(address)
        if match is not None and not 0 < int(match["port"]) < 65_536:
            raise ValueError(f"the port of `{address}` is not 1 to 65535")
        raise ValueError(f"`{address}` is not a valid address; write `host:port`, such as `{sample}`")
    return value


def one_or_many(value: object) -> object:
    """Take a text with commas for the list that it stands for; leave everything else to be judged."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        return value
    return tuple(part.strip() if isinstance(part, str) else part for part in parts)
