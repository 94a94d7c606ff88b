"""Where a topic's replicas are: its replication factor, also while they are being moved. Pure.

While a reassignment runs, Metadata lists the replicas that are being added beside those that are going (KIP-455):
counted together they are no replication factor. What moves is asked for only where something looks like it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.span import Path
from mqinfra.providers.kafka.topics.fields import FACTORS, MOVING, NOT_TOLD, REPLICATION

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.second_client import Move, Moves
    from mqinfra.providers.kafka.api.topic_calls import TopicDescription

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Placement:
    """The replicas of a topic.

    Attributes:
        factor: its replication factor: the smallest of its partitions, as they will be.
        remarks: what rules look at.
        unknown: the factor, while it can't be compared.
    """

    factor: int
    remarks: Mapping[Path, JsonValue] = field(default_factory=lambda: MappingProxyType({}))
    unknown: frozenset[Path] = frozenset()


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
        return Placement(min(topic.replicas), {NOT_TOLD: moves, **_factors(topic.replicas)}, frozenset({REPLICATION}))
    factors = [
        count - len(moves[number].removing) if number in moves else count for number, count in enumerate(topic.replicas)
    ]
    if moves:
        moving = f"{'partition' if len(moves) == 1 else 'partitions'} {numbers(moves)}"
        return Placement(min(factors), {MOVING: moving}, frozenset({REPLICATION}))
    return Placement(min(factors), _factors(factors))


def _factors(factors: Iterable[int]) -> Mapping[Path, JsonValue]:
    by_factor: dict[int, list[int]] = {}
    for number, factor in enumerate(factors):
        by_factor.setdefault(factor, []).append(number)
    if len(by_factor) < 2:
        return {}
    return {FACTORS: "; ".join(f"{factor}: {numbers(some)}" for factor, some in sorted(by_factor.items()))}


def numbers(some: Iterable[int]) -> str:
    """Partition numbers for people; of many, the first."""
    listed = sorted(some)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(map(str, listed[:_SHOWN])) + more
