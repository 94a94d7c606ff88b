"""The calls that are about consumer groups: which ones are active, and on which topics. Imported when connecting."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions

from mqinfra.model.errors import UserError
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.wire import Wire, chunks

GROUPS_CHUNK = 100
MOST_GROUPS = 1_000
"""Groups that are asked for their offsets, one call each."""
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


class GroupCalls:
    """Calls about consumer groups to one cluster.

    Attributes:
        sees_all: the caller may list every group. Without that right the broker leaves others out and says nothing.
    """

    def __init__(self, wire: Wire, *, sees_all: bool) -> None:
        self._wire = wire
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
        listing = self._wire.answer(self._wire.admin.list_consumer_groups(request_timeout=self._wire.timeout))
        if isinstance(listing, KafkaFault):
            return listing
        if listing.errors:
            return fault_named("UNKNOWN", str(listing.errors[0]))
        return {group.group_id: group.state.name not in _WITHOUT_MEMBERS for group in listing.valid}

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


def _group(name: str, members: Sequence[Any]) -> Group:
    assigned = [member.assignment.topic_partitions if member.assignment is not None else [] for member in members]
    topics = frozenset(place.topic for places in assigned for place in places)
    names = tuple(sorted(f"{member.client_id} ({str(member.host).lstrip('/')})" for member in members))
    return Group(name, topics, settled=all(map(bool, assigned)), members=names)
