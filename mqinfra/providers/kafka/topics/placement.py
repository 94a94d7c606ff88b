"""Where a topic's replicas are: its replication factor, also while they are being moved. Pure.

While a reassignment runs, Metadata lists the replicas that are being added beside those that are going (KIP-455):
counted together they are no replication factor. What moves is asked for only where something looks like it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Live
from mqinfra.model.span import Path
from mqinfra.providers.kafka.topics.fields import FACTORS, MOVING, NOT_TOLD, REPLICATION, UNDER_WAY

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.replicas import Move, Moves
    from mqinfra.providers.kafka.api.topic_calls import TopicDescription

_SHOWN = 10
_FACTOR = frozenset({REPLICATION})
_LEFT = "moved, and still throttled"


@dataclass(frozen=True, slots=True)
class Placement:
    """The replicas of a topic.

    Attributes:
        factor: its replication factor: the smallest of its partitions, as they will be.
        remarks: what rules look at.
        unknown: the factor, while it can't be compared.
        mixed: the factor, where not all partitions have it, or there is more to do than to reach it.
        ours: the same if it is mqinfra that moves them: then the factor is the one that they had before.
    """

    factor: int
    remarks: Mapping[Path, JsonValue] = field(default_factory=lambda: MappingProxyType({}))
    unknown: frozenset[Path] = frozenset()
    mixed: frozenset[Path] = frozenset()
    ours: "Placement | None" = None

    @property
    def throttled_by_us(self) -> "Placement":
        """The same of a topic with throttles of ours, which go when all that was begun is done."""
        return self.ours or replace(self, remarks={**self.remarks, UNDER_WAY: _LEFT}, mixed=_FACTOR)


def placements_of(
    topics: Mapping[str, "TopicDescription"], moves: Callable[[], "Moves | str"]
) -> Mapping[str, Placement]:
    """Say how the replicas of topics stand.

    Args:
        topics: the topics as Metadata has them.
        moves: asks for all reassignments; called only where replicas are uneven or not in sync.
    """
    told = moves() if any(topic.uneven for topic in topics.values()) else {}
    plain: dict[int, Placement] = {}
    found: dict[str, Placement] = {}
    for name, topic in topics.items():
        if topic.uneven:
            found[name] = _placed(topic, told if isinstance(told, str) else told.get(name, {}))
        else:
            factor = topic.replicas[0] if topic.replicas else 0
            found[name] = plain.setdefault(factor, Placement(factor))
    return found


def _placed(topic: "TopicDescription", moves: "Mapping[int, Move] | str") -> Placement:
    if isinstance(moves, str):
        return Placement(min(topic.replicas), {NOT_TOLD: moves, **_factors(topic.replicas)}, _FACTOR)
    factors = [
        count - len(moves[number].removing) if number in moves else count for number, count in enumerate(topic.replicas)
    ]
    if moves:
        moving = f"{'partition' if len(moves) == 1 else 'partitions'} {numbers(moves)}"
        before = [
            count - len(moves[number].adding) if number in moves else count
            for number, count in enumerate(topic.replicas)
        ]
        ours = Placement(min(before), {UNDER_WAY: f"under way on {moving}"}, mixed=_FACTOR)
        return Placement(min(factors), {MOVING: moving}, _FACTOR, ours=ours)
    several = _factors(factors)
    return Placement(min(factors), several, mixed=_FACTOR if several else frozenset())


def _factors(factors: Iterable[int]) -> Mapping[Path, JsonValue]:
    by_factor: dict[int, list[int]] = {}
    for number, factor in enumerate(factors):
        by_factor.setdefault(factor, []).append(number)
    if len(by_factor) < 2:
        return {}
    return {FACTORS: "; ".join(f"{factor}: {numbers(some)}" for factor, some in sorted(by_factor.items()))}


def said_of(live: Live) -> str:
    """What a topic's replication factor does not say: other partitions, and what is under way."""
    under_way = live.inherited.get(UNDER_WAY)
    if under_way is not None:
        return str(under_way)
    factors = live.inherited.get(FACTORS)
    if factors is None:
        return ""
    return ", ".join(_said(*part.split(": ", 1)) for part in str(factors).split("; "))


def _said(factor: str, partitions: str) -> str:
    several = "," in partitions or " " in partitions
    return f"{factor} on {'partitions' if several else 'partition'} {partitions}"


def numbers(some: Iterable[int]) -> str:
    """Partition numbers for people; of many, the first."""
    listed = sorted(some)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(map(str, listed[:_SHOWN])) + more
