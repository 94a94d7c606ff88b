"""A server with TLS: with a plain port beside it, and without."""

from collections.abc import Iterator

import pytest

from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.release import DEFAULT, installed
from tests.brokers.redis.settings import Settings
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.verification.verified import verify
from tests.integration.verified import results


@pytest.fixture
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisDeployment]:
    deployment = RedisDeployment(
        installed(DEFAULT), tmp_path_factory.mktemp("redis"), Settings(tls=True, proxied=False)
    )
    try:
        deployment.start()
        yield deployment
    finally:
        deployment.close()


def test_v34_fails_where_the_connection_checks_nothing_or_old_tls_is_spoken(
    shop: Shop, secured: RedisDeployment
) -> None:
    node, admin = f"localhost:{secured.tls_ports[0]}", secured.nodes[0].admin
    shop.connect({"nodes": [node], "tls": {"ca": str(secured.ca_file)}})
    shop.declare(streams={"orders": {}})
    shop.apply()
    found = verify(shop, "--only", "V34")
    assert results(found) == {"V34 redis": "pass"}, found
    admin.call("CONFIG", "SET", "tls-protocols", "TLSv1.1 TLSv1.2", "tls-ciphers", "ALL:@SECLEVEL=0")
    found = verify(shop, "--only", "V34", code=7)
    assert "TLS 1.1 is accepted" in found["V34 redis"]["evidence"]
    admin.call("CONFIG", "SET", "tls-protocols", "TLSv1.2 TLSv1.3", "tls-ciphers", "")
    shop.connect({"nodes": [node], "tls": {"verify": False}})
    found = verify(shop, "--only", "V34", code=7)
    assert "does not check certificates" in found["V34 redis"]["evidence"]


def test_v33_fails_while_a_plain_port_is_open_beside_the_one_with_tls(shop: Shop, secured: RedisDeployment) -> None:
    shop.connect({"nodes": [f"localhost:{secured.tls_ports[0]}"], "tls": {"ca": str(secured.ca_file)}})
    shop.declare(streams={"orders": {}})
    shop.apply()
    found = verify(shop, "--only", "V33", code=7)
    assert results(found) == {"V33 redis": "fail"}
    assert f"also listens without TLS on port {secured.port}" in found["V33 redis"]["evidence"]
    secured.nodes[0].admin.call("CONFIG", "SET", "port", "0")
    assert results(verify(shop, "--only", "V33")) == {"V33 redis": "pass"}
    secured.nodes[0].admin.call("CONFIG", "SET", "port", str(secured.port))
