"""A server with TLS: with a plain port beside it, and without."""

from collections.abc import Iterator

import pytest

from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.release import DEFAULT, installed
from tests.brokers.redis.settings import Settings
from tests.integration.redis.provider.conftest import Shop
from tests.integration.redis.verification.verified import results, verify


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
