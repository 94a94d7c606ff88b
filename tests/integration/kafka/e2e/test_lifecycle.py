"""The life of topics: created, configured, grown, a setting taken back, one removed; each step is written once."""

from __future__ import annotations

from tests.brokers.kafka.cluster import KafkaCluster
from tests.integration.kafka.e2e.conftest import nothing_written, written
from tests.integration.kafka.e2e.hand import Hand, Topic
from tests.integration.kafka.e2e.shop import Shop, outcomes

BIG = "max.message.bytes: 2MiB}}"
STEPS: dict[str, tuple[tuple[str, ...], tuple[str, ...], list[str], dict[str, Topic]]] = {
    "created": (
        (
            "orders.created: {partitions: 2, replicationFactor: 1, config: {retention.ms: 7d, cleanup.policy: delete}}",
            "orders.legacy: {}",
        ),
        (),
        ["CreateTopics"],
        {
            "orders.created": Topic(2, 1, {"retention.ms": "604800000", "cleanup.policy": "delete"}),
            "orders.legacy": Topic(1, 1, {}),
        },
    ),
    "configured and grown": (
        (
            "orders.created: {partitions: 5, config: {retention.ms: 14d, cleanup.policy: [compact, delete], " + BIG,
            "orders.legacy: {partitions: 2}",
        ),
        (),
        ["CreatePartitions", "IncrementalAlterConfigs"],
        {
            "orders.created": Topic(
                5,
                1,
                {"retention.ms": "1209600000", "cleanup.policy": "compact,delete", "max.message.bytes": "2097152"},
            ),
            "orders.legacy": Topic(2, 1, {}),
        },
    ),
    "two settings taken back, and one no longer said": (
        ("orders.created: {config: {retention.ms: null, cleanup.policy: null}}", "orders.legacy: {}"),
        (),
        ["IncrementalAlterConfigs"],
        {"orders.created": Topic(5, 1, {}), "orders.legacy": Topic(2, 1, {})},
    ),
    "one removed": (
        ("orders.created: {}",),
        ("orders.legacy: {reason: OPS-1}",),
        ["DeleteTopics"],
        {"orders.created": Topic(5, 1, {})},
    ),
}


def test_each_step_is_planned_without_a_write_and_applied_with_one_and_then_never_again(
    live: KafkaCluster, shop: Shop, hand: Hand, cell: set[str]
) -> None:
    for name, (entries, removed, writes, after) in STEPS.items():
        shop.topics(*entries, removed=removed)
        with nothing_written(live):
            assert shop.run("plan", "--detailed-exitcode").code == 2, name
        live.proxy.recorder.clear()
        ran = shop.apply()
        assert (ran.code, written(live)) == (0, writes), f"{name}: {ran.text}"
        assert hand.live() == after, name
        assert set(outcomes(ran).values()) == {"applied"}, name
        with nothing_written(live):
            ran = shop.apply()
            assert (ran.code, outcomes(ran)) == (0, {}), f"{name}: {ran.text}"
    with nothing_written(live):
        ran = shop.run("plan", "--detailed-exitcode")
    assert (ran.code, "No changes" in ran.out) == (0, True), ran.text
    cell.add(f"kafka-{live.line}/topics/e2e-second-apply-writes-nothing")
    cell.add(f"kafka-{live.line}/topics/e2e-plan-writes-nothing")
