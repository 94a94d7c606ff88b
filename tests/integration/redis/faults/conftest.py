"""A project whose apply faults are played on."""

import pytest

from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.faults.subject import Streams
from tests.integration.redis.provider.conftest import Shop, shop

__all__ = ["shop"]


@pytest.fixture
def subject(shop: Shop, redis_7: RedisDeployment) -> Streams:
    return Streams(shop, redis_7)
