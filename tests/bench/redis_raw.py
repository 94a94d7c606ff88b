"""The floor on Redis: redis-py by itself, doing the reads or writes that mqinfra does, as a program of its own.

`redis_raw.py WORK JSON` prints what it took, as JSON. It imports nothing of mqinfra.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from redis import Redis

Call = tuple[str, ...]
_PASSING = "passing"
"""The group that a stream is made with, as XGROUP CREATE MKSTREAM alone makes one without an entry."""
_SIZES = (100, 500, 1_000, 5_000, 10_000)


@dataclass(frozen=True)
class Job:
    """What to work on: how many streams, groups of each, and users; and pipeline sizes by `read` and `write`."""

    port: int
    streams: int
    groups: int
    users: int
    sizes: Mapping[str, int] = field(default_factory=dict)

    @property
    def stream_names(self) -> list[str]:
        return [f"bench:orders:{number:05d}" for number in range(self.streams)]

    @property
    def group_names(self) -> list[str]:
        return [f"group-{number}" for number in range(self.groups)]

    @property
    def user_names(self) -> list[str]:
        return [f"bench-{number:05d}" for number in range(self.users)]

    @property
    def total(self) -> int:
        return self.streams * (1 + self.groups) + self.users


def user_rules(number: int) -> tuple[list[str], str, str]:
    """Commands, pattern of keys and SHA-256 of the password of one user."""
    return ["+@read", "+xadd", "-keys"], f"~bench:orders:{number:05d}*", f"{number:064x}"


# --- the commands


def reads(job: Job) -> Iterator[Call]:
    """What tells how everything stands, each once."""
    for name in job.stream_names:
        yield "XINFO STREAM", name
    for name in job.stream_names:
        yield "XINFO GROUPS", name
    for name in job.user_names:
        yield "ACL GETUSER", name


def writes(job: Job) -> Iterator[Call]:
    for name in job.stream_names:
        yield "XGROUP CREATE", name, _PASSING, "0", "MKSTREAM"
        yield "XGROUP DESTROY", name, _PASSING
    for name in job.stream_names:
        for group in job.group_names:
            yield "XGROUP CREATE", name, group, "0"
    for number, name in enumerate(job.user_names):
        commands, keys, password = user_rules(number)
        yield "ACL SETUSER", name, "reset", "resetchannels", "on", keys, *commands, f"#{password}"
    yield ("CONFIG REWRITE",)


def sent(redis: Redis, calls: Iterable[Call], size: int, failing: type[Exception] | tuple[()] = ()) -> int:
    """Send commands in pipelines, and count those that worked; only the named errors may come."""
    done, rest = 0, iter(calls)
    while part := list(islice(rest, size)):
        pipeline: Any = redis.pipeline(transaction=False)
        for call in part:
            pipeline.execute_command(*call)
        for reply in pipeline.execute(raise_on_error=False):
            if isinstance(reply, Exception) and not (failing and isinstance(reply, failing)):
                raise reply
            done += reply is not None and not isinstance(reply, Exception)
    return done


# --- the works


def identify(redis: Redis) -> None:
    """Who the server is and which commands it knows: what a tool has to ask before it plans anything."""
    redis.info()
    categories = redis.acl_cat()
    sent(redis, [("ACL CAT", str(name)) for name in categories], 100)


def read(redis: Redis, job: Job) -> int:
    """Read what is there; every stream answers twice, once for its groups."""
    identify(redis)
    return sent(redis, reads(job), job.sizes.get("read", 1_000)) + job.streams * (job.groups - 1)


def look(redis: Redis, job: Job) -> int:
    """Read what is not there yet."""
    from redis.exceptions import ResponseError  # noqa: PLC0415 - the others don't need it

    identify(redis)
    found = sent(redis, reads(job), job.sizes.get("read", 1_000), ResponseError)
    return job.total - found


def write(redis: Redis, job: Job) -> int:
    """Make everything, and read it back once."""
    sent(redis, writes(job), job.sizes.get("write", 1_000))
    return sent(redis, reads(job), job.sizes.get("read", 1_000)) + job.streams * (job.groups - 1)


WORKS: Mapping[str, Callable[[Redis, Job], int]] = {"plan-creates": look, "apply-creates": write, "plan-nothing": read}


def sweep(redis: Redis, job: Job) -> dict[str, int]:
    """The best size of pipelines for writes and for reads; empties the server before every try."""
    took: dict[str, dict[int, float]] = {"write": {}, "read": {}}
    for size in _SIZES:
        redis.flushall()
        redis.acl_deluser("nobody", *job.user_names)
        took["write"][size] = _seconds(redis, writes(job), size)
        took["read"][size] = _seconds(redis, reads(job), size)
    return {call: min(some, key=lambda size: some[size]) for call, some in took.items()}


def _seconds(redis: Redis, calls: Iterable[Call], size: int) -> float:
    begun = time.perf_counter()
    sent(redis, calls, size)
    return time.perf_counter() - begun


def main(arguments: Sequence[str]) -> None:
    work, text = arguments
    job = Job(**json.loads(text))
    begun, cpu = time.perf_counter(), time.process_time()
    redis = Redis(port=job.port, socket_timeout=60, decode_responses=True)
    answer: dict[str, Any] = {"sizes": sweep(redis, job)} if work == "sweep" else {"done": WORKS[work](redis, job)}
    answer |= {"wall": time.perf_counter() - begun, "cpu": time.process_time() - cpu}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
