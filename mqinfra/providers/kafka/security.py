"""How to prove to a Kafka cluster who we are, and to make it prove who it is: the `security:` block.

Every `security.*`, `ssl.*`, `sasl.*` and `https.*` property of librdkafka has a typed field here, but for these:
- callbacks, and what goes with them: `ssl.certificate.verify_cb`, `oauthbearer_token_refresh_cb`,
  `ssl_engine_callback_data`
- code that would be loaded by naming it: `ssl.engine.location`, `ssl.engine.id` (and deprecated)
- Windows only: `ssl.ca.certificate.stores`
- the same as a field here: `ssl_ca`, `ssl_certificate`, `ssl_key`, `sasl.mechanisms`,
  `sasl.oauthbearer.client.credentials.client.id`, `sasl.oauthbearer.client.credentials.client.secret`
- a door for tests that takes anybody for whom they say they are: `enable.sasl.oauthbearer.unsecure.jwt`
- Java clients only, refused by librdkafka: `ssl.truststore.location`, `sasl.jaas.config`

Paths are as librdkafka takes them: absolute, or relative to the working directory.
"""

import re
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from mqinfra.model.secret import SecretRef

# librdkafka puts these two into a shell command.
_SHELL_SAFE = re.compile(r"[A-Za-z0-9._@/:+=,%-]+")


class _Block(BaseModel):
    # Input is hidden in errors, because a password that was written where a reference belongs would be in it.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
    )


class Protocol(StrEnum):
    """`security.protocol`."""

    PLAINTEXT = "plaintext"
    SSL = "ssl"
    SASL_PLAINTEXT = "sasl_plaintext"
    SASL_SSL = "sasl_ssl"

    @property
    def encrypted(self) -> bool:
        """Whether the connection is TLS."""
        return self in (Protocol.SSL, Protocol.SASL_SSL)

    @property
    def login(self) -> bool:
        """Whether the client logs in with SASL."""
        return self in (Protocol.SASL_PLAINTEXT, Protocol.SASL_SSL)


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


class Tls(_Block):
    """TLS.

    Attributes:
        ca: file or folder of certificates to trust; the system's by default.
        ca_pem: the same as text.
        certificate: file with the client's certificate, for mutual TLS.
        certificate_pem: the same as text.
        key: file with the client's key.
        key_pem: the same as a secret.
        key_password: passphrase of the key.
        keystore: PKCS#12 file with the client's certificate and key.
        keystore_password: its passphrase.
        crl: file with revoked certificates.
        cipher_suites: suites to offer, as in `ciphers(1)`.
        curves: curves to offer.
        signature_algorithms: signature algorithms to offer.
        providers: OpenSSL providers to load by name, such as `default,legacy`.
        endpoint_identification: compare the broker's name with its certificate (`https`), or not (`none`).
        verify: check the broker's certificate. Without it anybody on the way can read and change everything.
    """

    ca: str | None = None
    ca_pem: str | None = None
    certificate: str | None = None
    certificate_pem: str | None = None
    key: str | None = None
    key_pem: SecretRef | None = None
    key_password: SecretRef | None = None
    keystore: str | None = None
    keystore_password: SecretRef | None = None
    crl: str | None = None
    cipher_suites: str | None = None
    curves: str | None = None
    signature_algorithms: str | None = None
    providers: str | None = None
    endpoint_identification: Literal["https", "none"] = "https"
    verify: bool = True

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        _not_both(self, "ca", "ca_pem")
        _not_both(self, "certificate", "certificate_pem")
        _not_both(self, "key", "key_pem")
        _not_both(self, "keystore", "certificate")
        _not_both(self, "keystore", "certificate_pem")
        _not_both(self, "keystore", "key")
        _not_both(self, "keystore", "key_pem")
        has_key = self.key is not None or self.key_pem is not None
        if has_key != (self.certificate is not None or self.certificate_pem is not None):
            raise ValueError("a client's `certificate` and `key` go together; give both or neither")
        return self


class Kerberos(_Block):
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


class Assertion(_Block):
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
    expires_seconds: Annotated[int, Field(ge=1)] = 300
    not_before_seconds: Annotated[int, Field(ge=0)] = 60
    include_id: bool = False


class OAuth(_Block):
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
        _not_both(self, "ca", "ca_pem")
        if self.metadata == "none" and self.token_endpoint is None:
            raise ValueError("`oauth` needs `tokenEndpoint`, or `metadata: azure_imds`")
        return self


class Sasl(_Block):
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
            raise ValueError(f"`{name}` takes no `username` and `password`; these are for PLAIN and SCRAM")
        if self.mechanism is Mechanism.OAUTHBEARER and self.oauth is None:
            raise ValueError("`OAUTHBEARER` needs an `oauth` block")
        if self.oauth is not None and self.mechanism is not Mechanism.OAUTHBEARER:
            raise ValueError(f"an `oauth` block goes with `OAUTHBEARER`, not with `{name}`")
        if self.kerberos is not None and self.mechanism is not Mechanism.GSSAPI:
            raise ValueError(f"a `kerberos` block goes with `GSSAPI`, not with `{name}`")
        return self


class Security(_Block):
    """The whole block.

    Attributes:
        protocol: follows from `tls` and `sasl` when left out.
        tls: TLS; `true` for the system's own certificates.
        sasl: login.
        allow_plaintext_credentials: send passwords over a connection that anybody on the way can read.
    """

    protocol: Protocol = Protocol.PLAINTEXT
    tls: Tls | None = None
    sasl: Sasl | None = None
    allow_plaintext_credentials: bool = False

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        made = dict(data)
        if isinstance(made.get("tls"), bool):
            made["tls"] = {} if made["tls"] else None
        if "protocol" not in made:
            encrypted, login = made.get("tls") is not None, made.get("sasl") is not None
            made["protocol"] = ("sasl_" if login else "") + ("ssl" if encrypted else "plaintext")
        elif isinstance(made["protocol"], str):
            made["protocol"] = made["protocol"].lower()
        return made

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.tls is not None and not self.protocol.encrypted:
            raise ValueError(f"`protocol: {self.protocol.value}` is without TLS, yet there is a `tls` block")
        if self.protocol.login != (self.sasl is not None):
            need = "needs a `sasl` block" if self.protocol.login else "is without login, yet there is a `sasl` block"
            raise ValueError(f"`protocol: {self.protocol.value}` {need}")
        return self


def _not_both(block: BaseModel, one: str, other: str) -> None:
    if getattr(block, one) is not None and getattr(block, other) is not None:
        raise ValueError(f"`{to_camel(one)}` and `{to_camel(other)}` exclude each other")
