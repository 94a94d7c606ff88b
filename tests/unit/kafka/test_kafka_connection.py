from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.api.librdkafka import librdkafka_config
from mqinfra.providers.kafka.api.security import Protocol

SCRAM = {"mechanism": "SCRAM-SHA-512", "username": "admin", "password": {"env": "PASSWORD"}}
OIDC = {"oauth": {"tokenEndpoint": "https://id/token", "clientId": "c", "clientSecret": {"env": "S"}}}


def oidc(endpoint: str) -> dict[str, Any]:
    return {"oauth": OIDC["oauth"] | {"tokenEndpoint": endpoint}}


def connection(security: dict[str, Any] | None = None, bootstrap: Any = "broker-1:9092") -> KafkaConnection:
    data: dict[str, Any] = {"type": "kafka", "bootstrap": bootstrap}
    return KafkaConnection.model_validate(data | ({"security": security} if security is not None else {}))


def reveal(reference: SecretRef) -> SecretValue:
    return SecretValue(f"value-of-{reference}")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a:9092", ("a:9092",)),
        ("a:9092, b:9093", ("a:9092", "b:9093")),
        (["a:9092", " b:9093 "], ("a:9092", "b:9093")),
        ("[::1]:9092", ("[::1]:9092",)),
    ],
)
def test_bootstrap_is_a_list_or_text(written: Any, read: tuple[str, ...]) -> None:
    made = connection(bootstrap=written)
    assert made.bootstrap == read
    assert made.endpoint == read[0]


@pytest.mark.parametrize("written", ["a", "a:0", "a:65536", "a:port", "a:9092,,b:9092", "", [], "::1:9092", 9092, None])
def test_a_bad_bootstrap_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        connection(bootstrap=written)


def test_credentials_in_an_address_are_refused_and_not_repeated() -> None:
    with pytest.raises(ValidationError) as caught:
        connection(bootstrap="kafka://admin:hunter2@broker-1:9092")
    assert "hunter2" not in str(caught.value)
    assert "without a scheme or credentials" in str(caught.value)


def test_a_password_in_place_of_a_reference_is_not_repeated() -> None:
    with pytest.raises(ValidationError) as caught:
        connection({"tls": True, "sasl": SCRAM | {"password": "hunter2"}})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("security", "protocol"),
    [
        ({}, Protocol.PLAINTEXT),
        ({"tls": True}, Protocol.SSL),
        ({"tls": {"ca": "ca.pem"}}, Protocol.SSL),
        ({"tls": True, "sasl": SCRAM}, Protocol.SASL_SSL),
        ({"sasl": SCRAM, "allowPlaintextCredentials": True}, Protocol.SASL_PLAINTEXT),
        ({"protocol": "SSL"}, Protocol.SSL),
        ({"protocol": "sasl_ssl", "sasl": SCRAM}, Protocol.SASL_SSL),
        ({"tls": True, "sasl": OIDC}, Protocol.SASL_SSL),
        ({"tls": False}, Protocol.PLAINTEXT),
    ],
)
def test_the_protocol_follows_from_what_is_given(security: dict[str, Any], protocol: Protocol) -> None:
    made = connection(security)
    assert made.security.protocol is protocol
    assert librdkafka_config(made, reveal)["security.protocol"] == protocol.value


