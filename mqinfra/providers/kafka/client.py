"""A thin client around librdkafka's AdminClient: deadlines, chunks, a bound on calls in flight, errors as values.

librdkafka sends one request per Python call and does not chunk. Reads raise `UserError` when the cluster as a whole
does not answer; what concerns one resource comes back as a `Fault`. The file is imported only when connecting.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotDone
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar, cast

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._listoffsets import OffsetSpec
from confluent_kafka.cimpl import NewPartitions, NewTopic
from pydantic import JsonValue

from mqinfra.model.errors import Bug, UserError
from mqinfra.providers.kafka.codes import NOT_ALLOWED, NOT_READ
from mqinfra.providers.kafka.faults import Fault
from mqinfra.providers.kafka.journal import Journal

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")

# Best of a sweep over 10,000 topics of one broker: larger answers cost librdkafka more per topic, and hold memory.
SHAPES_CHUNK = 1_000
CONFIGS_CHUNK = 250
OFFSETS_CHUNK = 1_000
GROUPS_CHUNK = 100
IN_FLIGHT = 3
_SLICE = 0.25
_GRACE = 2.0


@dataclass(frozen=True, slots=True)
class Peer:
    """The other side, for messages.

    Attributes:
        alias: alias of the cluster.
        endpoint: its `host:port`.
        principal: whom it takes us for; empty when that is not known.
    """

    alias: str
    endpoint: str
    principal: str = ""

    def __str__(self) -> str:
        return f"{self.alias} ({self.endpoint})"


@dataclass(frozen=True, slots=True)
class Shape:
    """A topic without its settings.

    Attributes:
        id: the broker's id of it.
        partitions: number of partitions.
        replicas: replicas of the first partition.
        rights: names of the rights the caller has on it, `DELETE`; None unless asked for.
    """

    id: str
    partitions: int
    replicas: int
    rights: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group with members.

    Attributes:
        name: its id.
        topics: topics assigned to its members.
        settled: False while it rebalances and some member has no assignment yet.
    """

    name: str
    topics: frozenset[str]
    settled: bool


