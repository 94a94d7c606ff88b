"""The `tls` block: what to trust, a certificate of our own, and what is not checked."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.secret import SecretRef
from mqinfra.providers.base.connecting.block import Block, or_a_switch, switched
from mqinfra.providers.base.connecting.codes import UNVERIFIED


class TlsBlock(Block):
    """What every client's TLS takes.

    Attributes:
        ca: file of certificates to trust; the system's by default.
        certificate: file with the client's certificate, for mutual TLS.
        key: file with the client's key.
        key_password: passphrase of the key.
        verify: check the server's certificate. Without it anybody on the way can read and change everything.
    """

    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    key_password: SecretRef | None = None
    verify: bool = True

    @model_validator(mode="after")
    def _pair(self) -> Self:
        if self.has_certificate != self.has_key:
            raise ValueError("a client's `certificate` and `key` must be given together")
        return self

    @property
    def has_certificate(self) -> bool:
        """Whether there is a certificate of the client's own."""
        return self.certificate is not None

    @property
    def has_key(self) -> bool:
        """Whether there is a key to it."""
        return self.key is not None

    @property
    def name_unchecked_by(self) -> str:
        """The line by which the server's name is not compared with its certificate; empty where it is."""
        return ""

    def findings(self, where: str) -> Iterator[Diagnostic]:
        """What is not checked, to be said on every run."""
        if not self.verify:
            yield UNVERIFIED.at(
                "the server's certificate is not checked, so anyone in between can read and change everything",
                address=where,
                help="give `tls.ca` and remove `verify: false`",
            )
        elif self.name_unchecked_by:
            yield UNVERIFIED.at(
                "the server's name is not compared with its certificate, so anyone with a certificate of the same "
                "authority can impersonate it",
                address=where,
                help=f"remove `{self.name_unchecked_by}`",
            )


class Tls(TlsBlock):
    """TLS.

    Attributes:
        check_name: compare the server's name with its certificate.
    """

    check_name: bool = True

    @property
    def name_unchecked_by(self) -> str:
        """See the base."""
        return "" if self.check_name else "checkName: false"


MaybeTls = Annotated[Tls | None, BeforeValidator(switched), Field(json_schema_extra=or_a_switch)]
"""A field that holds the block; `true` for the system's own certificates."""
