"""How topics are used now: records by their offsets, bytes by the brokers' disks, and groups. No record is read."""

import time
from collections.abc import Mapping, Sequence

from mqinfra.model.address import Address
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.group_calls import Commits
from mqinfra.providers.kafka.topics.figures import held_of
from mqinfra.providers.kafka.verification.advice.usage import GroupUsage, TopicUsage

_OLD = 0.8
"""Share of `retention.ms` from which a record counts as old."""
_MOST = 500
"""Topics that are measured; of more, settings have to do."""

Held = Mapping[int, tuple[int, int]]


def measured(client: KafkaClient, topics: Mapping[Address, TopicUsage]) -> dict[Address, TopicUsage]:
    """Measure.

    Raises:
        UserError: the cluster did not answer.
    """
    if len(topics) > _MOST:
        return dict(topics)
    names = [address.name for address in topics]
    held, sizes = held_of(client, names), _sizes(client, topics)
    commits = client.groups.commits(names)
    groups = [] if isinstance(commits, KafkaFault) else commits
    wanted = {one.group for one in groups} | {one.name for usage in topics.values() for one in usage.groups}
    members = {
        name: None if isinstance(found, KafkaFault) else len(found.members)
        for name, found in client.groups.described(sorted(wanted)).items()
    }
    fresh = _fresh(client, topics, held)
    return {
        address: usage.model_copy(
            update={
                "records": _records(held[address.name]),
                "size": sizes.get(address.name),
                "groups": _groups(address.name, usage, groups, members, held[address.name] or {}, fresh),
            }
        )
        for address, usage in topics.items()
    }


def _records(held: Held | None) -> int | None:
    return None if held is None else sum(end - start for start, end in held.values())


def _sizes(client: KafkaClient, topics: Mapping[Address, TopicUsage]) -> dict[str, int]:
    """Bytes of the largest replica of each partition, summed by topic; none where a broker does not tell."""
    of = {address.name: list(range(usage.partitions)) for address, usage in topics.items()}
    largest: dict[tuple[str, int], int] = {}
    for disk in client.replicas.disks(client.replicas.brokers(), of).values() if of else ():
        if isinstance(disk, KafkaFault):
            return {}
        for place, size in disk.sizes.items():
            largest[place] = max(size, largest.get(place, 0))
    sizes: dict[str, int] = {}
    for (topic, _), size in largest.items():
        sizes[topic] = sizes.get(topic, 0) + size
    return sizes


def _fresh(
    client: KafkaClient, topics: Mapping[Address, TopicUsage], held: Mapping[str, Held | None]
) -> dict[tuple[str, int], int]:
    """The offset from which on records are not old yet, by partition, where records go by age."""
    now = int(time.time() * 1_000)
    moments = {
        (address.name, partition): int(now - _OLD * usage.retention_ms)
        for address, usage in topics.items()
        if usage.deletes and usage.retention_ms is not None and usage.retention_ms > 0
        for partition in held[address.name] or ()
    }
    found: dict[tuple[str, int], int] = {}
    for place, offset in client.topics.offsets_at(moments) if moments else ():
        if not isinstance(offset, KafkaFault):
            found[place] = offset if offset >= 0 else (held[place[0]] or {})[place[1]][1]
    return found


def _groups(
    topic: str,
    usage: TopicUsage,
    commits: Sequence[Commits],
    members: Mapping[str, int | None],
    held: Held,
    fresh: Mapping[tuple[str, int], int],
) -> tuple[GroupUsage, ...]:
    found = {one.name: one.model_copy(update={"members": members.get(one.name)}) for one in usage.groups}
    for one in commits:
        stands = {
            partition: offset
            for (name, partition), offset in one.offsets.items()
            if name == topic and partition in held
        }
        if stands:
            found[one.group] = GroupUsage(
                name=one.group,
                members=members.get(one.group),
                lag=sum(max(0, held[at][1] - max(offset, held[at][0])) for at, offset in stands.items()),
                old=sum(
                    max(0, fresh[topic, at] - max(offset, held[at][0]))
                    for at, offset in stands.items()
                    if (topic, at) in fresh
                ),
                lost=sum(max(0, held[at][0] - offset) for at, offset in stands.items()),
            )
    return tuple(found[name] for name in sorted(found))
