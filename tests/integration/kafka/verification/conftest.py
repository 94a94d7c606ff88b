"""A project on real clusters, and what lies on them."""

from tests.integration.kafka.e2e.conftest import hand, hand_4, live, live_4, shop

__all__ = ["hand", "hand_4", "live", "live_4", "shop"]
