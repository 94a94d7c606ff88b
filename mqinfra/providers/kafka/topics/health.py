"""How a cluster is: whether its partitions take durable writes, and whether replicas are being moved.

Deletes and what drops records load the controllers and the disks, and take away what a cluster that has lost brokers
may still need.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.topics.figures import named

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient
    from mqinfra.providers.kafka.api.topic_calls import InSync

_MIN_INSYNC = "min.insync.replicas"


def causes(client: "KafkaClient") -> Iterator[str]:
    """Say why the cluster is degraded; nothing while it is well.

    Raises:
        UserError: the cluster did not answer.
    """
    short = client.topics.not_in_sync()
    if not short:
        return
    yield from too_few_in_sync(client, short)
    moves = client.replicas.moves
    if not isinstance(moves, str) and moves:
        number = sum(len(some) for some in moves.values())
        partitions = "1 partition" if number == 1 else f"{number:,} partitions"
        yield f"a reassignment of {partitions} is under way: {named(list(moves))}"


def too_few_in_sync(client: "KafkaClient", short: Mapping[str, tuple["InSync", ...]]) -> Iterator[str]:
    """Say of topics that are not in sync which of them take no write with `acks=all`; nothing where all do.

    Raises:
        UserError: the cluster did not answer.
    """
    behind = list(_under_minimum(client, short))
    if behind:
        number = sum(count for _, count in behind)
        partitions = "1 partition has" if number == 1 else f"{number:,} partitions have"
        yield f"{partitions} fewer replicas in sync than `{_MIN_INSYNC}`: {named([name for name, _ in behind])}"


def _under_minimum(client: "KafkaClient", short: Mapping[str, tuple["InSync", ...]]) -> Iterator[tuple[str, int]]:
    """Topics with partitions that take no write with `acks=all`, and how many."""
    for name, entries in client.topics.configs(short):
        entry = None if isinstance(entries, KafkaFault) else entries.get(_MIN_INSYNC)
        value = str(entry.value) if entry is not None else ""
        minimum = int(value) if value.isdigit() else 1
        # Brokers ask for no more replicas in sync than there are (Partition.effectiveMinIsr).
        number = sum(in_sync < min(minimum, replicas) for in_sync, replicas in short[name])
        if number:
            yield name, number
