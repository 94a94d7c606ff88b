"""Facts of a stream and a group for a diagnosis. Reading by XREVRANGE and XPENDING changes nothing."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.monitoring.watched import Watched
from mqinfra.providers.base.verification.examination import (
    SAMPLES,
    Attempt,
    Examination,
    Lane,
    Letter,
    Reader,
    Repeated,
    letter_of,
)
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.api.entry_id import below, parse
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.replies import number, pairs
from mqinfra.providers.redis.api.resp import Call, Reply
from mqinfra.providers.redis.api.stream_calls import ACTIVE_MS
from mqinfra.providers.redis.verification.connection import own

PAUSE = 1.5
"""Seconds between samples."""
_LETTERS, _NEWEST, _PENDING = "100", "500", "100"
_CLOSE_MS = 300_000


@dataclass(frozen=True, slots=True)
class _Sample:
    """A look at all.

    Attributes:
        at: when, by the monotonic clock.
        stream: XINFO STREAM.
        group: XINFO GROUPS, of the one; None where it is not there.
        consumers: XINFO CONSUMERS.
        dead: letters; None where they were not counted.
    """

    at: float
    stream: Mapping[str, Any]
    group: Mapping[str, Any] | None
    consumers: Sequence[Mapping[str, Any]]
    dead: int | None


def readers(client: RedisClient, stream: str) -> tuple[str, ...]:
    """The groups of a stream."""
    with own(client.home(stream)) as node:
        (reply,) = node.read([("XINFO", "GROUPS", stream)])
    return () if isinstance(reply, Fault) else tuple(sorted(str(one.get("name")) for one in map(pairs, reply)))


def examine(client: RedisClient, watched: Watched, dead: Watched | None) -> Examination:
    """Look.

    Raises:
        UserError: a server did not answer.
    """
    unread: list[str] = []
    with own(client.home(watched.name)) as node:
        samples = []
        for at in range(SAMPLES):
            time.sleep(PAUSE if at else 0.0)
            samples.append(_sample(client, node, watched, dead, unread))
        attempts = _attempts(node, watched, unread) if watched.consumer else ()
        newest = _entries(node, watched.name, _NEWEST, unread)
    some: list[tuple[str, Reply]] = []
    if dead is not None:
        with own(client.home(dead.name)) as node:
            some = _entries(node, dead.name, _LETTERS, unread)
    first, last = samples[0], samples[-1]
    return Examination(
        seconds=last.at - first.at,
        lanes=_lanes(samples, watched, attempts) if watched.consumer else (),
        readers=_readers(last) if watched.consumer else None,
        changed=len(
            {str(one.get("name")) for one in first.consumers} ^ {str(one.get("name")) for one in last.consumers}
        ),
        attempts=attempts,
        newest=len(newest),
        repeated=_repeated(newest),
        dead=tuple(one.dead for one in samples) if dead is not None else (),
        letters=tuple(_letter(entry, fields) for entry, fields in some),
        unread=tuple(dict.fromkeys(unread)),
    )


def _sample(client: RedisClient, node: Node, watched: Watched, dead: Watched | None, unread: list[str]) -> _Sample:
    calls: list[Call] = [("XINFO", "STREAM", watched.name), ("XINFO", "GROUPS", watched.name)]
    if watched.consumer:
        calls.append(("XINFO", "CONSUMERS", watched.name, watched.consumer))
    replies = node.read(calls)
    for call, reply in zip(calls, replies, strict=True):
        if isinstance(reply, Fault):
            unread.append(f"{' '.join(call[:2])} {watched.name}: {reply.message}")
    stream, groups, *consumers = [[] if isinstance(reply, Fault) else reply for reply in replies]
    letters: Reply = None
    if dead is not None:
        with own(client.home(dead.name)) as its:
            (letters,) = its.read([("XLEN", dead.name)])
    return _Sample(
        time.monotonic(),
        pairs(stream),
        next((one for one in map(pairs, groups) if one.get("name") == watched.consumer), None),
        [pairs(one) for one in consumers[0]] if consumers else [],
        None if isinstance(letters, Fault) else number(letters),
    )


def _lanes(samples: Sequence[_Sample], watched: Watched, attempts: Sequence[Attempt]) -> tuple[Lane, ...]:
    last = samples[-1]
    oldest = last.stream.get("first-entry")
    first = str(oldest[0]) if isinstance(oldest, list) and oldest else ""
    return (
        Lane(
            name=watched.name,
            came=tuple(number(one.stream.get("entries-added")) for one in samples),
            done=tuple(map(_done, samples)),
            waits=tuple(map(_waits, samples)),
            lost=sum(not first or below(one.id, first) for one in attempts),
            next=f"the entry after {last.group.get('last-delivered-id')}" if last.group is not None else "",
        ),
    )


def _done(sample: _Sample) -> int | None:
    read = number((sample.group or {}).get("entries-read"))
    return None if read is None else read - (number((sample.group or {}).get("pending")) or 0)


def _waits(sample: _Sample) -> int | None:
    lag = number((sample.group or {}).get("lag"))
    return None if lag is None else lag + (number((sample.group or {}).get("pending")) or 0)


def _readers(sample: _Sample) -> tuple[Reader, ...]:
    """Consumers that asked for entries within five minutes; Redis knows others for ever."""
    return tuple(
        Reader(name=str(one.get("name")), held=number(one.get("pending")), idle_ms=number(one.get("idle")))
        for one in sample.consumers
        if (number(one.get("idle")) or 0) < ACTIVE_MS
    )


def _attempts(node: Node, watched: Watched, unread: list[str]) -> tuple[Attempt, ...]:
    (reply,) = node.read([("XPENDING", watched.name, watched.consumer, "-", "+", _PENDING)])
    if isinstance(reply, Fault):
        unread.append(f"XPENDING {watched.name} {watched.consumer}: {reply.message}")
        return ()
    found = [
        Attempt(id=str(entry), times=number(times) or 0, idle_ms=number(idle) or 0, reader=str(reader))
        for entry, reader, idle, times in reply
    ]
    return tuple(sorted(found, key=lambda one: -one.times))


def _entries(node: Node, stream: str, most: str, unread: list[str]) -> list[tuple[str, Reply]]:
    (reply,) = node.read([("XREVRANGE", stream, "+", "-", "COUNT", most)])
    if isinstance(reply, Fault):
        unread.append(f"XREVRANGE {stream}: {reply.message}")
        return []
    return [(str(entry), fields) for entry, fields in reply]


def _letter(entry: str, fields: Reply) -> Letter:
    return letter_of(entry, [(name, str(value)) for name, value in pairs(fields).items()])


def _repeated(entries: Sequence[tuple[str, Reply]]) -> tuple[Repeated, ...]:
    """Entries with equal fields, added within minutes. What they hold is only compared."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for entry, fields in entries:
        alike.setdefault(tuple(map(str, fields)), []).append(entry)
    found = []
    for some in alike.values():
        times = [at[0] for entry in some if (at := parse(entry)) is not None]
        if len(some) > 1 and max(times) - min(times) <= _CLOSE_MS:
            found.append(Repeated(places=tuple(reversed(some)), apart_ms=max(times) - min(times)))
    return tuple(found)
