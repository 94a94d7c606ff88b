"""The block of a RabbitMQ deployment under `clusters:`."""

from collections.abc import Iterator
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.secret import SecretRef
from mqinfra.providers.base.connecting.addresses import Texts, is_loopback
from mqinfra.providers.base.connecting.credentials import readable_finding, readable_refusal
from mqinfra.providers.base.connecting.tls import MaybeTls
from mqinfra.providers.base.connecting.urls import address_of, checked
from mqinfra.providers.base.provider import Connection

PORTS = {"http": 15672, "https": 15671, "amqp": 5672, "amqps": 5671}
"""Where a server listens when an address does not say, by scheme."""


class RabbitConnection(Connection):
    """How to reach a RabbitMQ deployment.

    Attributes:
        url: management API, `https://host:15671`, with a path in front of `/api` where a proxy has one; a list for
            several nodes, asked in this order.
        amqp: AMQP, `amqps://host:5671`, or a list for several nodes, of which that of the `url` that answers is asked
            first where there are as many; the hosts of `url` at 5672, or at 5671 with TLS, when left out.
        username: user.
        password: its password.
        tls: what to trust, and a certificate of our own; for `https` and `amqps`.
        allow_plaintext_credentials: send the password over a connection that anybody on the way can read.
        lock_vhost: vhost in which an apply holds its lock, by AMQP.
        connections: calls on their way at once. 16 by default: with it, declaring queues is 3.4 times as fast as one
            by one, and more bring nothing (measured on RabbitMQ 3.10).
    """

    type: str = "rabbitmq"
    url: Texts = ()
    amqp: Texts = ()
    username: str | None = None
    password: SecretRef | None = None
    tls: MaybeTls = None
    allow_plaintext_credentials: bool = False
    lock_vhost: Annotated[str, Field(min_length=1, max_length=255)] = "/"
    connections: Annotated[int, Field(ge=1, le=64)] = 16

    @field_validator("url")
    @classmethod
    def _management(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for url in value:
            parts = checked(url, ("http", "https"), "https://rabbit-1:15671")
            if parts.path.rstrip("/").endswith("/api"):
                raise ValueError("`url` ends before `/api`, which is added")
            if ".." in parts.path or "%" in parts.path:
                raise ValueError("the path of `url` is plain: without `..` and without `%`")
        if len({urlsplit(url).scheme for url in value}) > 1:
            raise ValueError("all of `url` are `https`, or all are `http`")
        return tuple(url.rstrip("/") for url in value)

    @field_validator("amqp")
    @classmethod
    def _broker(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for url in value:
            if checked(url, ("amqp", "amqps"), "amqps://rabbit-1:5671").path not in ("", "/"):
                raise ValueError("`amqp` has no path: vhosts are chosen by what is declared in them")
        if len({urlsplit(url).scheme for url in value}) > 1:
            raise ValueError("all of `amqp` are `amqps`, or all are `amqp`")
        return value

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.sandbox:
            return self
        if not self.url:
            raise ValueError("a RabbitMQ deployment needs `url`, such as `https://rabbit-1:15671`")
        if (self.username is None) != (self.password is None):
            raise ValueError("`username` and `password` must be given together")
        if self.username is None:
            raise ValueError("RabbitMQ requires a login: give `username` and `password: {env: NAME}`")
        if ":" in self.username:
            raise ValueError("a `username` with `:` can't log in by HTTP, where it ends the name")
        if self.tls is not None and not self.encrypted and not self.amqp_encrypted:
            raise ValueError("`tls` needs `https` or `amqps`")
        if self.readable and not self.allow_plaintext_credentials:
            raise readable_refusal("use `https` and `amqps`")
        return self

    @property
    def encrypted(self) -> bool:
        """Whether the management API is reached with TLS."""
        return any(url.startswith("https:") for url in self.url)

    @property
    def endpoint(self) -> str:
        """The first address."""
        return address_of(self.url[0], PORTS) if self.url else super().endpoint

    @property
    def amqp_encrypted(self) -> bool:
        """Whether AMQP is spoken with TLS."""
        return any(url.startswith("amqps:") for url in self.amqp) or (not self.amqp and self.encrypted)

    def brokers(self, url: str) -> tuple[tuple[str, int], ...]:
        """Hosts and ports of AMQP; first that of the node whose management API is at `url`, where it can be told."""
        number = self.url.index(url) if len(self.amqp) in (0, len(self.url)) else 0
        nodes = self.amqp or self.url
        own = PORTS["amqps" if self.amqp_encrypted else "amqp"]
        parts = [urlsplit(node) for node in (*nodes[number:], *nodes[:number])]
        return tuple(dict.fromkeys((each.hostname or "", (each.port if self.amqp else None) or own) for each in parts))

    @property
    def readable(self) -> tuple[str, ...]:
        """Addresses to which the password would go without TLS; those of this machine are not among them."""
        some = (*self.url, *self.amqp)
        plain = [
            url for url in some if url.startswith(("http:", "amqp:")) and not is_loopback(urlsplit(url).hostname or "")
        ]
        return tuple(address_of(url, PORTS) for url in plain)

    def risks(self, where: str) -> Iterator[Diagnostic]:
        """What is risky about the block."""
        if self.tls is not None:
            yield from self.tls.findings(where)
        if self.readable:
            to = ", ".join(f"`{name}`" for name in self.readable)
            yield readable_finding(where, "use `https` and `amqps`,", to)
