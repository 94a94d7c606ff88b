"""Reaching a registry with TLS, on a real one too, and with whoever calls, on the fake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.registry.api.connection import RegistryConnection
from tests.brokers.registry.confluent import Confluent
from tests.brokers.tls import with_openssl

if TYPE_CHECKING:
    from pathlib import Path

    from mqinfra.model.reading import Facts
    from tests.brokers.registry.server import ApicurioServer

SECRET = "of-the-registry-7d2"


def entered(block: dict[str, Any]) -> Facts:
    """Connect, ask for the subjects, and say what the registry is."""

    def reveal(_reference: SecretRef) -> SecretValue:
        return SecretValue(SECRET)

    cluster = Cluster("registry", RegistryConnection.model_validate({"type": "registry", **block}))
    with installed().providers["registry"].connect(cluster, reveal, 10.0) as session:
        session.read({"subjects": None})
        return session.facts


def failure(block: dict[str, Any]) -> str:
    with pytest.raises(UserError) as caught:
        entered(block)
    (found,) = caught.value.diagnostics
    told = f"{found.code} {found.message} {' '.join(found.help)}"
    assert SECRET not in told
    return told


def test_a_registry_with_tls_is_entered_by_who_trusts_its_authority(tmp_path: Path) -> None:
    identity = with_openssl(tmp_path)
    guarded = Confluent(identity)
    try:
        authority = {"ca": str(identity.ca_file)}
        assert entered({"url": guarded.url, "tls": authority}).product == "Confluent Schema Registry"
        assert entered({"url": guarded.url, "tls": {"verify": False}}).version == "7.9.1"
        login = {"username": "shop", "password": {"env": "X"}}
        before = len(guarded.requests)
        assert "certificate" in failure({"url": guarded.url, **login})
        assert len(guarded.requests) == before, "nobody who is not trusted gets a request, and its credentials"
        assert "TLS" in failure({"url": guarded.url.replace("https:", "http:")})
    finally:
        guarded.close()


def test_a_real_registry_with_tls_is_entered(registry: ApicurioServer, cell: set[str]) -> None:
    url, authority = registry.tls_url, str(registry.node.identity.ca_file)
    assert entered({"url": url, "tls": {"ca": authority}}).product == "Apicurio Registry"
    assert "certificate" in failure({"url": url})
    assert "TLS" in failure({"url": url.replace("https:", "http:")})
    assert "TLS" in failure({"url": registry.url.replace("http:", "https:")})
    cell.add("apicurio-3/subjects/e2e-tls")


def test_a_registry_without_tls_is_told_from_one_with_it(confluent: Confluent) -> None:
    assert "TLS" in failure({"url": confluent.url.replace("http:", "https:")})


@pytest.mark.parametrize(
    ("login", "header"),
    [
        ({"username": "shop", "password": {"env": "X"}}, "Basic c2hvcDpvZi10aGUtcmVnaXN0cnktN2Qy"),
        ({"token": {"env": "X"}}, f"Bearer {SECRET}"),
    ],
)
def test_every_call_says_who_calls(confluent: Confluent, login: dict[str, Any], header: str) -> None:
    entered({"url": confluent.url, **login})
    assert len(confluent.requests) > 3
    assert {heads.get("Authorization") for _, _, heads in confluent.requests} == {header}


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_login_says_what_to_check_and_nothing_of_the_secret(confluent: Confluent, status: int) -> None:
    body = {"error_code": status, "message": f"no entry with {SECRET}"}
    confluent.before = lambda *_: (status, {}, body)
    told = failure({"url": confluent.url, "token": {"env": "REGISTRY_TOKEN"}})
    assert "check the value behind `token`" in told
