"""Where replicas go when a topic gets more or fewer of them. Pure.

As little as possible moves: a partition that gets more keeps what it has, one that gets fewer only loses some. What is
free to choose is chosen so that a partition lies in as many racks as it can, then so that brokers hold as many replicas
of the topic each, and lead as many of its partitions. The leader stays, and of those in sync as many as can.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from mqinfra.providers.kafka.api.replicas import Partition

Racks = Mapping[int, str]
"""The brokers that are alive, and their racks; an empty rack is one of its own."""
T = TypeVar("T")


@dataclass(slots=True)
class _Choice:
    """What is free to choose of a partition.

    Attributes:
        partition: as it is.
        kept: brokers that stay whatever is chosen.
        pool: brokers of which some are chosen.
        chosen: those that are.
    """

    partition: Partition
    kept: tuple[int, ...]
    pool: tuple[int, ...]
    chosen: list[int]

    @property
    def brokers(self) -> tuple[int, ...]:
        return (*self.kept, *self.chosen)


def placed(
    partitions: Sequence[Partition], factor: int, racks: Racks, load: Mapping[int, int]
) -> dict[int, tuple[int, ...]]:
    """Say where the partitions of a topic go that don't have as many replicas as they should.

    Args:
        partitions: all partitions of the topic.
        factor: how many replicas each is to have.
        racks: the brokers that are alive.
        load: replicas of all topics that each broker holds, which decides between brokers that are equal otherwise.

    Returns:
        brokers by partition, the preferred leader first. Partitions without a leader are left out, and those for which
        there are not enough brokers.
    """
    choices = [
        _Choice(one, *_freedom(one, factor, racks), [])
        for one in partitions
        if len(one.replicas) != factor and one.steady
    ]
    choices = [one for one in choices if len(one.kept) + len(one.pool) >= factor]
    changed = {one.partition.number for one in choices}
    held = Counter(broker for one in partitions if one.number not in changed for broker in one.replicas)
    held.update(broker for one in choices for broker in one.kept)
    for _ in range(max((factor - len(one.kept) for one in choices), default=0)):
        for one in choices:
            if len(one.brokers) < factor:
                best = min(_free(one), key=partial(_rank, one, racks, held, load))
                one.chosen.append(best)
                held[best] += 1
    _even_out(held, lambda broker: _exchanges(choices, broker, racks), _exchange)
    leading = Counter(one.replicas[0] for one in partitions if one.number not in changed)
    orders = [_Order(_in_order(one)) for one in choices]
    leading.update(order.brokers[0] for order in orders)
    _even_out(leading, lambda broker: _other_leaders(orders, broker, racks), _lead)
    return {one.partition.number: tuple(order.brokers) for one, order in zip(choices, orders, strict=True)}


def _freedom(one: Partition, factor: int, racks: Racks) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What stays, and what there is to choose from."""
    if len(one.replicas) < factor:
        return one.replicas, tuple(sorted(racks.keys() - set(one.replicas)))
    kept = tuple(broker for broker in one.replicas if broker == one.leader)
    return kept, tuple(broker for broker in one.replicas if broker != one.leader)


def _free(one: _Choice) -> Iterator[int]:
    return (broker for broker in one.pool if broker not in one.chosen)


def _rank(
    one: _Choice, racks: Racks, held: Mapping[int, int], load: Mapping[int, int], broker: int
) -> tuple[bool, int, int, int, int]:
    """What is better comes first: in sync, a rack of its own, few replicas of the topic, few of all."""
    turn = (broker - one.partition.number) % (max(one.pool) + 1)
    behind = broker in one.partition.replicas and broker not in one.partition.in_sync
    crowd = _in_rack(broker, one.brokers, racks)
    return behind, crowd, held.get(broker, 0), load.get(broker, 0), turn


def _in_rack(broker: int, others: Iterable[int], racks: Racks) -> int:
    """How many others lie in the rack of a broker; without a rack it is alone."""
    rack = racks.get(broker, "")
    return sum(racks.get(other, "") == rack for other in others if other != broker) if rack else 0


def _exchanges(choices: Iterable[_Choice], broker: int, racks: Racks) -> Iterator[tuple[int, _Choice]]:
    """Brokers that could hold a replica in place of one, no worse for its partition."""
    for one in choices:
        if broker not in one.chosen:
            continue
        others = [other for other in one.brokers if other != broker]
        crowd, in_sync = _in_rack(broker, others, racks), broker in one.partition.in_sync
        for other in _free(one):
            if _in_rack(other, others, racks) <= crowd and (other in one.partition.in_sync) >= in_sync:
                yield other, one


def _exchange(one: _Choice, broker: int, other: int) -> None:
    one.chosen[one.chosen.index(broker)] = other


def _in_order(one: _Choice) -> list[int]:
    """The brokers of a partition, those that it had before in their order."""
    brokers = one.brokers
    before = [broker for broker in one.partition.replicas if broker in brokers]
    return before + [broker for broker in brokers if broker not in before]


@dataclass(slots=True)
class _Order:
    """The brokers of a partition, the preferred leader first."""

    brokers: list[int]


def _other_leaders(orders: Iterable[_Order], broker: int, racks: Collection[int]) -> Iterator[tuple[int, _Order]]:
    for order in orders:
        if order.brokers[0] == broker:
            for other in order.brokers[1:]:
                if other in racks:
                    yield other, order


def _lead(order: _Order, _: int, other: int) -> None:
    order.brokers.remove(other)
    order.brokers.insert(0, other)


def _even_out(
    counts: Counter[int], exchanges: Callable[[int], Iterable[tuple[int, T]]], exchange: Callable[[T, int, int], None]
) -> None:
    """Hand on, from brokers that have most to those that have least, for as long as that evens anything out.

    Each hand-over goes down by a chain of exchanges, since the broker with most may have nothing that the one with
    least can take.
    """
    while chain := _chain(counts, exchanges):
        for broker, other, item in chain:
            exchange(item, broker, other)
        counts[chain[0][0]] -= 1
        counts[chain[-1][1]] += 1


def _chain(counts: Mapping[int, int], exchanges: Callable[[int], Iterable[tuple[int, T]]]) -> list[tuple[int, int, T]]:
    """The shortest chain of exchanges that takes one from a broker and gives it to one that has two fewer."""
    for start in sorted(counts, key=lambda broker: (-counts[broker], broker)):
        chains: dict[int, list[tuple[int, int, T]]] = {start: []}
        waiting = deque([start])
        while waiting:
            broker = waiting.popleft()
            for other, item in exchanges(broker):
                # An item that is in the chain already is no longer what this exchange was found for.
                if other in chains or any(item is used for *_, used in chains[broker]):
                    continue
                chains[other] = [*chains[broker], (broker, other, item)]
                if counts.get(other, 0) <= counts[start] - 2:
                    return chains[other]
                waiting.append(other)
    return []
