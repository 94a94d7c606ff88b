"""What faults are played on: topics that are made, grow, are set and go."""

from __future__ import annotations

from mqinfra.cli.main import run
from tests.brokers.kafka.cluster import KafkaCluster
from tests.brokers.kafka.protocol import KafkaRequest
from tests.brokers.proxy import Proxy
from tests.command import Running
from tests.faults.sweep import State, Subject
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop

BEFORE = (
    "orders.grows: {}",
    "orders.set: {config: {retention.ms: 1h}}",
    "orders.stays: {}",
    "orders.legacy: {}",
)
AFTER = (
    "orders.grows: {partitions: 3}",
    "orders.set: {config: {retention.ms: 2h, cleanup.policy: compact}}",
    "orders.stays: {}",
    *(f"orders.new-{number}: {{partitions: 2, config: {{retention.ms: {number}h}}}}" for number in range(1, 7)),
)


class Topics(Subject):
    """Topics that are made, grow, are set and go."""

    def __init__(self, cluster: KafkaCluster, shop: Shop) -> None:
        self.root, self._cluster, self._shop, self._hand = shop.root, cluster, shop, Hand(cluster)

    @property
    def proxy(self) -> Proxy[KafkaRequest]:
        return self._cluster.proxy

    def begin(self) -> None:
        self._cluster.wipe()
        self._shop.topics(*BEFORE)
        assert run(["apply", "--auto-approve", "-q"]) == 0
        self._shop.topics(*AFTER, removed=("orders.legacy: {}",))

    def live(self) -> State:
        found = self._hand.live().items()
        return {f"kafka/topics/{name}": topic for name, topic in found if name.startswith("orders.")}

    def start(self, *arguments: str) -> Running:
        return self._shop.start(*arguments)
