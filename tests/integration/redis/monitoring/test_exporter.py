"""The endpoint of metrics beside a Redis that goes up and down: no leak, and no 0 for what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mqinfra.monitor import metrics
from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.release import DEFAULT, installed
from tests.brokers.redis.settings import Settings
from tests.integration.exporting import WAITING, a_thousand_scrapes
from tests.integration.redis.provider.conftest import Shop


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[RedisDeployment]:
    """A server that has its data again after it was killed."""
    settings = Settings(config={"appendonly": "yes", "appendfsync": "always"}, proxied=False)
    deployment = RedisDeployment(installed(DEFAULT), tmp_path / "redis", settings)
    try:
        deployment.start()
        yield deployment
    finally:
        deployment.close()


def test_a_thousand_scrapes_while_the_server_goes_and_comes_back(shop: Shop, kept: RedisDeployment) -> None:
    shop.on(kept)
    shop.declare(streams={"orders": {"groups": {"billing": {"startAt": "0"}}}})
    assert shop.mq("apply", "--auto-approve").code == 0
    node = kept.nodes[0]
    for number in range(WAITING):
        node.admin.call("XADD", "orders", "*", "n", str(number))
    a_thousand_scrapes(shop.root, metrics.LAG.name, ('group="billing"',), node.kill, node.start)
