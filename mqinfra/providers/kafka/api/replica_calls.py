"""Calls about where replicas are, how they are moved, and how fast they are copied. Imported only when connecting."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from confluent_kafka import ElectionType, KafkaException, TopicPartition
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._resource import ResourceType
from pydantic import JsonValue

from mqinfra.providers.base.connecting.addresses import joined
from mqinfra.providers.kafka.api import config_entry, second_moves
from mqinfra.providers.kafka.api.config_calls import ConfigCalls
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.listeners import Listener, listeners_of
from mqinfra.providers.kafka.api.replicas import Disk, Moves, Partition, Place
from mqinfra.providers.kafka.api.second_client import SecondClient, Unavailable, fault_of_code
from mqinfra.providers.kafka.api.topic_calls import TopicCalls
from mqinfra.providers.kafka.api.wire import Wire, fault_of

if TYPE_CHECKING:
    from kafka.admin import KafkaAdminClient

T = TypeVar("T")

_NOT_NEEDED = "ELECTION_NOT_NEEDED"
_PATIENCE_MS = 10_000
_FRESH = 1.0
_IN_VAIN = 60.0
"""Seconds for which an answer holds, and none."""


class ReplicaCalls:
    """Calls about replicas to one cluster.

    Args:
        wire: the way to it.
        topics: its calls about topics.
        second: asks what librdkafka can't ask.
    """

    def __init__(self, wire: Wire, topics: TopicCalls, second: SecondClient) -> None:
        self._wire, self._topics, self._second = wire, topics, second
        self._of_topics = ConfigCalls(wire, ResourceType.TOPIC)
        self._of_brokers = ConfigCalls(wire, ResourceType.BROKER)
        self._told: tuple[float, Moves | str] | None = None

    @property
    def moves(self) -> Moves | str:
        """All reassignments under way, as they were a moment ago; a text says why they can't be told.

        Whoever reads many topics, or looks for something again and again, need not ask each time; and where nobody
        answers, asking takes long.
        """
        if self._told is None or time.monotonic() > self._told[0]:
            told = self.under_way()
            self._told = (time.monotonic() + (_IN_VAIN if isinstance(told, str) else _FRESH), told)
        return self._told[1]

    def under_way(self) -> Moves | str:
        """All reassignments under way; a text says why they can't be told. It needs Describe on the cluster."""
        found = self._asked(lambda admin: second_moves.under_way(admin, _PATIENCE_MS))
        if not isinstance(found, KafkaFault):
            return found
        return "listing them needs Describe on the cluster" if found.denied else f"listing them {found.message}"

    def reassign(self, wanted: Mapping[Place, Sequence[int]]) -> dict[Place, KafkaFault | None]:
        """Begin to move partitions to these brokers. It needs Alter on the cluster."""
        answers = self._asked(lambda admin: second_moves.reassigned(admin, wanted, _PATIENCE_MS))
        if isinstance(answers, KafkaFault):
            return dict.fromkeys(wanted, answers)
        errors = {place: answers.get(place) for place in wanted}
        return {place: fault_of_code(error) if error is not None else None for place, error in errors.items()}

    def disks(
        self, brokers: Iterable[int], of: Mapping[str, Sequence[int]] | None = None
    ) -> dict[int, Disk | KafkaFault]:
        """What brokers hold and have free; with `of`, only of these partitions. It needs Describe on the cluster."""

        def asked(broker: int) -> Disk | KafkaFault:
            return self._asked(lambda admin: second_moves.disk(admin, broker, of))

        return {broker: asked(broker) for broker in brokers}

    def unavailable(self) -> str:
        """Why replicas can't be moved with this connection; empty when they can."""
        found = self._second.ask(lambda _: "")
        return found.reason if isinstance(found, Unavailable) else ""

    def _asked(self, question: Callable[["KafkaAdminClient"], T]) -> T | KafkaFault:
        found = self._second.ask(question)
        if isinstance(found, Unavailable) or (isinstance(found, KafkaFault) and found.lost):
            # Its idea of the cluster may be older than what became of the brokers: it begins anew when next asked.
            self._second.close()
        return KafkaFault(found.reason) if isinstance(found, Unavailable) else found

    def brokers(self) -> dict[int, str]:
        """The brokers that are alive, with their racks; empty where they have none.

        Raises:
            UserError: the cluster did not answer.
        """
        answer = self._wire.answer(self._wire.admin.describe_cluster(request_timeout=self._wire.timeout))
        if isinstance(answer, KafkaFault):
            raise self._wire.unreadable("DescribeCluster", answer)
        return {node.id: node.rack or "" for node in answer.nodes}

    def load(self) -> Mapping[int, int]:
        """How many replicas of all topics that the caller may see each broker holds.

        Raises:
            UserError: the cluster did not answer.
        """
        return Counter(broker for brokers in self._topics.holders() for broker in brokers)

    def partitions(self, names: Iterable[str]) -> dict[str, tuple[Partition, ...] | KafkaFault]:
        """Where the partitions of topics lie.

        Raises:
            UserError: the cluster did not answer.
        """
        return dict(self._topics.partitions(names))

    def elect(self, places: Sequence[Place]) -> KafkaFault | None:
        """Let the preferred leaders of partitions lead, where they don't; what went wrong with any of them.

        Without deadlines: confluent-kafka 2.16 lists them for this call and takes none (SystemError, TypeError).
        """
        asked = [TopicPartition(topic, number) for topic, number in places]
        try:
            elected = self._wire.admin.elect_leaders(ElectionType.PREFERRED, asked)
        except KafkaException as error:
            return fault_of(error)
        answer: Any = self._wire.answer(elected)
        if isinstance(answer, KafkaFault):
            return answer
        errors = [fault_of(error) for error in answer.values() if error is not None]
        return next((fault for fault in errors if fault.name != _NOT_NEEDED), None)

    def settings(self, broker: int) -> Mapping[str, str | None] | KafkaFault:
        """Settings that somebody gave a broker while it ran, or all. It needs DescribeConfigs on the cluster."""
        resource = ConfigResource(ResourceType.BROKER, str(broker))
        try:
            (asked,) = self._wire.admin.describe_configs([resource], request_timeout=self._wire.timeout).values()
        except KafkaException as error:
            return fault_of(error)
        answer: Any = self._wire.answer(asked)
        if isinstance(answer, KafkaFault):
            return answer
        return {name: entry.value for name, entry in answer.items() if entry.source in config_entry.RUNNING}

    def listeners(self, broker: int) -> Sequence[Listener] | KafkaFault:
        """Where a broker tells clients to come to. It needs DescribeConfigs on the cluster."""
        ((_, answer),) = self._of_brokers.read([str(broker)])
        if isinstance(answer, KafkaFault):
            return answer
        told = {name: entry.value or "" for name, entry in answer.items()}
        return listeners_of(told)

    def addresses(self) -> dict[int, str]:
        """The brokers that are alive, with the `host:port` of each that this connection comes to.

        Raises:
            UserError: the cluster did not answer.
        """
        answer = self._wire.answer(self._wire.admin.describe_cluster(request_timeout=self._wire.timeout))
        if isinstance(answer, KafkaFault):
            raise self._wire.unreadable("DescribeCluster", answer)
        return {node.id: joined(node.host, node.port) for node in answer.nodes}

    def give(self, broker: int, settings: Mapping[str, str | None]) -> KafkaFault | None:
        """Give settings to one broker while it runs; None takes one back. It needs AlterConfigs on the cluster."""
        given = {name: value for name, value in settings.items() if value is not None}
        taken: list[JsonValue] = [name for name in settings if name not in given]
        return self._of_brokers.alter({str(broker): {"set": dict(given), "reset": taken}})[str(broker)]

    def amend(self, topic: str, added: Mapping[str, str], taken: Mapping[str, str]) -> KafkaFault | None:
        """Add members to settings of a topic that are lists, and take some out."""
        entries = [
            *(ConfigEntry(name, text, incremental_operation=_APPEND) for name, text in added.items()),
            *(ConfigEntry(name, text, incremental_operation=_SUBTRACT) for name, text in taken.items()),
        ]
        return self._of_topics.send({topic: entries})[topic]

    def reset(self, topic: str, settings: Iterable[str]) -> KafkaFault | None:
        """Take settings of a topic back."""
        return self._of_topics.alter({topic: {"set": {}, "reset": list(settings)}})[topic]


_APPEND, _SUBTRACT = AlterConfigOpType.APPEND, AlterConfigOpType.SUBTRACT
