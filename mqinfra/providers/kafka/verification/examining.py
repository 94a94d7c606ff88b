"""Facts of a topic and a group for a diagnosis."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from confluent_kafka import Message as Record

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.monitoring.watched import Watched, What
from mqinfra.providers.base.verification.examination import SAMPLES, Examination, Lane, Letter, Reader, Repeated
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.topics.figures import held_of
from mqinfra.providers.kafka.verification.tail import TailFaultError, letters, newest, repeated

PAUSE = 2.0
"""Seconds between samples."""
_STABLE = "STABLE"
_LETTERS, _NEWEST = 100, 500
_PATIENCE = 10.0

Place = tuple[str, int]
Held = Mapping[int, tuple[int, int]]


def readers(client: KafkaClient, topic: str) -> tuple[str, ...]:
    """Groups that have committed offsets in a topic; none where they can't all be told."""
    found = client.groups.commits([topic])
    return () if isinstance(found, KafkaFault) else tuple(sorted(one.group for one in found))


@dataclass(frozen=True, slots=True)
class _Members:
    """Who is in a group.

    Attributes:
        state: the group's state.
        names: by the members' ids.
        owners: by what they own.
    """

    state: str
    names: Mapping[str, str]
    owners: Mapping[Place, str]


@dataclass(frozen=True, slots=True)
class _Sample:
    """A look at all."""

    at: float
    members: _Members | None
    held: Mapping[str, Held | None]
    done: Mapping[Place, int]
    dead: int | None


def examine(client: KafkaClient, watched: Watched, dead: Watched | None) -> Examination:
    """Look.

    Raises:
        UserError: the cluster did not answer.
    """
    if watched.what is What.SHARE_GROUP:
        return Examination(unread=(f"`{watched.consumer}` is a share group, of which this client tells no progress",))
    unread: list[str] = []
    topics = [watched.name] if watched.name else _committed(client, watched.consumer)
    samples = []
    for at in range(SAMPLES):
        time.sleep(PAUSE if at else 0.0)
        samples.append(_sample(client, watched.consumer, topics, dead, unread))
    last = samples[-1]
    some, same, records = _messages(client, watched, dead, last, unread)
    ids = [frozenset(one.members.names) for one in samples if one.members is not None]
    return Examination(
        seconds=last.at - samples[0].at,
        states=tuple(one.members.state for one in samples if one.members is not None) if watched.consumer else (),
        stable=_STABLE,
        lanes=_lanes(samples, watched.consumer, _marks(last, watched, records)),
        readers=_readers(last.members) if watched.consumer else None,
        changed=len(ids[0].union(*ids) - ids[0].intersection(*ids)) if ids else 0,
        newest=len(records),
        repeated=same,
        dead=tuple(one.dead for one in samples) if dead is not None else (),
        letters=some,
        expires_ms=watched.limits.retention_ms,
        unread=tuple(dict.fromkeys(unread)),
    )


def _committed(client: KafkaClient, group: str) -> list[str]:
    found = client.groups.committed_topics(group)
    return [] if isinstance(found, KafkaFault) else sorted(found)


def _sample(client: KafkaClient, group: str, topics: Sequence[str], dead: Watched | None, unread: list[str]) -> _Sample:
    names = list(dict.fromkeys([*topics, *([dead.name] if dead is not None else [])]))
    held = held_of(client, names)
    unread += [f"topic `{name}` may not be described" for name, one in held.items() if one is None]
    done: dict[Place, int] = {}
    members = None
    if group:
        members = _members(client, group, unread)
        found = client.groups.positions([group])[group]
        if isinstance(found, KafkaFault):
            unread.append(f"offsets of group `{group}`: {found.message}")
        else:
            done = {
                (topic, at): offset
                for topic, offsets in found.items()
                for at, offset in enumerate(offsets)
                if offset is not None
            }
    letters_held = held.get(dead.name) if dead is not None else None
    count = None if letters_held is None else sum(end - start for start, end in letters_held.values())
    return _Sample(time.monotonic(), members, {name: held[name] for name in topics}, done, count)


def _members(client: KafkaClient, group: str, unread: list[str]) -> _Members | None:
    (asked,) = client.wire.admin.describe_consumer_groups([group], request_timeout=client.wire.timeout).values()
    answer: Any = client.wire.answer(asked)
    if isinstance(answer, KafkaFault):
        if answer.absent or answer.name == "GROUP_ID_NOT_FOUND":
            return _Members("DEAD", {}, {})
        unread.append(f"group `{group}`: {answer.message}")
        return None
    names = {one.member_id: f"{one.client_id} ({str(one.host).lstrip('/')})" for one in answer.members}
    owners = {
        (place.topic, place.partition): names[one.member_id]
        for one in answer.members
        for place in (one.assignment.topic_partitions if one.assignment is not None else ())
    }
    return _Members(answer.state.name, names, owners)


def _readers(members: _Members | None) -> tuple[Reader, ...] | None:
    return None if members is None else tuple(Reader(name=name) for name in sorted(members.names.values()))


def _marks(last: _Sample, watched: Watched, records: Sequence[Record]) -> frozenset[Place]:
    """Partitions in which the one thing that is left is the mark of a transaction's end, which no group ever reads."""
    there = {(record.partition(), record.offset()) for record in records}
    return frozenset(
        (watched.name, at)
        for at, (_, end) in (last.held.get(watched.name) or {}).items()
        if last.done.get((watched.name, at)) == end - 1 and records and (at, end - 1) not in there
    )


def _lanes(samples: Sequence[_Sample], group: str, marks: frozenset[Place]) -> tuple[Lane, ...]:
    if not group:
        return ()
    last = samples[-1]
    lanes = []
    for topic, held in last.held.items():
        for at, (start, _) in (held or {}).items():
            stands = last.done.get((topic, at))
            members = last.members
            owner = None if members is None or not members.names else members.owners.get((topic, at), "")
            lanes.append(
                Lane(
                    name=f"{topic}:{at}",
                    came=tuple(_end(one, topic, at) for one in samples),
                    done=tuple(one.done.get((topic, at)) for one in samples),
                    waits=tuple(0 if (topic, at) in marks else _waits(one, topic, at) for one in samples),
                    owner=owner,
                    lost=max(0, start - stands) if stands is not None else 0,
                    next=f"offset {stands:,}" if stands is not None else "",
                )
            )
    return tuple(lanes)


def _end(sample: _Sample, topic: str, at: int) -> int | None:
    found = (sample.held[topic] or {}).get(at)
    return found[1] if found is not None else None


def _waits(sample: _Sample, topic: str, at: int) -> int | None:
    """What is still to be read; all that is there where the group has committed nothing yet."""
    found = (sample.held[topic] or {}).get(at)
    if found is None:
        return None
    start, end = found
    return max(0, end - max(sample.done.get((topic, at), start), start))


def _messages(
    client: KafkaClient, watched: Watched, dead: Watched | None, last: _Sample, unread: list[str]
) -> tuple[tuple[Letter, ...], tuple[Repeated, ...], Sequence[Record]]:
    """Letters, and the newest records compared."""
    some: tuple[Letter, ...] = ()
    records: Sequence[Record] = ()
    try:
        if dead is not None and last.dead:
            held = held_of(client, [dead.name])[dead.name] or {}
            some = letters(newest(client.clients, dead.name, held, _LETTERS, _PATIENCE))
        if watched.name and (mine := last.held[watched.name]):
            records = newest(client.clients, watched.name, mine, _NEWEST, _PATIENCE)
    except TailFaultError as error:
        unread.append(f"records of `{watched.name}` or its dead letters: {error}")
    return some, repeated(records), records