@pytest.mark.parametrize(
    ("security", "says"),
    [
        ({"protocol": "plaintext", "tls": {}}, "without TLS"),
        ({"protocol": "ssl", "sasl": SCRAM}, "without login"),
        ({"protocol": "sasl_ssl"}, "needs a `sasl` block"),
        ({"tls": {"ca": "a", "caPem": "b"}}, "`ca` and `caPem` can't be used together"),
        ({"tls": {"certificate": "a"}}, "must be given together"),
        ({"tls": {"keystore": "a", "certificate": "b", "key": "c"}}, "can't be used together"),
        ({"tls": True, "sasl": {"mechanism": "PLAIN", "username": "a"}}, "needs `username` and `password`"),
        ({"tls": True, "sasl": {"mechanism": "GSSAPI", "username": "a"}}, "does not use `username`"),
        ({"tls": True, "sasl": {"mechanism": "OAUTHBEARER"}}, "needs an `oauth` block"),
        ({"tls": True, "sasl": OIDC | {"mechanism": "GSSAPI"}}, "needs `OAUTHBEARER`"),
        ({"tls": True, "sasl": SCRAM | {"kerberos": {}}}, "needs `GSSAPI`"),
        ({"tls": True, "sasl": {"oauth": {"clientId": "a"}}}, "needs `tokenEndpoint`"),
        ({"tls": True, "sasl": {"kerberos": {"principal": "a; rm -rf /"}}}, "shell command"),
        ({"tls": True, "sasl": {"kerberos": {"keytab": "$(id)"}}}, "shell command"),
        ({"sasl": SCRAM}, "anyone can read"),
        ({"sasl": SCRAM | {"mechanism": "PLAIN"}}, "anyone can read"),
        ({"sasl": OIDC}, "anyone can read"),
        ({"tls": True, "sasl": oidc("http://id.internal/token")}, "write `https://` in `tokenEndpoint`"),
        ({"tls": True, "sasl": oidc("id.internal/token")}, "must be a URL without credentials"),
        ({"tls": True, "sasl": oidc("ftp://id.internal/token")}, "must be a URL without credentials"),
        ({"tls": True, "sasl": oidc("https://id.internal:port/token")}, "must be a URL without credentials"),
    ],
)
def test_what_can_not_work_is_refused(security: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        connection(security)
    assert says in str(caught.value)


def test_credentials_in_a_token_endpoint_are_refused_and_not_repeated() -> None:
    with pytest.raises(ValidationError) as caught:
        connection({"tls": True, "sasl": oidc("https://me:hunter2@id.internal/token")})
    assert "hunter2" not in str(caught.value)


def test_a_token_endpoint_without_tls_is_said_on_every_run_where_it_is_accepted() -> None:
    block = {"tls": True, "sasl": oidc("http://id.internal/token")}
    (found,) = connection(block | {"allowPlaintextCredentials": True}).findings("kafka")
    assert "the password goes to the token endpoint without TLS" in found.message
    assert connection({"tls": True, "sasl": oidc("http://127.0.0.1:8080/token")}).findings("kafka") == ()


@pytest.mark.parametrize("bootstrap", ["localhost:9092", "127.0.0.1:9092", "127.1.2.3:9092", "[::1]:9092"])
def test_passwords_may_stay_on_this_machine(bootstrap: str) -> None:
    made = connection({"sasl": SCRAM}, bootstrap)
    assert made.findings("kafka") == ()


def test_one_address_elsewhere_is_enough_to_refuse() -> None:
    with pytest.raises(ValidationError):
        connection({"sasl": SCRAM}, "localhost:9092,broker-1:9092")


@pytest.mark.parametrize(
    ("security", "codes"),
    [
        ({"tls": {"ca": "ca.pem"}}, []),
        ({"tls": {"verify": False}}, ["MQ722"]),
        ({"tls": {"endpointIdentification": "none"}}, ["MQ722"]),
        ({"sasl": SCRAM, "allowPlaintextCredentials": True}, ["MQ723"]),
    ],
)
def test_risks_are_said(security: dict[str, Any], codes: list[str]) -> None:
    found = connection(security).findings("kafka")
    assert [finding.code for finding in found] == codes
    assert all(finding.address == "kafka (broker-1:9092)" and finding.help for finding in found)


def test_a_sandbox_needs_no_address() -> None:
    assert KafkaConnection.model_validate({"type": "kafka", "sandbox": True}).endpoint == "sandbox"


def test_secrets_are_looked_up_only_for_the_client() -> None:
    made = connection({"tls": True, "sasl": SCRAM})
    assert "value-of" not in repr(made)
    assert "value-of" not in made.model_dump_json()
    config = librdkafka_config(made, reveal)
    assert (config["sasl.username"], config["sasl.password"]) == ("admin", "value-of-env PASSWORD")


# Every property of librdkafka 2.16 about security but those that `security` says it leaves out.
PROPERTIES = Path(__file__).with_name("librdkafka-2.16-security-properties.txt").read_text(encoding="utf-8").split()

FILES = {
    "tls": {
        "ca": "a",
        "certificate": "b",
        "key": "c",
        "keyPassword": {"env": "A"},
        "crl": "d",
        "cipherSuites": "e",
        "curves": "f",
        "signatureAlgorithms": "g",
        "providers": "h",
    },
    "sasl": {"kerberos": {"principal": "p", "keytab": "k", "kinitCommand": "kinit"}},
}
TEXTS = {
    "tls": {"caPem": "a", "certificatePem": "b", "keyPem": {"env": "A"}},
    "sasl": {
        "oauth": {
            "tokenEndpoint": "https://id/token",
            "clientId": "a",
            "clientSecret": {"env": "B"},
            "scope": "c",
            "extensions": {"a": "b", "c": "d"},
            "subjectClaim": "d",
            "config": "e",
            "ca": "f",
            "assertion": {
                "file": "a",
                "privateKey": "b",
                "privateKeyPem": {"env": "C"},
                "privateKeyPassphrase": {"env": "D"},
                "template": "e",
                "audience": "f",
                "issuer": "g",
                "subject": "h",
            },
        }
    },
}
STORES = {"tls": {"keystore": "a", "keystorePassword": {"env": "A"}}, "sasl": SCRAM}
CLOUD = {"tls": True, "sasl": {"oauth": {"metadata": "azure_imds", "caPem": "a"}}}


def test_every_security_property_has_a_field() -> None:
    reached: set[str] = set()
    for security in (FILES, TEXTS, STORES, CLOUD):
        reached |= librdkafka_config(connection(security), reveal).keys()
    about_security = {
        name for name in reached if name.startswith(("ssl.", "sasl.", "security.", "https.", "enable.ssl"))
    }
    assert about_security == set(PROPERTIES)
    assert librdkafka_config(connection(TEXTS), reveal)["sasl.oauthbearer.extensions"] == "a=b,c=d"


def test_verification_can_only_be_turned_off_as_a_whole_in_the_open() -> None:
    config = librdkafka_config(connection({"tls": {"verify": False}}), reveal)
    assert config["enable.ssl.certificate.verification"] is False
    config = librdkafka_config(connection({"tls": {}}), reveal)
    assert config["enable.ssl.certificate.verification"] is True
    assert config["ssl.endpoint.identification.algorithm"] == "https"


@pytest.mark.parametrize(("said", "rate"), [(None, None), (5_000, 5_000), ("50MB", 50_000_000), ("1MiB", 1_048_576)])
def test_the_rate_of_moves_is_a_number_or_a_size(said: int | str | None, rate: int | None) -> None:
    block = KafkaConnection(bootstrap=("a:1",), move_rate=said)
    assert block.bytes_a_second == rate


@pytest.mark.parametrize("said", [999, "fast", "10B", -1])
def test_a_rate_that_is_none_is_refused(said: int | str) -> None:
    with pytest.raises(ValueError, match="bytes a second"):
        KafkaConnection(bootstrap=("a:1",), move_rate=said)
