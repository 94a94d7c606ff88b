"""What the blocks under `clusters:` have in common: parts that know their fields, TLS, and lists of addresses."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.secret import SecretRef


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


def one_or_many(value: object) -> object:
    """Take a text with commas for the list that it stands for; leave everything else to be judged."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        return value
    return tuple(part.strip() if isinstance(part, str) else part for part in parts)
