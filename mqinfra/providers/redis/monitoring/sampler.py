"""Samples of streams and groups: two commands per stream, and two per group that has something to do, all pipelined.

Where a group stands is an id; how many entries wait behind it the server says, as far as it knows. It does not know
after XDEL, or of a group that was set to an arbitrary id: then nobody does, and it is no zero.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.monitoring.sample import Lane, Observed, Sample, Sampler
from mqinfra.providers.base.monitoring.watched import Watched, What
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.api.entry_id import FIRST, parse
from mqinfra.providers.redis.api.replies import number, pairs
from mqinfra.providers.redis.api.resp import Reply
from mqinfra.providers.redis.api.stream_calls import why_not

NOT_THERE = "it does not exist; `mqinfra apply` makes it"
_SEQUENCE = 64
"""Bits of the second number of an id: both together are one number, in the order of ids."""
Path = tuple[str, str]


class RedisSampler(Sampler):
    """Looks at streams and groups.

    Attributes:
        client: the deployment.
    """

    def __init__(self, client: RedisClient) -> None:
        self.client = client

    def sample(self, watched: Sequence[Watched]) -> list[Observed]:
        """Look once at streams, then at what groups have to do."""
        at = time.time()
        streams = list(dict.fromkeys(one.name for one in watched))
        infos = self.client.read_keyed([(name, ("XINFO", "STREAM", name)) for name in streams])
        stream_of = {name: pairs(reply) for name, reply in zip(streams, infos, strict=True) if _told(reply)}
        faults = {name: reply for name, reply in zip(streams, infos, strict=True) if isinstance(reply, Fault)}
        reasons = why_not(self.client, faults, "XINFO STREAM")
        groups = self._groups([name for name in stream_of if any(w.what.reads and w.name == name for w in watched)])
        mine = [(one.name, one.consumer) for one in watched if one.what.reads]
        oldest = self._oldest_held([path for path in mine if number(groups.get(path, {}).get("pending"))])
        first = self._first_waiting({path: groups[path] for path in mine if path in groups}, stream_of)
        return [
            Observed(one, _sample(one, at, stream_of, reasons, groups.get((one.name, one.consumer)), oldest, first))
            for one in watched
        ]

    def _groups(self, streams: Sequence[str]) -> dict[Path, Mapping[str, Any]]:
        replies = self.client.read_keyed([(name, ("XINFO", "GROUPS", name)) for name in streams])
        return {
            (name, str(info.get("name"))): info
            for name, reply in zip(streams, replies, strict=True)
            if isinstance(reply, list)
            for info in map(pairs, reply)
        }

    def _oldest_held(self, paths: Sequence[Path]) -> Mapping[Path, float]:
        """For how many seconds the first pending entry of groups was not delivered anew."""
        replies = self.client.read_keyed([(key, ("XPENDING", key, group, "-", "+", "1")) for key, group in paths])
        return {
            path: reply[0][2] / 1_000
            for path, reply in zip(paths, replies, strict=True)
            if isinstance(reply, list) and reply and isinstance(reply[0], list) and isinstance(reply[0][2], int)
        }

    def _first_waiting(
        self, groups: Mapping[Path, Mapping[str, Any]], streams: Mapping[str, Mapping[str, Any]]
    ) -> Mapping[Path, int | None]:
        """When the next entry that groups get was added, in ms; None where none waits.

        What can't be seen is left out.
        """
        found: dict[Path, int | None] = dict.fromkeys(groups)
        behind = [
            (path, last)
            for path, info in groups.items()
            if (last := str(info.get("last-delivered-id"))) != str(streams[path[0]].get("last-generated-id"))
        ]
        replies = self.client.read_keyed(
            [(path[0], ("XRANGE", path[0], f"({last}", "+", "COUNT", "1")) for path, last in behind]
        )
        for (path, _), reply in zip(behind, replies, strict=True):
            if not isinstance(reply, list):
                del found[path]
            elif reply and (place := parse(str(reply[0][0]))) is not None:
                found[path] = place[0]
        return found


def _told(reply: Reply) -> bool:
    return isinstance(reply, list)


def _sample(
    one: Watched,
    at: float,
    streams: Mapping[str, Mapping[str, Any]],
    reasons: Mapping[str, str],
    group: Mapping[str, Any] | None,
    oldest: Mapping[Path, float],
    first: Mapping[Path, int | None],
) -> Sample:
    stream, path = streams.get(one.name), (one.name, one.consumer)
    if stream is None or (one.what is What.STREAM_GROUP and group is None):
        return Sample(at, unknown=reasons.get(one.name, NOT_THERE))
    end, length, added = _place(stream.get("last-generated-id")), number(stream.get("length")), _added(stream)
    if group is None:
        return Sample(at, lanes=(Lane(end=end),), length=length, put=added, counted=False)
    stands, read = _place(group.get("last-delivered-id")), number(group.get("entries-read"))
    pending, sent = number(group.get("pending")), first.get(path)
    # Nothing lies behind its position: then nothing waits, whatever the server can still count.
    waiting = 0 if path in first and sent is None else number(group.get("lag"))
    return Sample(
        at,
        lanes=(Lane(committed=stands, end=end),),
        waiting=waiting,
        held=pending,
        consumers=number(group.get("consumers")),
        length=length,
        put=added,
        taken=read - pending if read is not None and pending is not None else None,
        idle=oldest.get(path),
        age=max(0.0, at - sent / 1_000) if sent is not None else None,
        lost=_lost(stream, length, added, read),
        counted=False,
    )


def _place(text: object) -> int | None:
    """An id as one number."""
    found = parse(str(text))
    return (found[0] << _SEQUENCE) | found[1] if found is not None else None


def _added(stream: Mapping[str, Any]) -> int | None:
    return number(stream.get("entries-added"))


def _lost(stream: Mapping[str, Any], length: int | None, added: int | None, read: int | None) -> int | None:
    """Entries that were trimmed before the group read them; None where single entries were deleted too."""
    if None in (length, added, read) or str(stream.get("max-deleted-entry-id")) != FIRST:
        return None
    return max(0, (added or 0) - (length or 0) - (read or 0))
