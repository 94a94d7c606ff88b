"""Where replicas are, and what they take on disk, as values."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from mqinfra.model.frozen import dataclass

Place = tuple[str, int]
"""A topic and a partition of it."""


@dataclass(frozen=True, slots=True)
class Partition:
    """Where a partition lies.

    Attributes:
        number: its number.
        replicas: brokers that hold it; the first is its preferred leader.
        in_sync: those of them that have all of it.
        leader: the one that clients talk to; None while there is none.
    """

    number: int
    replicas: tuple[int, ...]
    in_sync: frozenset[int]
    leader: int | None

    @property
    def steady(self) -> bool:
        """Whether it has a leader that can be kept."""
        return self.leader is not None and self.leader in self.replicas


@dataclass(frozen=True, slots=True)
class Move:
    """A partition whose replicas are being moved.

    Attributes:
        adding: brokers that are to get a replica.
        removing: brokers that are to lose theirs.
    """

    adding: frozenset[int]
    removing: frozenset[int]


Moves = Mapping[str, Mapping[int, Move]]
"""Reassignments under way, by topic and partition."""


@dataclass(frozen=True, slots=True)
class Disk:
    """What a broker has on its disks.

    Attributes:
        free: bytes that are free on all its log directories; None where it does not tell.
        share: of the log directory that is fullest, how much is free, from 0 to 1; None where the broker does not tell.
        sizes: bytes of each replica that it holds.
    """

    free: int | None = None
    sizes: Mapping[Place, int] = field(default_factory=lambda: MappingProxyType({}))
    share: float | None = None
