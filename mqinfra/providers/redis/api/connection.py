"""The block of a Redis deployment under `clusters:`."""

from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import ConfigDict, field_validator, model_validator

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.secret import SecretRef
from mqinfra.providers.base.announced import checked_patterns
from mqinfra.providers.base.block import Block, Port, Tls, checked_addresses, is_loopback, one_or_many
from mqinfra.providers.base.provider import Connection
from mqinfra.providers.redis.api.codes import PLAINTEXT_CREDENTIALS, UNVERIFIED

Topology = Literal["single", "replicas", "sentinel", "cluster"]
_PORT = 6379
_SAMPLE = "redis-1:6379"


class Sentinel(Block):
    """Sentinels that know which server is the master.

    Attributes:
        service: name of the monitored master, as in `sentinel monitor NAME`.
        nodes: sentinels to ask, `host:port`.
        username: user at the sentinels, where they want a login.
        password: its password.
    """

    service: str
    nodes: tuple[str, ...]
    username: str | None = None
    password: SecretRef | None = None

    @field_validator("nodes", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return one_or_many(value)

    @field_validator("nodes")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checked_addresses(value, _SAMPLE)


class RedisConnection(Connection):
    """How to reach a Redis deployment.

    Attributes:
        nodes: servers to ask first, `host:port`, as a list or with commas between.
        host: one server instead of `nodes`.
        port: its port, 6379 by default.
        topology: `single`, `replicas`, `sentinel` or `cluster`; follows from what the servers say when left out.
        sentinel: sentinels that know the master, instead of `nodes`.
        username: user; `default` when left out.
        password: its password.
        tls: TLS; `true` for the system's own certificates.
        announced: addresses that the servers may announce and the password may go to, `host` or `host:port` with `*`
            for any characters; every one when left out. Never without TLS to another machine.
        allow_plaintext_credentials: send the password over a connection that anybody on the way can read.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    type: str = "redis"
    nodes: tuple[str, ...] = ()
    host: str | None = None
    port: Port | None = None
    topology: Topology | None = None
    sentinel: Sentinel | None = None
    username: str | None = None
    password: SecretRef | None = None
    tls: Tls | None = None
    announced: tuple[str, ...] | None = None
    allow_plaintext_credentials: bool = False

    @model_validator(mode="before")
    @classmethod
    def _switch(cls, data: Any) -> Any:  # noqa: ANN401 - whatever is to be validated
        if isinstance(data, dict) and isinstance(data.get("tls"), bool):
            return {**data, "tls": {} if data["tls"] else None}
        return data

    @field_validator("nodes", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return one_or_many(value)

    @field_validator("nodes")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checked_addresses(value, _SAMPLE)

    @field_validator("announced", mode="before")
    @classmethod
    def _split_patterns(cls, value: object) -> object:
        return one_or_many(value)

    @field_validator("announced")
    @classmethod
    def _patterns(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return checked_patterns(value)

    @field_validator("host")
    @classmethod
    def _plain_host(cls, value: str | None) -> str | None:
        if value is not None:
            checked_addresses((f"{value}:{_PORT}",), _SAMPLE)
        return value

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        ways = [bool(self.nodes), self.host is not None, self.sentinel is not None]
        if not self.sandbox and sum(ways) != 1:
            raise ValueError("a Redis deployment needs one of `nodes`, `host` and `sentinel`")
        if self.port is not None and self.host is None:
            raise ValueError("`port` goes with `host`; in `nodes` it stands in each `host:port`")
        if self.topology is not None and (self.topology == "sentinel") != (self.sentinel is not None):
            raise ValueError("`topology: sentinel` and a `sentinel` block go together")
        if self.sends_readable_password and not self.allow_plaintext_credentials:
            raise ValueError(
                "the password would go over the network where anybody can read it; add `tls`, or accept it with "
                "`allowPlaintextCredentials: true`"
            )
        return self

    @property
    def addresses(self) -> tuple[str, ...]:
        """The servers to ask first; the sentinels where there are some."""
        if self.sentinel is not None:
            return self.sentinel.nodes
        return (f"{self.host}:{self.port or _PORT}",) if self.host is not None else self.nodes

    @property
    def endpoint(self) -> str:
        """The first address."""
        return self.addresses[0] if self.addresses else super().endpoint

    @property
    def sends_readable_password(self) -> bool:
        """Whether a password leaves this machine without TLS."""
        return self.password_is_readable and not all(is_loopback(split(address)[0]) for address in self.addresses)

    @property
    def password_is_readable(self) -> bool:
        """Whether a password goes anywhere without TLS, be it to this machine."""
        given = self.password is not None or (self.sentinel is not None and self.sentinel.password is not None)
        return given and self.tls is None

    def findings(self, alias: str) -> tuple[Diagnostic, ...]:
        """What is risky about the block, to be said on every run."""
        return tuple(self._findings(f"{alias} ({self.endpoint})"))

    def _findings(self, where: str) -> Iterator[Diagnostic]:
        if self.tls is not None:
            yield from self.tls.findings(UNVERIFIED, where)
        if self.password_is_readable and self.allow_plaintext_credentials:  # announced ones may be elsewhere
            yield PLAINTEXT_CREDENTIALS.at(
                "the password goes over a connection without TLS",
                address=where,
                help="use a TLS port of the server and remove `allowPlaintextCredentials`",
            )


def split(address: str) -> tuple[str, int]:
    """Host and port of a checked address."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)
