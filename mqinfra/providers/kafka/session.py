"""A session with a Kafka cluster, which can say how the cluster is, and keeps records and a lock."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from mqinfra.model.record import Owner
from mqinfra.model.setting import Problem
from mqinfra.providers.base.broker_session import BrokerSession
from mqinfra.providers.base.records import Lock
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.records.lock import KafkaLock, held
from mqinfra.providers.kafka.records.names import topic_of
from mqinfra.providers.kafka.records.place import RecordTopic
from mqinfra.providers.kafka.records.store import KafkaRecordStore
from mqinfra.providers.kafka.topics.health import causes

if TYPE_CHECKING:
    from mqinfra.providers.base.monitoring.sample import Sampler
    from mqinfra.providers.base.verification.messenger import Messenger


_APART = 0.6
"""Seconds: before Kafka 4 a broker may learn with its next fetch only, half a second later, that a change counts."""


class KafkaSession(BrokerSession[KafkaClient]):
    """A session with a Kafka cluster."""

    @property
    def apart(self) -> float:
        """As long as brokers may take (docs/spike-kafka-clients.md, "Visibility"); a lone one knows at once."""
        return _APART if self.facts.brokers > 1 else 0.0

    def health(self) -> tuple[str, ...]:
        """Partitions that take no durable writes, and reassignments under way."""
        return tuple(causes(self._client))

    def records(self, owner: Owner) -> KafkaRecordStore:
        """A compacted topic of the owner's."""
        return KafkaRecordStore(self._client, owner, self.facts.brokers, self._asking)

    def lacking_to_keep(self, owner: Owner) -> list[Problem]:
        """Ask for the rights on the topic of the records."""
        with self._asking():
            return RecordTopic(self._client, topic_of(owner), self.facts.brokers).lacking()

    def messenger(self) -> "Messenger":
        """Send through connections of their own; see `Session.messenger`."""
        from mqinfra.providers.kafka.verification.messenger import (  # noqa: PLC0415 - a plan sends no messages
            KafkaMessenger,
        )

        return KafkaMessenger(self._client, self._secrets)

    def sampler(self) -> "Sampler":
        """Look at offsets and groups; see `Session.sample`."""
        from mqinfra.providers.kafka.monitoring.sampler import KafkaSampler  # noqa: PLC0415 - a plan looks at no traffic

        return KafkaSampler(self._client)

    @contextmanager
    def lock(self, owner: Owner, holder: str, timeout: float) -> Iterator[Lock]:
        """A claim in the topic of the owner's records."""
        with ExitStack() as stack:
            with self._asking():
                heart = stack.enter_context(held(self._client, owner, holder, timeout, self.facts.brokers))
            yield KafkaLock(heart, self._secrets.scrub)
