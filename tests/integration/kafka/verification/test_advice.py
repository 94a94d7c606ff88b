"""Advice on a real cluster: what brokers count gets into it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from confluent_kafka import Consumer, Producer

from tests.integration.kafka.e2e.hand import QUIET
from tests.integration.kafka.e2e.shop import Shop

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster


def test_large_records_and_members_without_a_partition_are_seen(live_4: KafkaCluster, shop: Shop) -> None:
    shop.topics("orders.new: {partitions: 1, replicationFactor: 1}")
    assert shop.apply().code == 0
    servers = {"bootstrap.servers": live_4.bootstrap, **QUIET}
    producer = Producer(servers)
    for _ in range(1_200):
        producer.produce("orders.new", b"x" * 2_000)
    producer.flush(20)
    members = [Consumer({**servers, "group.id": "billing", "auto.offset.reset": "earliest"}) for _ in range(2)]
    try:
        for one in members:
            one.subscribe(["orders.new"])
        until = time.monotonic() + 30
        while (read := [one.poll(0.2) for one in members]) and not any(read) and time.monotonic() < until:
            pass
        next(one for one, record in zip(members, read, strict=True) if record is not None).commit(asynchronous=False)
        ran = shop.run("verify", "-q", "-o", "json", "--mode", "passive")
    finally:
        for one in members:
            one.close()
    advice = {one["name"]: one for one in ran.json()["advice"]}
    assert advice["partitions"]["evidence"] == "group `billing` has 2 members, the topic 1 partition"
    assert advice["partitions"]["line"] == "partitions: 2"
    assert advice["partitions"]["span"]["line"] == 6
    size = int(advice["compression"]["evidence"].split()[3].replace(",", ""))
    assert 2_000 <= size < 2_100
    assert "on average of 1,200; `compression.type` is `producer`" in advice["compression"]["evidence"]
