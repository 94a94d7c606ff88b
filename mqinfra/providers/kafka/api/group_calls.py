"""The calls that are about groups: which ones there are, who is in them, where they stand. Imported when connecting."""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin._config import ConfigEntry
from confluent_kafka.admin._resource import ResourceType

from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.providers.kafka.api.config_calls import ConfigCalls
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.wire import Bodies, Faults, Wire, chunks, fault_of

GROUPS_CHUNK = 100
MOST_GROUPS = 1_000
"""Groups that are asked for their offsets, one call each."""
_PAUSES = (0.2, 0.5, 1.0, 2.0)
"""Seconds between questions to a coordinator that is loading."""
_WITHOUT_MEMBERS = ("EMPTY", "DEAD")


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group with members.

    Attributes:
        name: its id.
        topics: topics assigned to its members.
        settled: False while it rebalances and some member has no assignment yet.
        members: what its members call themselves, and where they are: `billing-1 (10.0.0.7)`.
    """

    name: str
    topics: frozenset[str]
    settled: bool
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Commits:
    """What a group has committed.

    Attributes:
        group: its id.
        active: it has members.
        offsets: the next offset that it reads, by topic and partition.
    """

    group: str
    active: bool
    offsets: Mapping[tuple[str, int], int]

    def reads(self, topic: str) -> bool:
        """Whether it has committed an offset of a topic."""
        return any(name == topic for name, _ in self.offsets)


@dataclass(frozen=True, slots=True)
class Membership:
    """Who is in a group, and what the caller may do with it.

    Attributes:
        active: it has members.
        members: what they call themselves, and where they are.
        rights: names of the rights that the caller has on it, `READ`.
        state: the broker's word for its state, `STABLE`; `UNKNOWN` for one that librdkafka has no word for.
    """

    active: bool
    members: tuple[str, ...]
    rights: frozenset[str]
    state: str = ""


Positions = Mapping[str, tuple[int | None, ...]]
"""The next offset that a group reads, by topic, in the order of partitions; None where it has committed none."""


class GroupCalls:
    """Calls about consumer groups to one cluster.

    Attributes:
        sees_all: the caller may list every group. Without that right the broker leaves others out and says nothing.
    """

    def __init__(self, wire: Wire, *, sees_all: bool) -> None:
        self._wire = wire
        self._settings = ConfigCalls(wire, ResourceType.GROUP)
        self.sees_all = sees_all

    def active(self) -> list[Group] | KafkaFault:
        """Consumer groups with members; a fault when they can't all be told.

        Raises:
            UserError: the cluster did not answer.
        """
        listed = self._listed()
        if isinstance(listed, KafkaFault):
            return listed
        names = [name for name, active in listed.items() if active]
        groups = []
        for name, answer in self._wire.stream("DescribeGroups", chunks(names, GROUPS_CHUNK), self._describe):
            if isinstance(answer, KafkaFault):
                return answer
            if answer.members:
                groups.append(_group(name, answer.members))
        return groups

    def commits(self, topics: Collection[str]) -> list[Commits] | KafkaFault:
        """What groups have committed in some topics; a fault when they can't all be told, or are too many to ask.

        Also when the cluster does not answer: this only adds to what is said of a change, and must not hold it back.
        """
        if not topics:
            return []
        active = self._listed()
        if isinstance(active, KafkaFault):
            return active
        if len(active) > MOST_GROUPS:
            return fault_named("TOO_MANY", f"the cluster has more than {MOST_GROUPS:,} groups")
        found: list[Commits] = []
        try:
            for group, answer in self._wire.stream("OffsetFetch", active, self._committed):
                if isinstance(answer, KafkaFault):
                    return answer
                offsets = {
                    (place.topic, place.partition): place.offset
                    for place in answer.topic_partitions or ()
                    if place.topic in topics and place.offset >= 0
                }
                if offsets:
                    found.append(Commits(group, active[group], offsets))
        except UserError as error:
            return fault_named("_TIMED_OUT", error.diagnostics[0].message)
        return found

    def _listed(self) -> dict[str, bool] | KafkaFault:
        """All groups, and whether each has members; a fault when they can't all be told."""
        if not self.sees_all:
            return fault_named("GROUP_AUTHORIZATION_FAILED", "this needs Describe on the cluster")
        return self.seen()

    def seen(self) -> dict[str, bool] | KafkaFault:
        """The consumer groups that the caller may see, and whether each has members; a fault unless all answer."""
        listing = self._wire.answer(self._wire.admin.list_consumer_groups(request_timeout=self._wire.timeout))
        if isinstance(listing, KafkaFault):
            return listing
        if listing.errors:
            return fault_named("UNKNOWN", str(listing.errors[0]))
        return {group.group_id: group.state.name not in _WITHOUT_MEMBERS for group in listing.valid}

    def positions(
        self, names: Collection[str], described: Mapping[str, "Membership | KafkaFault"] | None = None
    ) -> dict[str, Positions | KafkaFault]:
        """Where groups stand; topics that the caller may not describe are left out by the broker, without a word.

        Only groups whose coordinator answers are asked about: librdkafka 2.16 may end the process with SIGSEGV where
        one that is only starting, or moving, is asked for offsets (measured).

        Args:
            names: the groups.
            described: who is in them, where that was just asked for.

        Raises:
            UserError: the cluster did not answer.
        """
        told = self.described(names) if described is None else described
        unready = {name: one for name, one in told.items() if isinstance(one, KafkaFault) and one.retry}
        ready = [name for name in names if name not in unready]

        def send(chunk: Sequence[str]) -> Mapping[str, Future[Any]]:
            return {name: future for group in chunk for name, future in self._committed(group).items()}

        return {
            **unready,
            **{
                name: answer if isinstance(answer, KafkaFault) else _positions(answer)
                for name, answer in self._patiently("OffsetFetch", ready, send)
            },
        }

    def described(self, names: Collection[str]) -> dict[str, Membership | KafkaFault]:
        """Who is in groups, and what the caller may do with them; a group that is not there has no members.

        Raises:
            UserError: the cluster did not answer.
        """

        def send(chunk: Sequence[str]) -> Mapping[str, Future[Any]]:
            return self._wire.admin.describe_consumer_groups(
                list(chunk), include_authorized_operations=True, request_timeout=self._wire.timeout
            )

        return {
            name: answer if isinstance(answer, KafkaFault) else _membership(name, answer)
            for name, answer in self._patiently("DescribeGroups", names, send)
        }

    def _patiently(
        self, api: str, names: Collection[str], send: Callable[[Sequence[str]], Mapping[str, Future[Any]]]
    ) -> Iterator[tuple[str, Any]]:
        """Ask of groups, again where their coordinator is only about to be ready: after a start it loads first."""
        left = list(names)
        for pause in (*_PAUSES, None):
            again: list[str] = []
            for name, answer in self._wire.stream(api, chunks(left, GROUPS_CHUNK), send):
                if isinstance(answer, KafkaFault) and answer.retry and pause is not None:
                    again.append(name)
                else:
                    yield name, answer
            left = again
            if not left:
                return
            time.sleep(pause or 0.0)

    def commit(self, bodies: Mapping[str, Positions]) -> dict[str, dict[tuple[str, int], KafkaFault | None]]:
        """OffsetCommit for groups without members: what the brokers say, by group, topic and partition."""
        futures: dict[str, Future[Any]] = {}
        wanted: dict[str, list[TopicPartition]] = {}
        for group, topics in bodies.items():
            wanted[group] = [
                TopicPartition(topic, partition, offset)
                for topic, offsets in topics.items()
                for partition, offset in enumerate(offsets)
                if offset is not None
            ]
            futures |= self._wire.admin.alter_consumer_group_offsets(
                [ConsumerGroupTopicPartitions(group, wanted[group])], request_timeout=self._wire.timeout
            )
        return {group: _committed(wanted[group], self._wire.answer(future)) for group, future in futures.items()}

    def configs(self, names: Collection[str]) -> Iterator[tuple[str, Mapping[str, ConfigEntry] | KafkaFault]]:
        """Settings of groups, which need not be there to have some (Kafka 4.0).

        Raises:
            UserError: the cluster did not answer.
        """
        return self._settings.read(names)

    def configure(self, bodies: Bodies, *, dry_run: bool = False) -> Faults:
        """IncrementalAlterConfigs."""
        return self._settings.alter(bodies, dry_run=dry_run)

    def delete(self, names: Iterable[str]) -> Faults:
        """DeleteGroups. Brokers delete none that has members."""
        listed = list(names)
        return self._wire.write(
            listed,
            lambda: self._wire.admin.delete_consumer_groups(listed, request_timeout=self._wire.timeout),
        )

    def _committed(self, group: str) -> Mapping[str, Future[Any]]:
        return self._wire.admin.list_consumer_group_offsets(
            [ConsumerGroupTopicPartitions(group)], request_timeout=self._wire.timeout
        )

    def committed_topics(self, group: str) -> frozenset[str] | KafkaFault:
        """Topics that a group has committed offsets of."""
        answer = self._wire.answer(next(iter(self._committed(group).values())))
        if isinstance(answer, KafkaFault):
            return answer
        return frozenset(place.topic for place in answer.topic_partitions or ())

    def _describe(self, names: Sequence[str]) -> Mapping[str, Future[Any]]:
        return self._wire.admin.describe_consumer_groups(list(names), request_timeout=self._wire.timeout)


