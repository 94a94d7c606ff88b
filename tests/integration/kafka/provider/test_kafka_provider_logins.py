"""Logins without a password, by both clients: tokens of an issuer, and certificates whose names the brokers map.

One broker has a listener for each, and an issuer of the tests' own behind the first.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._acl import AclBinding, AclOperation, AclPermissionType
from confluent_kafka.admin._resource import ResourcePatternType, ResourceType

from mqinfra.model.errors import UserError
from mqinfra.model.reading import Coverage
from mqinfra.model.secret import SecretValue
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.provider import KafkaProvider
from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.issuer import AUDIENCE, Issuer
from tests.brokers.kafka.release import installed
from tests.brokers.scratch import scratch_folder
from tests.brokers.tls import ClientIdentity, client_identity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mqinfra.providers.base.session import Session

_VALIDATOR = "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler"
_LOGIN = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;"
_RULES = r"RULE:^CN=(.*?),OU=shop$/shop-$1/L,DEFAULT"
SECRETS = {"CLIENT_SECRET": "secret-of-the-client-81c", "WRONG": "no-such-secret", "STORE": "of-the-store-5d2"}
TIMEOUT = 15.0


class Site:
    """A broker with its issuer, and a client with a certificate."""

    def __init__(self, cluster: KafkaCluster, issuer: Issuer, client: ClientIdentity) -> None:
        self.cluster, self.issuer, self.client = cluster, issuer, client

    def connect(self, listener: str, security: dict[str, Any], principal: str) -> Session:
        bootstrap = self.cluster.bootstrap_of(listener)
        block = {"type": "kafka", "bootstrap": bootstrap, "security": security, "principal": principal}
        cluster = Cluster("kafka", KafkaConnection.model_validate(block))
        return KafkaProvider().connect(cluster, lambda one: SecretValue(SECRETS[str(one.env)]), TIMEOUT)

    def oauth(self, secret: str = "CLIENT_SECRET", **more: Any) -> dict[str, Any]:  # noqa: S107 - the name of a variable
        endpoint = {
            "tokenEndpoint": self.issuer.token_endpoint,
            "clientId": "deployer",
            "clientSecret": {"env": secret},
        }
        return {"sasl": {"oauth": endpoint | more}}

    def tls(self, **own: Any) -> dict[str, Any]:
        return {"tls": {"ca": str(self.cluster.ca_file), **own}}


@pytest.fixture(scope="module", params=["4", "3.9"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    line = str(request.param)
    if shutil.which("openssl") is None:
        pytest.skip("there is no `openssl`")
    if line == "3.9" and not is_matrix(request.config):
        pytest.skip(matrix_only("a login without a password to Kafka 3.9"))
    with (
        scratch_folder("kafka-logins") as folder,
        Issuer(folder / "issuer", {"deployer": SECRETS["CLIENT_SECRET"]}) as issuer,
    ):
        cluster = KafkaCluster(installed(line), folder / "broker", _settings(issuer, folder))
        cluster.start()
        try:
            allow(cluster, "User:deployer")
            allow(cluster, "User:shop-deployer")
            client = client_identity(cluster.identity, folder / "client", "/OU=shop/CN=Deployer", SECRETS["STORE"])
            yield Site(cluster, issuer, client)
        finally:
            cluster.close()


def _settings(issuer: Issuer, folder: Path) -> Settings:
    oauth, mutual = "listener.name.oauth", "listener.name.mutual"
    identity = folder / "broker" / "tls"
    return Settings(
        proxied=False,
        listeners={"OAUTH": "SASL_PLAINTEXT", "MUTUAL": "SSL"},
        options=(f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={issuer.jwks_endpoint}",),
        properties={
            f"{oauth}.sasl.enabled.mechanisms": "OAUTHBEARER",
            f"{oauth}.oauthbearer.sasl.server.callback.handler.class": _VALIDATOR,
            f"{oauth}.oauthbearer.sasl.jaas.config": _LOGIN,
            f"{oauth}.sasl.oauthbearer.jwks.endpoint.url": issuer.jwks_endpoint,
            f"{oauth}.sasl.oauthbearer.expected.audience": AUDIENCE,
            f"{oauth}.sasl.oauthbearer.expected.issuer": issuer.url,
            f"{mutual}.ssl.keystore.type": "PEM",
            f"{mutual}.ssl.keystore.location": str(identity / "server.pem"),
            f"{mutual}.ssl.truststore.type": "PEM",
            f"{mutual}.ssl.truststore.location": str(identity / "ca.pem"),
            f"{mutual}.ssl.client.auth": "required",
            "ssl.principal.mapping.rules": _RULES,
        },
    )


def allow(cluster: KafkaCluster, principal: str) -> None:
    """Let a principal read what plans of rights and quotas look at, and nobody else who comes in here."""
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap, "enable.metrics.push": False, "log_level": 0})
    some = [
        AclBinding(
            ResourceType.BROKER,
            "kafka-cluster",
            ResourcePatternType.LITERAL,
            principal,
            "*",
            operation,
            AclPermissionType.ALLOW,
        )
        for operation in (AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS)
    ]
    for future in admin.create_acls(some).values():
        future.result()


def reads_by_both(session: Session) -> None:
    """Users are read through librdkafka, and quotas and all ACLs through kafka-python alone."""
    reading = session.read({"users": None, "quotas": None, "acls": None})
    assert reading.unseen == {}
    assert set(reading.coverage.values()) == {Coverage.COMPLETE}
    assert {address.kind for address in reading.resources} == {"users", "acls"}


def test_a_token_of_an_issuer_logs_both_clients_in(site: Site) -> None:
    site.issuer.given.clear()
    with site.connect(
        "OAUTH", site.oauth(scope="kafka", extensions={"logicalCluster": "one"}), "User:deployer"
    ) as session:
        assert session.facts.cluster_id == site.cluster.cluster_id
        reads_by_both(session)
    assert set(site.issuer.given) == {"deployer"}
    assert len(site.issuer.given) <= 3, "a token is asked for once by each client, not for each connection"


def test_a_wrong_secret_gets_no_token_and_is_never_shown(site: Site) -> None:
    with pytest.raises(UserError) as caught:
        site.connect("OAUTH", site.oauth("WRONG"), "User:deployer")
    (found,) = caught.value.diagnostics
    assert found.code == "MQ720"
    assert SECRETS["WRONG"] not in found.model_dump_json()


@pytest.mark.parametrize("way", ["files", "text", "keystore"])
def test_a_certificate_logs_both_clients_in_as_whom_the_brokers_map_it_to(site: Site, way: str) -> None:
    client = site.client
    ways: dict[str, dict[str, Any]] = {
        "files": {"certificate": str(client.certificate), "key": str(client.key)},
        "text": {"certificatePem": client.certificate.read_text(), "key": str(client.key)},
        "keystore": {"keystore": str(client.keystore), "keystorePassword": {"env": "STORE"}},
    }
    with site.connect("MUTUAL", site.tls(**ways[way]), "User:shop-deployer") as session:
        assert session.facts.cluster_id == site.cluster.cluster_id
        assert session.facts.traits["ssl.principal.mapping.rules"] == _RULES
        reads_by_both(session)


def test_without_a_certificate_nobody_comes_in(site: Site) -> None:
    with pytest.raises(UserError) as caught:
        site.connect("MUTUAL", site.tls(), "User:shop-deployer")
    assert caught.value.diagnostics[0].code in ("MQ416", "MQ454", "MQ720")


def test_another_name_has_no_rights_though_its_authority_is_right(site: Site, tmp_path: Path) -> None:
    other = client_identity(site.cluster.identity, tmp_path, "/OU=office/CN=deployer", "x")
    own = {"certificate": str(other.certificate), "key": str(other.key)}
    with site.connect("MUTUAL", site.tls(**own), "User:CN=deployer,OU=office") as session:
        reading = session.read({"users": None, "quotas": None, "acls": None})
    assert {place[0] for place in reading.unseen} == {"users", "quotas", "acls"}
