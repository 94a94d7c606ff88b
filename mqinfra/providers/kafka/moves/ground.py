"""What there is before replicas are moved: brokers, partitions, reassignments under way, and throttles."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from mqinfra.model.frozen import dataclass
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.replicas import Disk, Move, Moves, Partition, Place
from mqinfra.providers.kafka.moves.placing import Racks, placed
from mqinfra.providers.kafka.moves.throttles import LISTS, Throttled, throttled

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient


@dataclass(frozen=True, slots=True)
class Copy:
    """A partition that is to lie elsewhere.

    Attributes:
        partition: where it lies.
        brokers: where it is to lie.
    """

    partition: Partition
    brokers: tuple[int, ...]

    @property
    def added(self) -> tuple[int, ...]:
        """Brokers that get a replica."""
        return tuple(broker for broker in self.brokers if broker not in self.partition.replicas)

    @property
    def removed(self) -> tuple[int, ...]:
        """Brokers that lose theirs."""
        return tuple(broker for broker in self.partition.replicas if broker not in self.brokers)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic whose replicas are to be as many as it declares.

    Attributes:
        name: its name.
        factor: how many each partition is to have.
        partitions: where they lie; while one is being moved, the brokers that it comes from and goes to.
        moves: those that are being moved.
        throttled: its throttled replicas.
    """

    name: str
    factor: int
    partitions: tuple[Partition, ...]
    moves: Mapping[int, Move]
    throttled: Throttled

    @property
    def foreign(self) -> bool:
        """Whether somebody else is moving replicas of it: our own moves are throttled before they begin."""
        return any(move.adding for move in self.moves.values()) and not self.throttled.any_ours

    @property
    def over(self) -> bool:
        """Whether every partition has as many replicas as it should, and none is being moved."""
        return not self.moves and all(len(one.replicas) == self.factor for one in self.partitions)

    @property
    def copying(self) -> frozenset[int]:
        """The brokers between which replicas of it are being copied."""
        return frozenset(broker for one in self.partitions if one.number in self.moves for broker in one.replicas)

    @property
    def unmarkable(self) -> bool:
        """Whether others throttle all its replicas, so that there is no way to write down which moves are ours."""
        return all("*" in some for some in self.throttled.others.values())

    @property
    def leaderless(self) -> tuple[int, ...]:
        """Partitions that have another number of replicas, or are being moved, and have no leader to copy from."""
        return tuple(
            one.number
            for one in self.partitions
            if (one.number in self.moves or len(one.replicas) != self.factor) and not one.steady
        )

    @property
    def going(self) -> tuple[Partition, ...]:
        """The partitions as they will be; those that are being moved are not to be moved otherwise meanwhile."""
        return tuple([self._will_be(one) for one in self.partitions])

    def _will_be(self, one: Partition) -> Partition:
        move = self.moves.get(one.number)
        if move is None:
            return one
        return replace(one, replicas=tuple(b for b in one.replicas if b not in move.removing), leader=None)

    def copies(self, racks: Racks, load: Mapping[int, int]) -> list[Copy]:
        """What is still to be begun, in the order of the partitions."""
        chosen = placed(self.going, self.factor, racks, load)
        return [Copy(one, chosen[one.number]) for one in self.partitions if one.number in chosen]


@dataclass(frozen=True, slots=True)
class Ground:
    """The cluster, as far as moving replicas goes.

    Attributes:
        racks: the brokers that are alive.
        load: replicas that each broker holds.
        moves: all reassignments under way.
        topics: the topics in question, by name; what could not be read of one is a fault.
    """

    racks: Racks
    load: Mapping[int, int]
    moves: Moves
    topics: Mapping[str, Topic | KafkaFault]


def ground(client: "KafkaClient", factors: Mapping[str, int]) -> Ground | str:
    """Look at topics that are to have these factors; a text says why that is not possible.

    Raises:
        UserError: the cluster did not answer.
    """
    moves = client.replicas.under_way()
    if isinstance(moves, str):
        return moves
    partitions = client.replicas.partitions(factors)
    lists = throttles_of(client, factors)
    topics: dict[str, Topic | KafkaFault] = {}
    for name, factor in factors.items():
        where, listed = partitions[name], lists[name]
        if isinstance(where, KafkaFault):
            topics[name] = where
        elif isinstance(listed, KafkaFault):
            topics[name] = listed
        else:
            topics[name] = Topic(name, factor, where, moves.get(name, {}), listed)
    return Ground(client.replicas.brokers(), client.replicas.load(), moves, topics)


def throttles_of(client: "KafkaClient", names: Iterable[str]) -> dict[str, Throttled | KafkaFault]:
    """The throttled replicas of topics.

    Raises:
        UserError: the cluster did not answer.
    """
    found: dict[str, Throttled | KafkaFault] = {}
    for name, own in client.topics.own_settings(names, LISTS):
        found[name] = own if isinstance(own, KafkaFault) else throttled(own)
    return found


def size_of(place: Place, leader: int | None, disks: Mapping[int, Disk | KafkaFault]) -> int | None:
    """Bytes of a partition by what its leader holds; None where it can't be told."""
    disk = disks.get(leader) if leader is not None else None
    return disk.sizes.get(place, 0) if isinstance(disk, Disk) else None
