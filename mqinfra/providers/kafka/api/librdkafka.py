"""From the connection block to librdkafka's properties. The one place of the provider where secrets have values."""

from collections.abc import Iterator

from mqinfra.model.secret import SecretRef, SecretResolver
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.api.sasl import OAuth, Sasl
from mqinfra.providers.kafka.api.security import KafkaTls

Property = str | int | bool
LARGEST = 100_000_000
"""Bytes of an answer. A million partitions are about 50 MB as metadata."""
_Source = str | int | bool | SecretRef | None


def librdkafka_config(connection: KafkaConnection, secrets: SecretResolver) -> dict[str, Property]:
    """Write a connection as librdkafka's properties, secrets looked up.

    Raises:
        UserError: a reference leads nowhere; the message names it and no value.
    """
    config: dict[str, Property] = {
        "bootstrap.servers": ",".join(connection.bootstrap),
        "client.id": "mqinfra",
        "enable.metrics.push": False,
        "security.protocol": connection.security.protocol.value,
        # A broker that comes back is noticed at once, and one that is gone is known to be gone after a second.
        "reconnect.backoff.ms": 50,
        "reconnect.backoff.max.ms": 500,
        "socket.keepalive.enable": True,
        "allow.auto.create.topics": False,
        "receive.message.max.bytes": LARGEST,
    }
    for name, value in properties(connection):
        if isinstance(value, SecretRef):
            config[name] = secrets(value).reveal()
        elif value is not None:
            config[name] = value
    return config


def properties(connection: KafkaConnection) -> Iterator[tuple[str, _Source]]:
    """The block in librdkafka's words: a reference stays one, and what is None is left out of a configuration."""
    security = connection.security
    if security.tls is not None:
        yield from _tls(security.tls)
    if security.sasl is not None:
        yield from _sasl(security.sasl)


def _tls(tls: KafkaTls) -> Iterator[tuple[str, _Source]]:
    yield "ssl.ca.location", tls.ca
    yield "ssl.ca.pem", tls.ca_pem
    yield "ssl.certificate.location", tls.certificate
    yield "ssl.certificate.pem", tls.certificate_pem
    yield "ssl.key.location", tls.key
    yield "ssl.key.pem", tls.key_pem
    yield "ssl.key.password", tls.key_password
    yield "ssl.keystore.location", tls.keystore
    yield "ssl.keystore.password", tls.keystore_password
    yield "ssl.crl.location", tls.crl
    yield "ssl.cipher.suites", tls.cipher_suites
    yield "ssl.curves.list", tls.curves
    yield "ssl.sigalgs.list", tls.signature_algorithms
    yield "ssl.providers", tls.providers
    yield "ssl.endpoint.identification.algorithm", tls.endpoint_identification if tls.verify else "none"
    yield "enable.ssl.certificate.verification", tls.verify


def _sasl(sasl: Sasl) -> Iterator[tuple[str, _Source]]:
    yield "sasl.mechanism", sasl.mechanism.value
    yield "sasl.username", sasl.username
    yield "sasl.password", sasl.password
    if sasl.kerberos is not None:
        kerberos = sasl.kerberos
        yield "sasl.kerberos.service.name", kerberos.service_name
        yield "sasl.kerberos.principal", kerberos.principal
        yield "sasl.kerberos.keytab", kerberos.keytab
        yield "sasl.kerberos.kinit.cmd", kerberos.kinit_command
        yield "sasl.kerberos.min.time.before.relogin", kerberos.min_time_before_relogin
    if sasl.oauth is not None:
        yield from _oauth(sasl.oauth)


def _oauth(oauth: OAuth) -> Iterator[tuple[str, _Source]]:
    yield "sasl.oauthbearer.method", "oidc"
    yield "sasl.oauthbearer.token.endpoint.url", oauth.token_endpoint
    yield "sasl.oauthbearer.client.id", oauth.client_id
    yield "sasl.oauthbearer.client.secret", oauth.client_secret
    yield "sasl.oauthbearer.scope", oauth.scope
    yield "sasl.oauthbearer.extensions", ",".join(f"{k}={v}" for k, v in oauth.extensions.items()) or None
    yield "sasl.oauthbearer.grant.type", oauth.grant_type
    yield "sasl.oauthbearer.sub.claim.name", oauth.subject_claim
    yield "sasl.oauthbearer.metadata.authentication.type", oauth.metadata
    yield "sasl.oauthbearer.config", oauth.config
    yield "https.ca.location", oauth.ca
    yield "https.ca.pem", oauth.ca_pem
    if oauth.assertion is not None:
        signed = oauth.assertion
        prefix = "sasl.oauthbearer.assertion"
        yield f"{prefix}.file", signed.file
        yield f"{prefix}.private.key.file", signed.private_key
        yield f"{prefix}.private.key.pem", signed.private_key_pem
        yield f"{prefix}.private.key.passphrase", signed.private_key_passphrase
        yield f"{prefix}.algorithm", signed.algorithm
        yield f"{prefix}.jwt.template.file", signed.template
        yield f"{prefix}.claim.aud", signed.audience
        yield f"{prefix}.claim.iss", signed.issuer
        yield f"{prefix}.claim.sub", signed.subject
        yield f"{prefix}.claim.exp.seconds", signed.expires_seconds
        yield f"{prefix}.claim.nbf.seconds", signed.not_before_seconds
        yield f"{prefix}.claim.jti.include", signed.include_id
