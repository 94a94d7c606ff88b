"""The endpoint of metrics beside a Kafka that goes up and down: no leak, and no 0 for what nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mqinfra.monitor import metrics
from tests.integration.exporting import WAITING, a_thousand_scrapes
from tests.integration.kafka.e2e.groups import GroupShop, Readers

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

TOPIC, GROUP = "orders.new", "billing"


@pytest.mark.slow_faults
def test_a_thousand_scrapes_while_the_broker_goes_and_comes_back(live_4: KafkaCluster, shop: GroupShop) -> None:
    shop.groups({GROUP: {"topics": [TOPIC]}}, topics=(f"{TOPIC}: {{partitions: 1, replicationFactor: 1}}",))
    assert shop.apply().code == 0
    readers = Readers(live_4)
    readers.produce(TOPIC, 10 + WAITING)
    readers.commit(GROUP, TOPIC, 10)
    (node,) = live_4.nodes
    a_thousand_scrapes(shop.root, metrics.LAG.name, (f'group="{GROUP}"',), node.kill, node.start)
