"""The block of a schema registry under `clusters:`."""

from collections.abc import Iterator
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.secret import SecretRef
from mqinfra.providers.base.connecting.addresses import Texts, is_loopback
from mqinfra.providers.base.connecting.block import not_both
from mqinfra.providers.base.connecting.credentials import readable_finding, readable_refusal
from mqinfra.providers.base.connecting.tls import MaybeTls
from mqinfra.providers.base.connecting.urls import address_of, checked
from mqinfra.providers.base.provider import Connection

PORTS = {"http": 80, "https": 443}
"""Where a registry listens when its address does not say."""
_SCHEMES = ("https", "http")
_SAMPLE = "https://registry-1:8081"


class RegistryConnection(Connection):
    """How to reach a schema registry.

    Attributes:
        url: base of the API, `https://registry-1:8081`, or `https://apicurio:8443/apis/ccompat/v7`; a list for several
            nodes, asked in this order.
        username: user, for basic authentication.
        password: its password.
        token: a bearer token, in place of user and password.
        tls: what to trust, and a certificate of our own; for `https`.
        allow_plaintext_credentials: send password or token over a connection that anybody on the way can read.
        connections: calls on their way at once.
        records: alias of the cluster that keeps mqinfra's records of the registry, and its lock, as a registry has no
            place for them. Left out, there are none, and only `removed:` deletes anything.
    """

    type: str = "registry"
    url: Texts = ()
    username: str | None = None
    password: SecretRef | None = None
    token: SecretRef | None = None
    tls: MaybeTls = None
    allow_plaintext_credentials: bool = False
    connections: Annotated[int, Field(ge=1, le=64)] = 8
    records: str | None = None

    @field_validator("url")
    @classmethod
    def _base(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for url in value:
            path = checked(url, _SCHEMES, _SAMPLE).path
            if ".." in path or "%" in path:
                raise ValueError("the path of `url` is plain: without `..` and without `%`")
        if len({urlsplit(url).scheme for url in value}) > 1:
            raise ValueError("all of `url` are `https`, or all are `http`")
        return tuple(url.rstrip("/") for url in value)

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.sandbox:
            return self
        if not self.url:
            raise ValueError(f"a schema registry needs `url`, such as `{_SAMPLE}`")
        if (self.username is None) != (self.password is None):
            raise ValueError("`username` and `password` must be given together")
        not_both(self, "token", "password")
        if self.username is not None and ":" in self.username:
            raise ValueError("a `username` with `:` can't log in by HTTP, where it ends the name")
        if self.tls is not None and not self.encrypted:
            raise ValueError("`tls` needs `https`")
        if self.readable and not self.allow_plaintext_credentials:
            raise readable_refusal("use `https`")
        return self

    @property
    def encrypted(self) -> bool:
        """Whether it is reached with TLS."""
        return any(url.startswith("https:") for url in self.url)

    @property
    def endpoint(self) -> str:
        """The first address."""
        return address_of(self.url[0], PORTS) if self.url else super().endpoint

    @property
    def keeper(self) -> str | None:
        """The cluster under `records`."""
        return None if self.sandbox else self.records

    @property
    def readable(self) -> tuple[str, ...]:
        """Addresses to which credentials would go without TLS; those of this machine are not among them."""
        if self.password is None and self.token is None:
            return ()
        plain = [u for u in self.url if u.startswith("http:") and not is_loopback(urlsplit(u).hostname or "")]
        return tuple(address_of(url, PORTS) for url in plain)

    def risks(self, where: str) -> Iterator[Diagnostic]:
        """What is risky about the block."""
        if self.tls is not None:
            yield from self.tls.findings(where)
        if self.readable:
            to = ", ".join(f"`{name}`" for name in self.readable)
            yield readable_finding(where, "use `https`", to)