def _positions(answer: Any) -> dict[str, tuple[int | None, ...]]:  # noqa: ANN401 - ConsumerGroupTopicPartitions
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for place in answer.topic_partitions or ():
        if place.offset >= 0:
            found[place.topic][place.partition] = place.offset
    return {
        topic: tuple(offsets.get(partition) for partition in range(max(offsets) + 1))
        for topic, offsets in sorted(found.items())
    }


def _committed(wanted: Sequence[TopicPartition], answer: Any) -> dict[tuple[str, int], KafkaFault | None]:  # noqa: ANN401 - ConsumerGroupTopicPartitions
    """What the brokers say to each partition; one of which they say nothing has no answer."""
    if isinstance(answer, KafkaFault):
        return {(place.topic, place.partition): answer for place in wanted}
    said = {
        (place.topic, place.partition): fault_of(place.error) if place.error is not None else None
        for place in answer.topic_partitions or ()
    }
    silent = fault_named("_PARTIAL", "the answer leaves it out")
    return {key: said.get(key, silent) for key in ((place.topic, place.partition) for place in wanted)}


def _membership(name: str, answer: Any) -> Membership:  # noqa: ANN401 - a ConsumerGroupDescription, whose stub says nothing
    rights = frozenset(right.name for right in answer.authorized_operations or ())
    state = str(answer.state.name)
    return Membership(state not in _WITHOUT_MEMBERS, _group(name, answer.members).members, rights, state)


def _group(name: str, members: Sequence[Any]) -> Group:
    assigned = [member.assignment.topic_partitions if member.assignment is not None else [] for member in members]
    topics = frozenset(place.topic for places in assigned for place in places)
    names = tuple(sorted(f"{member.client_id} ({str(member.host).lstrip('/')})" for member in members))
    return Group(name, topics, settled=all(map(bool, assigned)), members=names)
