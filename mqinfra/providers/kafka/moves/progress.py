"""How far a topic is whose replicas are being moved, for people, and what keeps it from going on."""

from collections.abc import Iterator, Mapping, Sequence

from mqinfra.providers.base.request import UnderWay
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.replicas import Disk, Move
from mqinfra.providers.kafka.moves.ground import Copy, Ground, Topic, size_of
from mqinfra.providers.kafka.moves.weighing import rough


def progress(topic: Topic, begun: Sequence[Copy], found: Ground, disks: Mapping[int, Disk | KafkaFault]) -> UnderWay:
    """Say how far a topic is.

    Args:
        topic: the topic.
        begun: what was begun of it just now.
        found: the cluster.
        disks: what brokers hold of what is being moved.
    """
    moves = {**topic.moves, **{one.partition.number: Move(frozenset(one.added), frozenset()) for one in begun}}
    done = sum(len(one.replicas) == topic.factor and one.number not in moves for one in topic.partitions)
    copied, whole = _bytes(topic, moves, disks)
    size = f", {rough(copied)} of {rough(whole)} copied" if whole else ""
    number = len(topic.partitions)
    message = f"{done:,} of {number:,} {'partition' if number == 1 else 'partitions'} moved{size}"
    return UnderWay(message, (done, copied), "; ".join(_hindrances(topic, moves, found)))


def _bytes(topic: Topic, moves: Mapping[int, Move], disks: Mapping[int, Disk | KafkaFault]) -> tuple[int, int]:
    """Bytes that are there already on brokers that get replicas, and bytes that are to be there."""
    copied = whole = 0
    for one in topic.partitions:
        size = size_of((topic.name, one.number), one.leader, disks)
        if one.number not in moves or not size:
            continue
        for broker in moves[one.number].adding:
            whole += size
            copied += min(size, size_of((topic.name, one.number), broker, disks) or 0)
    return copied, whole


def _hindrances(topic: Topic, moves: Mapping[int, Move], found: Ground) -> Iterator[str]:
    down = sorted({broker for move in moves.values() for broker in move.adding} - found.racks.keys())
    if down:
        several = len(down) > 1
        names = ", ".join(map(str, down))
        yield f"{'brokers' if several else 'broker'} {names}, which {'are' if several else 'is'} to get replicas, " + (
            "are down" if several else "is down"
        )
    if topic.leaderless:
        yield f"there is no leader of partition {', '.join(map(str, topic.leaderless))} to copy from"
