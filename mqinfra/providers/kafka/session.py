"""A session with a Kafka cluster, which can say how the cluster is."""

from mqinfra.providers.base.session import BrokerSession
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.topics.health import causes


class KafkaSession(BrokerSession[KafkaClient]):
    """A session with a Kafka cluster."""

    def health(self) -> tuple[str, ...]:
        """Partitions that take no durable writes, and reassignments under way."""
        return tuple(causes(self._client))
