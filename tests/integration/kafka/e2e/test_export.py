"""What is exported and applied to an empty cluster gives the same export, byte for byte."""

from __future__ import annotations

from tests.brokers.kafka.cluster import KafkaCluster
from tests.integration.kafka.e2e.conftest import nothing_written
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop

MANY = {
    "cleanup.policy": "compact,delete",
    "compression.type": "zstd",
    "delete.retention.ms": "3600001",
    "file.delete.delay.ms": "59999",
    "flush.messages": "9223372036854775807",
    "index.interval.bytes": "4097",
    "leader.replication.throttled.replicas": "*",
    "max.compaction.lag.ms": "86400000",
    "max.message.bytes": "2097152",
    "message.timestamp.type": "LogAppendTime",
    "min.cleanable.dirty.ratio": "0.25",
    "min.compaction.lag.ms": "60000",
    "min.insync.replicas": "1",
    "preallocate": "true",
    "retention.bytes": "-1",
    "retention.ms": "604800000",
    "segment.bytes": "16777216",
    "segment.jitter.ms": "1",
    "segment.ms": "86399999",
    "unclean.leader.election.enable": "false",
}
NAMES = ("orders.with.dots", "orders.with_underscores", "orders.with-dashes", "orders.Mixed.1_2-3", "orders.0")


def test_export_wipe_apply_export_gives_equal_bytes(live: KafkaCluster, shop: Shop, hand: Hand, cell: set[str]) -> None:
    for number, name in enumerate(NAMES, start=1):
        hand.create(name, partitions=number, config=MANY if number == 1 else {"retention.ms": str(number)})
    hand.create("elsewhere.not_ours")
    shop.topology("", "kafka")
    with nothing_written(live):
        first = shop.run("export")
    assert first.code == 0, first.text
    assert all(name in first.out for name in NAMES)
    assert "elsewhere" not in first.out
    before = {name: topic for name, topic in hand.live().items() if name.startswith("orders.")}
    live.wipe()
    (shop.root / "topology" / "kafka.yaml").write_text(first.out)
    ran = shop.apply()
    assert ran.code == 0, ran.text
    assert shop.run("export").out.encode() == first.out.encode()
    assert hand.live() == before
    with nothing_written(live):
        assert shop.apply().code == 0
    cell.add(f"kafka-{live.line}/topics/e2e-export-round-trip")
