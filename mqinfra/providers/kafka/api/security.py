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

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, JsonValue, model_validator
from pydantic.config import JsonDict

from mqinfra.model.secret import SecretRef
from mqinfra.providers.base.connecting.block import Block, not_both, or_a_switch, switched
from mqinfra.providers.base.connecting.tls import TlsBlock
from mqinfra.providers.kafka.api.sasl import Sasl


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


class KafkaTls(TlsBlock):
    """TLS.

    Attributes:
        ca: file or folder of certificates to trust; the system's by default.
        ca_pem: certificates to trust, as text.
        certificate_pem: the client's certificate as text.
        key_pem: the client's key as a secret.
        keystore: PKCS#12 file with the client's certificate and key.
        keystore_password: its passphrase.
        crl: file with revoked certificates.
        cipher_suites: suites to offer, as in `ciphers(1)`.
        curves: curves to offer.
        signature_algorithms: signature algorithms to offer.
        providers: OpenSSL providers to load by name, such as `default,legacy`.
        endpoint_identification: compare the broker's name with its certificate (`https`), or not (`none`).
    """

    ca_pem: str | None = None
    certificate_pem: str | None = None
    key_pem: SecretRef | None = None
    keystore: str | None = None
    keystore_password: SecretRef | None = None
    crl: str | None = None
    cipher_suites: str | None = None
    curves: str | None = None
    signature_algorithms: str | None = None
    providers: str | None = None
    endpoint_identification: Literal["https", "none"] = "https"

    @model_validator(mode="after")
    def _one_way_each(self) -> Self:
        not_both(self, "ca", "ca_pem")
        not_both(self, "certificate", "certificate_pem")
        not_both(self, "key", "key_pem")
        not_both(self, "keystore", "certificate")
        not_both(self, "keystore", "certificate_pem")
        not_both(self, "keystore", "key")
        not_both(self, "keystore", "key_pem")
        return self

    @property
    def has_certificate(self) -> bool:
        """See the base."""
        return self.certificate is not None or self.certificate_pem is not None or self.keystore is not None

    @property
    def has_key(self) -> bool:
        """See the base."""
        return self.key is not None or self.key_pem is not None or self.keystore is not None

    @property
    def name_unchecked_by(self) -> str:
        """See the base."""
        return "" if self.endpoint_identification == "https" else "endpointIdentification: none"


def _any_case(schema: JsonDict) -> None:
    """The reader takes Kafka's own upper-case names too."""
    names: list[JsonValue] = [name for protocol in Protocol for name in (protocol.value, protocol.value.upper())]
    schema.clear()
    schema.update({"enum": names})


class Security(Block):
    """The whole block.

    Attributes:
        protocol: follows from `tls` and `sasl` when left out.
        tls: TLS; `true` for the system's own certificates.
        sasl: login.
        allow_plaintext_credentials: send passwords over a connection that anybody on the way can read.
    """

    protocol: Annotated[Protocol, Field(json_schema_extra=_any_case)] = Protocol.PLAINTEXT
    tls: Annotated[KafkaTls | None, BeforeValidator(switched), Field(json_schema_extra=or_a_switch)] = None
    sasl: Sasl | None = None
    allow_plaintext_credentials: bool = False

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        made = dict(data)
        if "protocol" not in made:
            encrypted, login = made.get("tls") not in (None, False), made.get("sasl") is not None
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
