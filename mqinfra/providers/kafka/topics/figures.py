"""What a destructive change to topics would cost: messages by their offsets, and groups with members."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.reading import Figures
from mqinfra.providers.kafka.api.faults import KafkaFault

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient
    from mqinfra.providers.kafka.api.group_calls import Commits

_SHOWN = 5


def figures(client: "KafkaClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
    """Read the figures of topics.

    Messages are the distance between the first and the next offset of each partition: an upper bound where a topic
    is compacted or holds transactions. Consumers are groups that have members with a partition of the topic; groups
    that only left offsets behind are details, since these go with the topic. What can't be read is None.
    """
    held = held_of(client, [address.name for address in addresses])
    consumers = _consumers(client, {address.name for address in addresses})
    left = client.groups.commits({address.name for address in addresses})
    found: dict[Address, Figures] = {}
    for address in addresses:
        places = held[address.name]
        messages = sum(end - start for start, end in places.values()) if places is not None else None
        using = None if consumers is None else consumers.get(address.name, ())
        found[address] = Figures(messages, using, details=_left_behind(address.name, left))
    return found


def held_of(client: "KafkaClient", names: Sequence[str]) -> dict[str, Mapping[int, tuple[int, int]] | None]:
    """First and next offset of each partition of topics; none of one that is absent, None where they can't be read."""
    held: dict[str, dict[int, tuple[int, int]] | None] = {}
    for name, topic in client.topics.describe(names):
        if isinstance(topic, KafkaFault):
            held[name] = {} if topic.absent else None
        else:
            held[name] = dict.fromkeys(range(topic.partitions), (0, 0))
    places = [(name, partition) for name, some in held.items() for partition in some or ()]
    for latest in (True, False):
        for (name, partition), offset in client.topics.offsets(places, latest=latest):
            sofar = held[name]
            if isinstance(offset, KafkaFault) or sofar is None:
                held[name] = None
            else:
                sofar[partition] = (sofar[partition][0], offset) if latest else (offset, sofar[partition][1])
    return dict(held)


def _left_behind(name: str, commits: "Sequence[Commits] | KafkaFault") -> tuple[str, ...]:
    if isinstance(commits, KafkaFault):
        return (f"can't tell which groups have offsets in it: {commits.message}",)
    groups = [each.group for each in commits if not each.active and each.reads(name)]
    return (f"committed offsets of groups without members would be deleted with it: {named(groups)}",) if groups else ()


def named(some: Sequence[str]) -> str:
    """Names for people; of many, the first."""
    listed = sorted(some)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more


def _consumers(client: "KafkaClient", names: set[str]) -> dict[str, tuple[str, ...]] | None:
    groups = client.groups.active()
    if isinstance(groups, KafkaFault):
        return None
    using: dict[str, list[str]] = {}
    for group in groups:
        if not group.settled:
            # A member without an assignment yet may be about to get a partition of any topic.
            topics = client.groups.committed_topics(group.name)
            if isinstance(topics, KafkaFault):
                return None
            used = group.topics | topics
        else:
            used = group.topics
        for topic in used & names:
            using.setdefault(topic, []).append(group.name)
    return {topic: tuple(sorted(found)) for topic, found in using.items()}
