"""The calls of the Kafka admin protocol that are about topics, with plain values in and out.

Chunk sizes are the best of sweeps over 10,000 topics (docs/spike-kafka-clients.md). Imported only when connecting.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, cast

from confluent_kafka import OFFSET_INVALID, IsolationLevel, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin._config import ConfigEntry
from confluent_kafka.admin._listoffsets import OffsetSpec
from confluent_kafka.admin._metadata import TopicMetadata
from confluent_kafka.admin._resource import ResourceType
from confluent_kafka.cimpl import NewPartitions, NewTopic

from mqinfra.model.frozen import dataclass
from mqinfra.providers.kafka.api import config_entry
from mqinfra.providers.kafka.api.config_calls import ConfigCalls
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.replicas import Partition
from mqinfra.providers.kafka.api.wire import Bodies, Faults, Wire, chunks, fault_of

DESCRIBE_CHUNK = 1_000
OFFSETS_CHUNK = 1_000
_ALL, _STABLE = IsolationLevel.READ_UNCOMMITTED, IsolationLevel.READ_COMMITTED

InSync = tuple[int, int]
"""Replicas of a partition that are in sync, and all of them."""


@dataclass(frozen=True, slots=True)
class TopicDescription:
    """A topic without its settings.

    Attributes:
        id: the broker's id of it.
        replicas: how many replicas each partition has.
        uneven: some replica is not in sync, or not all partitions have as many: replicas may be on the move.
        rights: names of the rights the caller has on it, `DELETE`; None unless asked for.
        in_sync: how many replicas of each partition have everything.
    """

    id: str
    replicas: tuple[int, ...]
    uneven: bool = False
    rights: frozenset[str] | None = None
    in_sync: tuple[int, ...] = ()

    @property
    def partitions(self) -> int:
        """Number of partitions."""
        return len(self.replicas)


class TopicCalls:
    """Calls about topics to one cluster."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._settings = ConfigCalls(wire, ResourceType.TOPIC)
        self._listed: tuple[float, list[str]] | None = None

    def names(self, *, age: float = 0.0) -> list[str]:
        """All topics that the caller may see, as one broker knows them.

        Args:
            age: seconds since an earlier list of this session up to which that one will do.

        Raises:
            UserError: the cluster did not answer.
        """
        if self._listed is None or time.monotonic() - self._listed[0] >= age:
            self._listed = (time.monotonic(), list(self._all()))
        return self._listed[1]

    def not_in_sync(self) -> Mapping[str, tuple[InSync, ...]]:
        """All topics of which some replica is not in sync, with their partitions.

        Raises:
            UserError: the cluster did not answer.
        """
        found: dict[str, tuple[InSync, ...]] = {}
        for name, topic in self._all().items():
            counts = tuple([(len(part.isrs), len(part.replicas)) for part in topic.partitions.values()])
            if any(in_sync < replicas for in_sync, replicas in counts):
                found[name] = counts
        return found

    def holders(self) -> Iterator[tuple[int, ...]]:
        """The brokers of each partition of all topics that the caller may see.

        Raises:
            UserError: the cluster did not answer.
        """
        for topic in self._all().values():
            for part in topic.partitions.values():
                yield tuple(part.replicas)

    def _all(self) -> Mapping[str, TopicMetadata]:
        try:
            return self._wire.admin.list_topics(timeout=self._wire.timeout).topics
        except KafkaException as error:
            raise self._wire.unreadable("Metadata", fault_of(error)) from error

    def describe(
        self, names: Iterable[str], *, rights: bool = False
    ) -> Iterator[tuple[str, TopicDescription | KafkaFault]]:
        """Partitions, replicas and ids of topics."""
        for name, answer in self._described(names, rights=rights):
            yield name, answer if isinstance(answer, KafkaFault) else _described(answer, rights=rights)

    def partitions(self, names: Iterable[str]) -> Iterator[tuple[str, tuple[Partition, ...] | KafkaFault]]:
        """Where the partitions of topics lie."""
        for name, answer in self._described(names, rights=False):
            yield name, answer if isinstance(answer, KafkaFault) else tuple(map(_partition, answer.partitions))

    def _described(self, names: Iterable[str], *, rights: bool) -> Iterator[tuple[str, Any]]:
        def send(chunk: list[str]) -> Mapping[str, Future[Any]]:
            return self._wire.admin.describe_topics(
                TopicCollection(chunk), include_authorized_operations=rights, request_timeout=self._wire.timeout
            )

        yield from self._wire.stream("Metadata", chunks(names, DESCRIBE_CHUNK), send)

    def configs(self, names: Iterable[str]) -> Iterator[tuple[str, Mapping[str, ConfigEntry] | KafkaFault]]:
        """Settings of topics.

        Raises:
            UserError: the cluster did not answer.
        """
        return self._settings.read(names)

    def own_settings(
        self, names: Iterable[str], keys: Sequence[str]
    ) -> Iterator[tuple[str, dict[str, str | None] | KafkaFault]]:
        """Those of some settings that are set on topics themselves."""
        for name, said in self.configs(names):
            if isinstance(said, KafkaFault):
                yield name, said
            else:
                yield name, {key: said[key].value for key in keys if key in said and _is(said[key], config_entry.OWN)}

    def offsets(
        self, partitions: Iterable[tuple[str, int]], *, latest: bool, stable: bool = False
    ) -> Iterator[tuple[tuple[str, int], int | KafkaFault]]:
        """First or next offset of partitions.

        Args:
            partitions: topics and numbers.
            latest: the next offset, and not the first.
            stable: not behind what open transactions hold: as far as a reader of committed records gets.

        Raises:
            UserError: the cluster did not answer.
        """
        spec = (OffsetSpec.latest if latest else OffsetSpec.earliest)()  # type: ignore[no-untyped-call]
        return self._offsets(((place, spec) for place in partitions), _STABLE if stable else _ALL)

    def offsets_at(self, moments: Mapping[tuple[str, int], int]) -> Iterator[tuple[tuple[str, int], int | KafkaFault]]:
        """The first offset of each partition whose record is not older than a moment, in ms; -1 if there is none.

        Raises:
            UserError: the cluster did not answer.
        """
        return self._offsets((place, OffsetSpec.for_timestamp(moment)) for place, moment in moments.items())

    def _offsets(
        self, wanted: Iterable[tuple[tuple[str, int], OffsetSpec]], isolation: IsolationLevel = _ALL
    ) -> Iterator[tuple[tuple[str, int], int | KafkaFault]]:
        def send(chunk: Sequence[tuple[tuple[str, int], OffsetSpec]]) -> Mapping[TopicPartition, Future[Any]]:
            asked = {TopicPartition(topic, partition): spec for (topic, partition), spec in chunk}
            return self._wire.admin.list_offsets(asked, isolation_level=isolation, request_timeout=self._wire.timeout)

        for place, answer in self._wire.stream("ListOffsets", chunks(wanted, OFFSETS_CHUNK), send):
            if isinstance(answer, KafkaFault):
                yield (place.topic, place.partition), answer
            elif answer.offset == OFFSET_INVALID:
                # What a leader does not answer in time, librdkafka gives as an offset that is none, without an error.
                silence = fault_named("_TIMED_OUT", f"no answer within {self._wire.timeout:g} s")
                raise self._wire.unreadable("ListOffsets", silence)
            else:
                yield (place.topic, place.partition), answer.offset

    def create(self, topics: Bodies, *, dry_run: bool = False) -> Faults:
        """CreateTopics; bodies as in `topic_requests`."""
        new = [
            NewTopic(
                name,
                cast("int", body["partitions"]),
                cast("int", body["replicationFactor"]),
                config=cast("dict[str, str]", body["config"]),
            )
            for name, body in topics.items()
        ]
        return self._wire.write(
            topics, lambda: self._wire.admin.create_topics(new, validate_only=dry_run, **self._wire.deadlines)
        )

    def grow(self, topics: Bodies, *, dry_run: bool = False) -> Faults:
        """CreatePartitions."""
        new = [NewPartitions(name, cast("int", body["count"])) for name, body in topics.items()]
        return self._wire.write(
            topics, lambda: self._wire.admin.create_partitions(new, validate_only=dry_run, **self._wire.deadlines)
        )

    def configure(self, topics: Bodies, *, dry_run: bool = False) -> Faults:
        """IncrementalAlterConfigs."""
        return self._settings.alter(topics, dry_run=dry_run)

    def delete(self, topics: Iterable[str]) -> Faults:
        """DeleteTopics. The brokers clear the topics away after they have answered."""
        names = list(topics)
        return self._wire.write(names, lambda: self._wire.admin.delete_topics(names, **self._wire.deadlines))


def _described(answer: Any, *, rights: bool) -> TopicDescription:  # noqa: ANN401 - a TopicDescription, whose stub says nothing
    counts = [(len(partition.replicas), len(partition.isr)) for partition in answer.partitions]
    replicas = tuple([replicas for replicas, _ in counts])
    uneven = any(in_sync != replicas[0] for pair in counts for in_sync in pair)
    allowed = frozenset(right.name for right in answer.authorized_operations or ()) if rights else None
    return TopicDescription(str(answer.topic_id), replicas, uneven, allowed, tuple([in_sync for _, in_sync in counts]))


def _is(entry: Any, source: int) -> bool:  # noqa: ANN401 - a ConfigEntry, whose stub promises another type than there is
    return bool(entry.source == source)


def _partition(answer: Any) -> Partition:  # noqa: ANN401 - a TopicPartitionInfo, whose stub says nothing
    leader = answer.leader.id if answer.leader is not None and answer.leader.id >= 0 else None
    replicas = tuple([node.id for node in answer.replicas])
    return Partition(answer.id, replicas, frozenset(node.id for node in answer.isr), leader)
