"""The block of a Kafka cluster under `clusters:`."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.unit import parse_bytes
from mqinfra.providers.base.connecting.addresses import Texts, all_loopback, of_addresses
from mqinfra.providers.base.connecting.announced import Announced
from mqinfra.providers.base.connecting.credentials import readable_finding, readable_refusal
from mqinfra.providers.base.provider import Connection
from mqinfra.providers.kafka.api.sasl import Mechanism
from mqinfra.providers.kafka.api.security import Security

_LEAST_RATE = 1_000


def _is_rate(value: int | str) -> int | str:
    size = parse_bytes(value) if isinstance(value, str) else value
    if size is None or size < _LEAST_RATE:
        raise ValueError(
            f"a rate in bytes a second must be a number or a size, such as `50MB`, of at least {_LEAST_RATE:,}"
        )
    return value


class KafkaConnection(Connection):
    """How to reach a Kafka cluster.

    Attributes:
        bootstrap: brokers to ask first, `host:port`, as a list or with commas between.
        security: TLS and login; plaintext without login by default.
        principal: whom the brokers take us for, such as `User:deployer`. Kafka has no way to ask for it where the
            login does not say it (mutual TLS, OAuth).
        everyone_allowed: whether the brokers have `allow.everyone.if.no.acl.found=true`, which lets everybody at
            resources without ACLs. They hide the value; left out: taken for true where they have the setting.
        super_users: principals that no plan may change users or rights of, such as the brokers' own and those of their
            `super.users`, which they do not show.
        announced: listeners that the brokers may advertise, `host` or `host:port` with `*` for any characters; every
            one when left out. Never without TLS to another machine where there is a password.
        move_rate: bytes a second that a broker may copy while replicas are moved, such as `50MB`; left out: twice of
            what comes in, and at least 20 MB. A rate that somebody gave a broker by other means stays.
    """

    type: str = "kafka"
    bootstrap: Annotated[Texts, of_addresses("broker-1:9092")] = ()
    security: Security = Field(default_factory=Security.model_construct)
    principal: str | None = None
    everyone_allowed: bool | None = None
    super_users: tuple[str, ...] = ()
    announced: Announced = None
    move_rate: Annotated[int | str, AfterValidator(_is_rate)] | None = None

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if not self.sandbox and not self.bootstrap:
            raise ValueError("a Kafka cluster needs `bootstrap`, a list of `host:port`")
        if self.sends_readable_password and not self.security.allow_plaintext_credentials:
            raise readable_refusal("add a `tls` block", attackable=True)
        if self._sends_readable_secret and not self.security.allow_plaintext_credentials:
            raise readable_refusal("write `https://` in `tokenEndpoint`")
        return self

    @property
    def bytes_a_second(self) -> int | None:
        """`move_rate` as a number."""
        return parse_bytes(self.move_rate) if isinstance(self.move_rate, str) else self.move_rate

    @property
    def endpoint(self) -> str:
        """The first bootstrap address."""
        return self.bootstrap[0] if self.bootstrap else super().endpoint

    @property
    def sends_readable_password(self) -> bool:
        """Whether a password, or what is derived from it, leaves this machine without TLS."""
        return self.password_is_readable and not all_loopback(self.bootstrap)

    @property
    def _sends_readable_secret(self) -> bool:
        oauth = self.security.sasl.oauth if self.security.sasl is not None else None
        return oauth is not None and oauth.sends_readable_secret

    @property
    def password_is_readable(self) -> bool:
        """Whether a password, or what is derived from it, goes anywhere without TLS, be it to this machine."""
        sasl = self.security.sasl
        if sasl is None or self.security.protocol.encrypted:
            return False
        return sasl.mechanism.by_password or sasl.mechanism is Mechanism.OAUTHBEARER

    def risks(self, where: str) -> Iterator[Diagnostic]:
        """What is risky about the block."""
        if self.security.tls is not None:
            yield from self.security.tls.findings(where)
        if self.password_is_readable and self.security.allow_plaintext_credentials:  # listeners may be elsewhere
            yield readable_finding(where, "use a TLS listener of the cluster")
        if self._sends_readable_secret:
            yield readable_finding(where, "write `https://` in `tokenEndpoint`", "the token endpoint")