class KafkaClient:
    """One AdminClient and what is known of its cluster.

    Attributes:
        peer: the other side, for messages.
        journal: what librdkafka says about its connections.
        timeout: seconds that one answer may take.
        deletion_disabled: the brokers say `delete.topic.enable=false`.
        sees_all_groups: the caller may list every group; without that right others are silently left out.
    """

    def __init__(
        self,
        admin: AdminClient,
        peer: Peer,
        journal: Journal,
        timeout: float,
        *,
        deletion_disabled: bool = False,
        sees_all_groups: bool = False,
    ) -> None:
        self._admin: AdminClient | None = admin
        self.peer, self.journal, self.timeout = peer, journal, timeout
        self.deletion_disabled, self.sees_all_groups = deletion_disabled, sees_all_groups

    @property
    def admin(self) -> AdminClient:
        """The client of librdkafka."""
        if self._admin is None:
            raise Bug(f"the connection to {self.peer} was closed")
        return self._admin

    # --- reads

    def topic_names(self) -> list[str]:
        """All topics that the caller may see."""
        try:
            return list(self.admin.list_topics(timeout=self.timeout).topics)
        except KafkaException as error:
            raise self.unreadable("Metadata", fault_of(error)) from error

    def shapes(self, names: Iterable[str], *, rights: bool = False) -> Iterator[tuple[str, Shape | Fault]]:
        """Partitions, replicas and ids of topics."""

        def send(chunk: list[str]) -> Mapping[str, Future[Any]]:
            return self.admin.describe_topics(
                TopicCollection(chunk), include_authorized_operations=rights, request_timeout=self.timeout
            )

        for name, answer in self._stream("Metadata", chunks(names, SHAPES_CHUNK), send):
            yield name, answer if isinstance(answer, Fault) else _shape(answer, rights=rights)

    def configs(self, names: Iterable[str]) -> Iterator[tuple[str, Mapping[str, ConfigEntry] | Fault]]:
        """Settings of topics, as librdkafka's entries: turning them into others would cost more than reading."""

        def send(chunk: Sequence[str]) -> Mapping[ConfigResource, Future[Any]]:
            resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in chunk]
            return self.admin.describe_configs(resources, request_timeout=self.timeout)

        for resource, answer in self._stream("DescribeConfigs", chunks(names, CONFIGS_CHUNK), send):
            yield resource.name, answer

    def offsets(
        self, partitions: Iterable[tuple[str, int]], *, latest: bool
    ) -> Iterator[tuple[tuple[str, int], int | Fault]]:
        """First or next offset of partitions."""
        spec = (OffsetSpec.latest if latest else OffsetSpec.earliest)()  # type: ignore[no-untyped-call]

        def send(chunk: Sequence[tuple[str, int]]) -> Mapping[TopicPartition, Future[Any]]:
            wanted = {TopicPartition(topic, partition): spec for topic, partition in chunk}
            return self.admin.list_offsets(wanted, request_timeout=self.timeout)

        for place, answer in self._stream("ListOffsets", chunks(partitions, OFFSETS_CHUNK), send):
            yield (place.topic, place.partition), answer if isinstance(answer, Fault) else answer.offset

    def active_groups(self) -> list[Group] | Fault:
        """Consumer groups with members, and the topics they read; a Fault when they can't be told."""
        if not self.sees_all_groups:
            return Fault("GROUP_AUTHORIZATION_FAILED", "needs Describe on the cluster")
        listing = self._answer(self.admin.list_consumer_groups(request_timeout=self.timeout))
        if isinstance(listing, Fault):
            return listing
        if listing.errors:
            return fault_of(listing.errors[0])
        names = [group.group_id for group in listing.valid if group.state.name not in ("EMPTY", "DEAD")]
        groups = []
        for name, answer in self._stream("DescribeGroups", chunks(names, GROUPS_CHUNK), self._describe_groups):
            if isinstance(answer, Fault):
                return answer
            if answer.members:
                groups.append(_group(name, answer.members))
        return groups

    def committed_topics(self, group: str) -> frozenset[str] | Fault:
        """Topics that a group has committed offsets of."""
        asked = self.admin.list_consumer_group_offsets(
            [ConsumerGroupTopicPartitions(group)], request_timeout=self.timeout
        )
        answer = self._answer(next(iter(asked.values())))
        if isinstance(answer, Fault):
            return answer
        return frozenset(place.topic for place in answer.topic_partitions or ())

    def _describe_groups(self, names: Sequence[str]) -> Mapping[str, Future[Any]]:
        return self.admin.describe_consumer_groups(list(names), request_timeout=self.timeout)

    # --- writes, and dry runs of them

    def create(
        self, topics: Mapping[str, Mapping[str, JsonValue]], *, dry_run: bool = False
    ) -> dict[str, Fault | None]:
        """CreateTopics; each body as in `topic_requests`."""
        new = [
            NewTopic(
                name,
                cast("int", body["partitions"]),
                cast("int", body["replicationFactor"]),
                config=cast("dict[str, str]", body["config"]),
            )
            for name, body in topics.items()
        ]
        return self._write(lambda: self.admin.create_topics(new, validate_only=dry_run, **self._deadlines()))

    def grow(self, topics: Mapping[str, Mapping[str, JsonValue]], *, dry_run: bool = False) -> dict[str, Fault | None]:
        """CreatePartitions."""
        new = [NewPartitions(name, cast("int", body["count"])) for name, body in topics.items()]
        return self._write(lambda: self.admin.create_partitions(new, validate_only=dry_run, **self._deadlines()))

    def configure(
        self, topics: Mapping[str, Mapping[str, JsonValue]], *, dry_run: bool = False
    ) -> dict[str, Fault | None]:
        """IncrementalAlterConfigs."""
        resources = [
            ConfigResource(ConfigResource.Type.TOPIC, name, incremental_configs=_operations(body))
            for name, body in topics.items()
        ]
        done = self._write(
            lambda: self.admin.incremental_alter_configs(resources, validate_only=dry_run, request_timeout=self.timeout)
        )
        return {resource.name: fault for resource, fault in done.items()}

    def delete(self, names: Iterable[str]) -> dict[str, Fault | None]:
        """DeleteTopics."""
        return self._write(lambda: self.admin.delete_topics(list(names), **self._deadlines()))

    # --- plumbing

    def close(self) -> None:
        """Drop the connections; AdminClient has no close of its own but ends with its last reference."""
        self._admin = None

    def unreadable(self, api: str, fault: Fault) -> UserError:
        """The error of a cluster that does not answer a read."""
        if fault.denied:
            return UserError([NOT_ALLOWED.at(f"the cluster refused {api}: {fault.text}", address=str(self.peer))])
        return UserError(
            [
                NOT_READ.at(
                    f"no answer to {api} within {self.timeout:g} s: {fault.text}",
                    address=str(self.peer),
                    help="see whether the brokers are up, or give `--timeout` more seconds",
                )
            ]
        )

    def _deadlines(self) -> dict[str, float]:
        # The broker may take the whole time, and its answer a moment to arrive.
        return {"operation_timeout": self.timeout, "request_timeout": self.timeout + _GRACE}

    def _stream(
        self, api: str, parts: Iterable[T], send: Callable[[T], Mapping[K, Future[V]]]
    ) -> Iterator[tuple[K, V | Fault]]:
        """Send calls, a few at a time, and hand out the answers in order."""
        waiting: deque[Mapping[K, Future[V]]] = deque()
        for part in parts:
            waiting.append(self._sent(api, part, send))
            if len(waiting) >= IN_FLIGHT:
                yield from self._read(api, waiting.popleft())
        while waiting:
            yield from self._read(api, waiting.popleft())

    def _sent(self, api: str, part: T, send: Callable[[T], Mapping[K, Future[V]]]) -> Mapping[K, Future[V]]:
        try:
            return send(part)
        except KafkaException as error:
            raise self.unreadable(api, fault_of(error)) from error

    def _read(self, api: str, futures: Mapping[K, Future[V]]) -> Iterator[tuple[K, V | Fault]]:
        for key, future in futures.items():
            answer = self._answer(future)
            if isinstance(answer, Fault) and answer.lost:
                raise self.unreadable(api, answer)
            yield key, answer

    def _write(self, send: Callable[[], Mapping[K, Future[Any]]]) -> dict[K, Fault | None]:
        """Send a call that writes; its answers hold nothing but faults."""
        answers = ((key, self._answer(future)) for key, future in send().items())
        return {key: answer if isinstance(answer, Fault) else None for key, answer in answers}

    def _answer(self, future: Future[V]) -> V | Fault:
        deadline = time.monotonic() + self.timeout + 2 * _GRACE
        while True:
            try:
                return future.result(_SLICE)
            except KafkaException as error:
                return fault_of(error)
            except NotDone:
                self.admin.poll(0)
                if time.monotonic() > deadline:
                    return Fault("_TIMED_OUT", f"no answer within {self.timeout:g} s")


