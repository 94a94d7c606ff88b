"""Projects on real deployments, run inside this process."""

from tests.integration.redis.provider.conftest import deployment, shop, single

__all__ = ["deployment", "shop", "single"]
