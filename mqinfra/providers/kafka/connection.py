"""The block of a Kafka cluster under `clusters:`."""

import re
from collections.abc import Iterator
from typing import Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.block import is_loopback, one_or_many
from mqinfra.providers.base.provider import Connection
from mqinfra.providers.kafka.codes import PLAINTEXT_CREDENTIALS, UNVERIFIED
from mqinfra.providers.kafka.sasl import Mechanism
from mqinfra.providers.kafka.security import Security

_HOST_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+):(?P<port>[0-9]{1,5})")
_CREDENTIALS = re.compile(r"@|://")


class KafkaConnection(Connection):
    """How to reach a Kafka cluster.

    Attributes:
        bootstrap: brokers to ask first, `host:port`, as a list or with commas between.
        security: TLS and login; plaintext without login by default.
        principal: whom the brokers take us for, such as `User:deployer`. Kafka has no way to ask for it where the
            login does not say it (mutual TLS, OAuth).
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    type: str = "kafka"
    bootstrap: tuple[str, ...] = ()
    security: Security = Field(default_factory=Security)
    principal: str | None = None

    @field_validator("bootstrap", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return one_or_many(value)

    @field_validator("bootstrap")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            match = _HOST_PORT.fullmatch(address)
            if match is not None and 0 < int(match["port"]) < 65_536:
                continue
            if _CREDENTIALS.search(address):  # may hold a password: never repeated
                raise ValueError("a bootstrap address is `host:port`, without a scheme or credentials")
            raise ValueError(f"`{address}` is no bootstrap address; write `host:port`, such as `broker-1:9092`")
        return value

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if not self.sandbox and not self.bootstrap:
            raise ValueError("a Kafka cluster needs `bootstrap`, a list of `host:port`")
        if self.sends_readable_password and not self.security.allow_plaintext_credentials:
            raise ValueError(
                "the password would go over the network where anybody can read or attack it; add a `tls` block, "
                "or accept it with `allowPlaintextCredentials: true`"
            )
        return self

    @property
    def endpoint(self) -> str:
        """The first bootstrap address."""
        return self.bootstrap[0] if self.bootstrap else super().endpoint

    @property
    def sends_readable_password(self) -> bool:
        """Whether a password, or what is derived from it, leaves this machine without TLS."""
        sasl = self.security.sasl
        if sasl is None or self.security.protocol.encrypted:
            return False
        exposed = sasl.mechanism.by_password or sasl.mechanism is Mechanism.OAUTHBEARER
        return exposed and not all(is_loopback(address.rpartition(":")[0].strip("[]")) for address in self.bootstrap)

    def findings(self, alias: str) -> tuple[Diagnostic, ...]:
        """What is risky about the block, to be said on every run."""
        return tuple(self._findings(f"{alias} ({self.endpoint})"))

    def _findings(self, where: str) -> Iterator[Diagnostic]:
        tls = self.security.tls
        if tls is not None and not tls.verify:
            yield UNVERIFIED.at(
                "the broker's certificate is not checked, so anybody on the way can read and change everything",
                address=where,
                help="give `tls.ca` and remove `verify: false`",
            )
        elif tls is not None and tls.endpoint_identification == "none":
            yield UNVERIFIED.at(
                "the broker's name is not compared with its certificate, so anybody with one of the same authority "
                "can pass for it",
                address=where,
                help="remove `endpointIdentification: none`",
            )
        if self.sends_readable_password:
            yield PLAINTEXT_CREDENTIALS.at(
                "the password goes over a connection without TLS",
                address=where,
                help="use a TLS listener of the cluster and remove `allowPlaintextCredentials`",
            )
