"""Verifications of a project on real deployments, run inside this process."""

from tests.integration.redis.provider.conftest import deployment, pair, shop, single

__all__ = ["deployment", "pair", "shop", "single"]
