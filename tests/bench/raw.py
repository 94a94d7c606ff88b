"""The floor: confluent-kafka by itself, doing the reads or writes that mqinfra does, as a program of its own.

`python -m tests.bench.raw WORK JSON` prints what it took, as JSON. It imports nothing of mqinfra.
"""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._listoffsets import OffsetSpec
from confluent_kafka.cimpl import NewTopic

_ANSWER = 120.0
_LOOK_EVERY = 0.05
_SEEN_WITHIN = 200.0
_ABSENT = frozenset(("UNKNOWN_TOPIC_OR_PART", "_UNKNOWN_TOPIC"))


@dataclass(frozen=True)
class Way:
    """How to cut and send one kind of call: resources per call, and calls under way at once."""

    chunk: int = 1_000
    flight: int = 1


@dataclass(frozen=True)
class Job:
    """What to work on, and how; `ways` by call: `describe`, `configs`, `create`, `alter`."""

    bootstrap: str
    prefix: str
    count: int
    config: Mapping[str, str] = field(default_factory=dict)
    ways: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return [f"{self.prefix}.orders.v{number:05d}" for number in range(self.count)]

    def way(self, call: str) -> Way:
        return Way(*self.ways.get(call, ()))


class Raw:
    """A connected client."""

    def __init__(self, bootstrap: str) -> None:
        settings: dict[str, str | int | float | bool] = {
            "bootstrap.servers": bootstrap,
            "log_level": 0,
            "enable.metrics.push": False,
        }
        self.admin = AdminClient(settings)

    def identify(self) -> None:
        """Who the cluster is, and which version: what a tool has to ask before it plans anything."""
        described = self.admin.describe_cluster(include_authorized_operations=True, request_timeout=_ANSWER).result()
        broker = ConfigResource(ConfigResource.Type.BROKER, str(described.nodes[0].id))
        for future in self.admin.describe_configs([broker], request_timeout=_ANSWER).values():
            future.result()

    def describe(self, names: Sequence[str], way: Way) -> int:
        """How many of the topics are there."""
        return self._all(names, way, lambda part: self.admin.describe_topics(TopicCollection(part)))

    def configs(self, names: Sequence[str], way: Way) -> int:
        return self._all(names, way, lambda part: self.admin.describe_configs([_topic(name) for name in part]))

    def ends(self, names: Sequence[str], way: Way) -> int:
        """Where the only partition of each topic begins and ends: a lower retention may cost what it holds."""
        first, last = OffsetSpec.earliest(), OffsetSpec.latest()  # type: ignore[no-untyped-call]

        def send(part: list[str], spec: OffsetSpec) -> Mapping[Any, Future[Any]]:
            return self.admin.list_offsets({TopicPartition(name, 0): spec for name in part})

        return min(
            self._all(names, way, lambda part: send(part, first)), self._all(names, way, lambda part: send(part, last))
        )

    def create(self, names: Sequence[str], way: Way, config: Mapping[str, str], *, dry: bool) -> int:
        def send(part: list[str]) -> Mapping[Any, Future[Any]]:
            new = [NewTopic(name, 1, 1, config=dict(config)) for name in part]
            return self.admin.create_topics(new, validate_only=dry, operation_timeout=_ANSWER)

        return self._all(names, way, send)

    def alter(self, names: Sequence[str], way: Way, config: Mapping[str, str], *, dry: bool) -> int:
        def send(part: list[str]) -> Mapping[Any, Future[Any]]:
            return self.admin.incremental_alter_configs([_topic(name, config) for name in part], validate_only=dry)

        return self._all(names, way, send)

    def delete(self, names: Sequence[str], way: Way) -> int:
        return self._all(names, way, lambda part: self.admin.delete_topics(part, operation_timeout=_ANSWER))

    def until_known(self, names: Sequence[str]) -> None:
        """Wait until the broker knows all of them: first the last one, which costs little to ask for."""
        _await(lambda: self.describe(names[-1:], Way()) == 1)
        _await(lambda: self._known() >= set(names))

    def until_gone(self, names: Sequence[str]) -> None:
        _await(lambda: not self._known() & set(names))

    def _known(self) -> set[str]:
        return set(self.admin.list_topics(timeout=_ANSWER).topics)

    def until_set(self, names: Sequence[str], config: Mapping[str, str]) -> None:
        """Wait until the last of them shows the settings: the broker learns changes in their order."""
        _await(lambda: self.shows(names[-1], config))

    def shows(self, name: str, config: Mapping[str, str]) -> bool:
        (future,) = self.admin.describe_configs([_topic(name)]).values()
        found = future.result()
        return all(found[key].value == value for key, value in config.items())

    def _all(self, names: Sequence[str], way: Way, send: Callable[[list[str]], Mapping[Any, Future[Any]]]) -> int:
        """Send every part, `way.flight` at a time, and count what did not fail; absent topics just don't count."""
        waiting: deque[Mapping[Any, Future[Any]]] = deque()
        done = 0
        for start in range(0, len(names), way.chunk):
            waiting.append(send(list(names[start : start + way.chunk])))
            if len(waiting) >= way.flight:
                done += _count(waiting.popleft())
        return done + sum(map(_count, waiting))


