"""What a destructive change to topics would cost: messages by their offsets, and groups with members."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.reading import Figures
from mqinfra.providers.kafka.faults import Fault

if TYPE_CHECKING:
    from mqinfra.providers.kafka.client import KafkaClient


def figures(client: "KafkaClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
    """Read the figures of topics.

    Messages are the distance between the first and the next offset of each partition: an upper bound where a topic
    is compacted or holds transactions. Consumers are groups that have members with a partition of the topic; groups
    that only left offsets behind don't count. What can't be read is None.
    """
    messages = _messages(client, [address.name for address in addresses])
    consumers = _consumers(client, {address.name for address in addresses})
    return {
        address: Figures(messages[address.name], None if consumers is None else consumers.get(address.name, ()))
        for address in addresses
    }


def _messages(client: "KafkaClient", names: Sequence[str]) -> dict[str, int | None]:
    counts: dict[str, int | None] = {}
    places: list[tuple[str, int]] = []
    for name, shape in client.topics.shapes(names):
        if isinstance(shape, Fault):
            counts[name] = 0 if shape.absent else None
        else:
            counts[name] = 0
            places += [(name, partition) for partition in range(shape.partitions)]
    for latest in (True, False):
        for (name, _), offset in client.topics.offsets(places, latest=latest):
            sofar = counts[name]
            if isinstance(offset, Fault) or sofar is None:
                counts[name] = None
            else:
                counts[name] = sofar + (offset if latest else -offset)
    return counts


def _consumers(client: "KafkaClient", names: set[str]) -> dict[str, tuple[str, ...]] | None:
    groups = client.groups.active()
    if isinstance(groups, Fault):
        return None
    using: dict[str, list[str]] = {}
    for group in groups:
        if not group.settled:
            # A member without an assignment yet may be about to get a partition of any topic.
            topics = client.groups.committed_topics(group.name)
            if isinstance(topics, Fault):
                return None
            used = group.topics | topics
        else:
            used = group.topics
        for topic in used & names:
            using.setdefault(topic, []).append(group.name)
    return {topic: tuple(sorted(found)) for topic, found in using.items()}
