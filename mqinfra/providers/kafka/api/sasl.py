"""Logging in to a Kafka cluster: the `sasl:` block under `security:`."""

import re
from enum import StrEnum
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from mqinfra.model.secret import SecretRef
from mqinfra.providers.base.connecting.addresses import is_loopback
from mqinfra.providers.base.connecting.block import Block, not_both

# librdkafka puts principal and keytab into a shell command.
_SHELL_SAFE = re.compile(r"[A-Za-z0-9._@/:+=,%-]+")


class Mechanism(StrEnum):
    """`sasl.mechanism`."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"
    GSSAPI = "GSSAPI"
    OAUTHBEARER = "OAUTHBEARER"

    @property
    def by_password(self) -> bool:
        """Whether a user name and a password are what it takes."""
        return self in (Mechanism.PLAIN, Mechanism.SCRAM_SHA_256, Mechanism.SCRAM_SHA_512)


class Kerberos(Block):
    """Kerberos, for GSSAPI.

    Attributes:
        service_name: name that the brokers run as.
        principal: this client's principal.
        keytab: file with its keys.
        kinit_command: shell command that gets a ticket. It runs when connecting, so the file that it stands in must
            be out of reach of whoever may not run commands here.
        min_time_before_relogin: milliseconds between two runs of it; 0 for never.
    """

    service_name: str = "kafka"
    principal: str | None = None
    keytab: str | None = None
    kinit_command: str | None = None
    min_time_before_relogin: Annotated[int, Field(ge=0, le=86_400_000)] = 60_000

    @model_validator(mode="after")
    def _safe_in_a_shell(self) -> Self:
        for name, value in (("principal", self.principal), ("keytab", self.keytab)):
            if value is not None and _SHELL_SAFE.fullmatch(value) is None:
                raise ValueError(
                    f"`{name}` may hold letters, digits and ._@/:+=,%- because a shell command is made of it"
                )
        return self


class Assertion(Block):
    """A signed statement that stands for the client's secret (OAUTHBEARER, grant type jwt-bearer).

    Attributes:
        file: file with a ready assertion.
        private_key: file with the key that signs one.
        private_key_pem: the same as a secret.
        private_key_passphrase: its passphrase.
        algorithm: how to sign.
        template: file with a template of the statement.
        audience: claim `aud`.
        issuer: claim `iss`.
        subject: claim `sub`.
        expires_seconds: seconds that it is good for.
        not_before_seconds: seconds that it is good before it was made.
        include_id: add a random `jti`.
    """

    file: str | None = None
    private_key: str | None = None
    private_key_pem: SecretRef | None = None
    private_key_passphrase: SecretRef | None = None
    algorithm: Literal["RS256", "ES256"] = "RS256"
    template: str | None = None
    audience: str | None = None
    issuer: str | None = None
    subject: str | None = None
    expires_seconds: Annotated[int, Field(ge=1, le=2_147_483_647)] = 300
    not_before_seconds: Annotated[int, Field(ge=0, le=2_147_483_647)] = 60
    include_id: bool = False


class OAuth(Block):
    """OAUTHBEARER with OpenID Connect.

    Attributes:
        token_endpoint: URL that gives tokens.
        client_id: this client's id.
        client_secret: its secret.
        scope: what to ask for.
        extensions: further words for the broker.
        grant_type: how the token is asked for.
        assertion: signed statement in place of the secret.
        subject_claim: claim that names the subject, `sub` by default.
        metadata: ask the cloud that the process runs in instead (`azure_imds`).
        config: words for the method, such as `query=...` for `azure_imds`.
        ca: file of certificates to trust for the token endpoint.
        ca_pem: the same as text.
    """

    token_endpoint: str | None = None
    client_id: str | None = None
    client_secret: SecretRef | None = None
    scope: str | None = None
    extensions: dict[str, str] = Field(default_factory=dict)
    grant_type: Literal["client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer"] = "client_credentials"
    assertion: Assertion | None = None
    subject_claim: str | None = None
    metadata: Literal["none", "azure_imds"] = "none"
    config: str | None = None
    ca: str | None = None
    ca_pem: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        not_both(self, "ca", "ca_pem")
        if self.metadata == "none" and self.token_endpoint is None:
            raise ValueError("`oauth` needs `tokenEndpoint`, or `metadata: azure_imds`")
        if self.token_endpoint is not None and not _is_endpoint(self.token_endpoint):
            raise ValueError("`tokenEndpoint` must be a URL without credentials, such as `https://id.internal/token`")
        return self

    @property
    def sends_readable_secret(self) -> bool:
        """Whether the client's secret, and the token for it, leave this machine without TLS."""
        parts = urlsplit(self.token_endpoint or "")
        return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def _is_endpoint(url: str) -> bool:
    try:
        parts = urlsplit(url)
        sound = parts.port != 0
    except ValueError:  # a port that is no number or too large, half an IPv6 address
        return False
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or any(sign.isspace() for sign in url):
        return False
    return sound and bool(parts.hostname)


class Sasl(Block):
    """Login.

    Attributes:
        mechanism: how; follows from what is given when there is one way only.
        username: for PLAIN and SCRAM; may be a reference to a secret.
        password: for PLAIN and SCRAM.
        kerberos: for GSSAPI.
        oauth: for OAUTHBEARER.
    """

    mechanism: Mechanism
    username: str | SecretRef | None = None
    password: SecretRef | None = None
    kerberos: Kerberos | None = None
    oauth: OAuth | None = None

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, data: object) -> object:
        if isinstance(data, dict) and "mechanism" not in data and ("kerberos" in data) != ("oauth" in data):
            return data | {"mechanism": "GSSAPI" if "kerberos" in data else "OAUTHBEARER"}
        return data

    @model_validator(mode="after")
    def _fits(self) -> Self:
        name, by_password = self.mechanism.value, self.mechanism.by_password
        if by_password and (self.username is None or self.password is None):
            raise ValueError(f"`{name}` needs `username` and `password`")
        if not by_password and (self.username is not None or self.password is not None):
            raise ValueError(f"`{name}` does not use `username` and `password`; these are for PLAIN and SCRAM")
        if self.mechanism is Mechanism.OAUTHBEARER and self.oauth is None:
            raise ValueError("`OAUTHBEARER` needs an `oauth` block")
        if self.oauth is not None and self.mechanism is not Mechanism.OAUTHBEARER:
            raise ValueError(f"an `oauth` block needs `OAUTHBEARER`, not `{name}`")
        if self.kerberos is not None and self.mechanism is not Mechanism.GSSAPI:
            raise ValueError(f"a `kerberos` block needs `GSSAPI`, not `{name}`")
        return self