def _count(futures: Mapping[Any, Future[Any]]) -> int:
    done = 0
    for future in futures.values():
        try:
            future.result()
        except KafkaException as error:
            if error.args[0].name() not in _ABSENT:
                raise
        else:
            done += 1
    return done


def _topic(name: str, config: Mapping[str, str] | None = None) -> ConfigResource:
    entries = [
        ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET) for key, value in (config or {}).items()
    ]
    return ConfigResource(ConfigResource.Type.TOPIC, name, incremental_configs=entries)


def _await(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SEEN_WITHIN
    while not seen():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not seen within {_SEEN_WITHIN:g} s")
        time.sleep(_LOOK_EVERY)


# --- the works


def plan_creates(raw: Raw, job: Job) -> int:
    raw.identify()
    raw.describe(job.names, job.way("describe"))
    return raw.create(job.names, job.way("dry"), job.config, dry=True)


def plan_nothing(raw: Raw, job: Job) -> int:
    raw.identify()
    raw.describe(job.names, job.way("describe"))
    return raw.configs(job.names, job.way("configs"))


def plan_config(raw: Raw, job: Job) -> int:
    plan_nothing(raw, job)
    raw.ends(job.names, job.way("offsets"))
    return raw.alter(job.names, job.way("dry"), job.config, dry=True)


def apply_creates(raw: Raw, job: Job) -> int:
    raw.create(job.names, job.way("create"), job.config, dry=False)
    raw.until_known(job.names)
    raw.describe(job.names, job.way("describe"))
    return raw.configs(job.names, job.way("configs"))


def apply_config(raw: Raw, job: Job) -> int:
    raw.ends(job.names, job.way("offsets"))
    raw.alter(job.names, job.way("create"), job.config, dry=False)
    raw.until_set(job.names, job.config)
    raw.describe(job.names, job.way("describe"))
    return raw.configs(job.names, job.way("configs"))


def delete(raw: Raw, job: Job) -> int:
    done = raw.delete(job.names, Way())
    raw.until_gone(job.names)
    return done


WORKS: Mapping[str, Callable[[Raw, Job], int]] = {
    "plan-creates": plan_creates,
    "plan-nothing": plan_nothing,
    "plan-config": plan_config,
    "apply-creates": apply_creates,
    "apply-config": apply_config,
    "delete": delete,
}


def sweep(raw: Raw, job: Job) -> dict[str, tuple[int, int]]:
    """The best way for each kind of call on topics that exist; `dry` is for creates and changes alike."""
    raw.describe(job.names, Way(500, 2))

    def dry(way: Way) -> int:
        return raw.alter(job.names, way, {"retention.ms": "86400000"}, dry=True)

    tried: dict[str, tuple[Callable[[Way], int], list[Way]]] = {
        "describe": (lambda way: raw.describe(job.names, way), list(_ways((250, 500, 1_000), (1, 2)))),
        "configs": (lambda way: raw.configs(job.names, way), list(_ways((250, 500, 1_000), (1, 2, 4)))),
        "offsets": (lambda way: raw.ends(job.names, way), list(_ways((500, 1_000), (1, 2)))),
        "dry": (dry, list(_ways((1_000, 2_500), (1, 2)))),
    }
    best: dict[str, tuple[int, int]] = {}
    for call, (act, ways) in tried.items():
        took = {}
        for way in ways:
            begun = time.perf_counter()
            act(way)
            took[way.chunk, way.flight] = time.perf_counter() - begun
        best[call] = min(took, key=lambda way: took[way])
    return best


def _ways(chunks: Sequence[int], flights: Sequence[int]) -> Iterator[Way]:
    return (Way(chunk, flight) for chunk in chunks for flight in flights)


def main(work: str, text: str) -> None:
    job = Job(**json.loads(text))
    begun, cpu = time.perf_counter(), time.process_time()
    raw = Raw(job.bootstrap)
    answer: dict[str, Any] = {}
    if work == "sweep":
        answer["ways"] = sweep(raw, job)
    else:
        answer["done"] = WORKS[work](raw, job)
    answer |= {"wall": time.perf_counter() - begun, "cpu": time.process_time() - cpu}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
