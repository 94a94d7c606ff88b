"""Runs of `mqinfra verify`, and what they concluded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confluent_kafka.admin import AdminClient

from tests.integration.kafka.e2e.hand import QUIET
from tests.integration.kafka.e2e.shop import Shop
from tests.integration.verified import VERIFY, Judgements, judged

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

ARGUMENTS = (*VERIFY, "--messages", "400")


def verify(shop: Shop, *arguments: str, code: int = 0) -> Judgements:
    """Verify, and return what came of it."""
    return judged(shop.run(*ARGUMENTS, *arguments), code)


def listing(cluster: KafkaCluster) -> set[str]:
    """All topics and groups."""
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap, **QUIET})
    groups = {f"group {one.group_id}" for one in admin.list_consumer_groups().result().valid}
    return groups | {f"topic {name}" for name in admin.list_topics(timeout=10).topics}