def fault_of(error: Any) -> Fault:  # noqa: ANN401 - a KafkaError or a KafkaException around one
    """The Fault of a KafkaError, or of a KafkaException around one."""
    inner = error.args[0] if isinstance(error, KafkaException) else error
    return Fault(inner.name(), inner.str())


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut a stream into lists."""
    stream = iter(items)
    while chunk := list(islice(stream, size)):
        yield chunk


def _shape(answer: Any, *, rights: bool) -> Shape:  # noqa: ANN401 - a TopicDescription, whose stub says nothing
    partitions = answer.partitions
    replicas = len(partitions[0].replicas) if partitions else 0
    allowed = frozenset(right.name for right in answer.authorized_operations or ()) if rights else None
    return Shape(str(answer.topic_id), len(partitions), replicas, allowed)


def _group(name: str, members: Sequence[Any]) -> Group:
    assigned = [member.assignment.topic_partitions if member.assignment is not None else [] for member in members]
    return Group(name, frozenset(place.topic for places in assigned for place in places), all(map(bool, assigned)))


def _operations(body: Mapping[str, JsonValue]) -> list[ConfigEntry]:
    wanted, reset = body["set"], body["reset"]
    operations = []
    if isinstance(wanted, dict):
        operations += [
            ConfigEntry(key, str(value), incremental_operation=AlterConfigOpType.SET) for key, value in wanted.items()
        ]
    if isinstance(reset, list):
        operations += [ConfigEntry(str(key), None, incremental_operation=AlterConfigOpType.DELETE) for key in reset]
    return operations
