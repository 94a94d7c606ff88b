"""A declared value is the topic's own, also where the brokers' default is the same; null is whatever they give."""

from __future__ import annotations

from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource

from tests.brokers.kafka.cluster import KafkaCluster
from tests.integration.kafka.e2e.conftest import nothing_written
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop
from tests.waiting import becomes

WEEK = "604800000"
ENTRIES = (
    "orders.live: {config: {retention.ms: 7d}}",
    "orders.new: {config: {retention.ms: 7d}}",
    "orders.default: {config: {retention.ms: null}}",
)


def test_a_value_like_the_default_is_set_once_and_stays_when_the_default_moves(
    live: KafkaCluster, shop: Shop, hand: Hand
) -> None:
    hand.create("orders.live", "orders.default")
    shop.topics(*ENTRIES)
    plan = shop.run("plan")
    assert plan.code == 0, plan.text
    assert "1 to create, 1 to update" in plan.text
    assert "retention.ms broker default (7d) -> 7d" in " ".join(plan.out.split())
    assert shop.apply().code == 0
    own = {name: topic.config for name, topic in hand.live().items()}
    pinned = {"retention.ms": WEEK}
    assert own == {"orders.live": pinned, "orders.new": pinned, "orders.default": {}}
    with nothing_written(live):
        assert shop.apply().code == 0
    admin = AdminClient({"bootstrap.servers": live.bootstrap, "enable.metrics.push": False})
    try:
        _broker_default(admin, "86400000")
        assert _retention(admin, "orders.default") == "86400000"
        assert _retention(admin, "orders.live") == _retention(admin, "orders.new") == WEEK
        with nothing_written(live):
            assert shop.apply().code == 0
    finally:
        _broker_default(admin, None)


def _broker_default(admin: AdminClient, value: str | None) -> None:
    """Move what topics inherit, on the only broker, and wait until it shows."""
    (broker,) = admin.list_topics(timeout=20).brokers
    operation = AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET
    entry = ConfigEntry("log.retention.ms", value, incremental_operation=operation)
    resource = ConfigResource(ConfigResource.Type.BROKER, str(broker), incremental_configs=[entry])
    for future in admin.incremental_alter_configs([resource]).values():
        future.result()
    becomes(lambda: _retention(admin, "orders.default"), value or WEEK)


def _retention(admin: AdminClient, name: str) -> str:
    asked = admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, name)])
    return str(next(iter(asked.values())).result()["retention.ms"].value)
