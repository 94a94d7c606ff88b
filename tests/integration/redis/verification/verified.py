"""Runs of `mqinfra verify`, and what they concluded."""

from tests.brokers.redis.deployment import RedisDeployment
from tests.integration import verified
from tests.integration.redis.provider.conftest import Shop
from tests.integration.verified import VERIFY, Judgements, judged

_ARGUMENTS = (*VERIFY, "--messages", "400", "--timeout", "10")


def verify(shop: Shop, *arguments: str, code: int = 0) -> Judgements:
    """Verify, and return what came of it."""
    return judged(shop.mq(*_ARGUMENTS, *arguments), code)


def meddled(shop: Shop, *arguments: str) -> Judgements:
    """The same while somebody meddles."""
    return verified.meddled(lambda: shop.mq(*_ARGUMENTS, *arguments))


def keys(deployment: RedisDeployment) -> set[str]:
    """All keys of all masters."""
    return {str(key) for node in deployment.primaries for key in node.admin.call("KEYS", "*")}
