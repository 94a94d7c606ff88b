"""What a plan reads follows what is declared, not what the cluster holds."""

from __future__ import annotations

from tests.brokers.kafka.cluster import KafkaCluster
from tests.brokers.kafka.messages import admin, metadata
from tests.integration.kafka.e2e.conftest import nothing_written
from tests.integration.kafka.e2e.hand import RECORDS, Hand
from tests.integration.kafka.e2e.shop import Shop

LIVE = 2_000
DECLARED = {f"orders.t{number:04}" for number in range(10)}
TOPIC = 2


def test_ten_declared_of_two_thousand_live_topics_ask_for_ten(live_4: KafkaCluster, shop: Shop, hand_4: Hand) -> None:
    for start in range(0, LIVE, 500):
        hand_4.create(*(f"orders.t{number:04}" for number in range(start, start + 500)))
    shop.topics(*(f"{name}: {{config: {{retention.ms: 8d}}}}" for name in sorted(DECLARED)))
    with nothing_written(live_4):
        ran = shop.run("plan")
    assert ran.code == 0, ran.text
    assert "10 to update" in ran.out
    described = [
        {resource.resource_name for resource in request.decoded(admin.DescribeConfigsRequest).resources}
        for request in live_4.proxy.recorder.of("DescribeConfigs")
        if all(resource.resource_type == TOPIC for resource in request.decoded(admin.DescribeConfigsRequest).resources)
    ]
    assert described == [DECLARED]
    asked = [request.decoded(metadata.MetadataRequest).topics for request in live_4.proxy.recorder.of("Metadata")]
    # One request without names lists all topics, to count what nobody declares and to find others' records.
    assert asked.count(None) == 1
    assert {topic.name for topics in asked if topics for topic in topics} == DECLARED | {RECORDS}
    assert not live_4.proxy.recorder.overflowed
