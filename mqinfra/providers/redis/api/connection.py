"""The block of a Redis deployment under `clusters:`."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.secret import SecretRef
from mqinfra.providers.base.connecting.addresses import Port, Texts, all_loopback, checked_addresses, of_addresses
from mqinfra.providers.base.connecting.announced import Announced
from mqinfra.providers.base.connecting.block import Block
from mqinfra.providers.base.connecting.credentials import readable_finding, readable_refusal
from mqinfra.providers.base.connecting.tls import MaybeTls
from mqinfra.providers.base.provider import Connection

Topology = Literal["single", "replicas", "sentinel", "cluster"]
_PORT = 6379
_SAMPLE = "redis-1:6379"
_NODES = of_addresses(_SAMPLE)


def _checked_host(value: str | None) -> str | None:
    if value is not None:
        checked_addresses((f"{value}:{_PORT}",), _SAMPLE)
    return value


class Sentinel(Block):
    """Sentinels that know which server is the master.

    Attributes:
        service: name of the monitored master, as in `sentinel monitor NAME`.
        nodes: sentinels to ask, `host:port`.
        username: user at the sentinels, where they want a login.
        password: its password.
    """

    service: str
    nodes: Annotated[Texts, _NODES]
    username: str | None = None
    password: SecretRef | None = None


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

    type: str = "redis"
    nodes: Annotated[Texts, _NODES] = ()
    host: Annotated[str | None, AfterValidator(_checked_host)] = None
    port: Port | None = None
    topology: Topology | None = None
    sentinel: Sentinel | None = None
    username: str | None = None
    password: SecretRef | None = None
    tls: MaybeTls = None
    announced: Announced = None
    allow_plaintext_credentials: bool = False

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        ways = [bool(self.nodes), self.host is not None, self.sentinel is not None]
        if not self.sandbox and sum(ways) != 1:
            raise ValueError("a Redis deployment needs one of `nodes`, `host` and `sentinel`")
        if self.port is not None and self.host is None:
            raise ValueError("`port` needs `host`; in `nodes` it is part of each `host:port`")
        if self.topology is not None and (self.topology == "sentinel") != (self.sentinel is not None):
            raise ValueError("`topology: sentinel` and a `sentinel` block must be given together")
        if self.sends_readable_password and not self.allow_plaintext_credentials:
            raise readable_refusal("add `tls`")
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
        return self.password_is_readable and not all_loopback(self.addresses)

    @property
    def password_is_readable(self) -> bool:
        """Whether a password goes anywhere without TLS, be it to this machine."""
        given = self.password is not None or (self.sentinel is not None and self.sentinel.password is not None)
        return given and self.tls is None

    def risks(self, where: str) -> Iterator[Diagnostic]:
        """What is risky about the block."""
        if self.tls is not None:
            yield from self.tls.findings(where)
        if self.password_is_readable and self.allow_plaintext_credentials:  # announced ones may be elsewhere
            yield readable_finding(where, "use a TLS port of the server")
