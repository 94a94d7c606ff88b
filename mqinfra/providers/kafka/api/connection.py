"""The block of a Kafka cluster under `clusters:`."""

from collections.abc import Iterator
from typing import Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.announced import checked_patterns
from mqinfra.providers.base.block import checked_addresses, is_loopback, one_or_many
from mqinfra.providers.base.provider import Connection
from mqinfra.providers.kafka.api.codes import PLAINTEXT_CREDENTIALS, UNVERIFIED
from mqinfra.providers.kafka.api.sasl import Mechanism
from mqinfra.providers.kafka.api.security import Security


class KafkaConnection(Connection):
    """How to reach a Kafka cluster.

    Attributes:
        bootstrap: brokers to ask first, `host:port`, as a list or with commas between.
        security: TLS and login; plaintext without login by default.
        principal: whom the brokers take us for, such as `User:deployer`. Kafka has no way to ask for it where the
            login does not say it (mutual TLS, OAuth).
        announced: listeners that the brokers may advertise, `host` or `host:port` with `*` for any characters; every
            one when left out. Never without TLS to another machine where there is a password.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    type: str = "kafka"
    bootstrap: tuple[str, ...] = ()
    security: Security = Field(default_factory=Security)
    principal: str | None = None
    announced: tuple[str, ...] | None = None

    @field_validator("bootstrap", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return one_or_many(value)

    @field_validator("bootstrap")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checked_addresses(value, "broker-1:9092")

    @field_validator("announced", mode="before")
    @classmethod
    def _split_patterns(cls, value: object) -> object:
        return one_or_many(value)

    @field_validator("announced")
    @classmethod
    def _patterns(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return checked_patterns(value)

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
        return self.password_is_readable and not all(
            is_loopback(address.rpartition(":")[0].strip("[]")) for address in self.bootstrap
        )

    @property
    def password_is_readable(self) -> bool:
        """Whether a password, or what is derived from it, goes anywhere without TLS, be it to this machine."""
        sasl = self.security.sasl
        if sasl is None or self.security.protocol.encrypted:
            return False
        return sasl.mechanism.by_password or sasl.mechanism is Mechanism.OAUTHBEARER

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
        if self.password_is_readable and self.security.allow_plaintext_credentials:  # listeners may be elsewhere
            yield PLAINTEXT_CREDENTIALS.at(
                "the password goes over a connection without TLS",
                address=where,
                help="use a TLS listener of the cluster and remove `allowPlaintextCredentials`",
            )
