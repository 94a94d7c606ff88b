"""The project on a real deployment that the tests of the provider have."""

from tests.integration.redis.provider.conftest import shop

__all__ = ["shop"]
