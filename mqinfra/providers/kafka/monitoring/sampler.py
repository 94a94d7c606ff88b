"""Samples of topics and groups: a few bulk calls for all of them.

Positions are read before ends, so that no group seems to be ahead of its topic. How far a group is behind counts to
where a reader of committed records can get: what lies in open transactions nobody is late with.
"""

import time
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.monitoring.sample import RETENTION_USED, Lane, Observed, Sample, Sampler
from mqinfra.providers.base.monitoring.watched import Watched, What
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.group_calls import Membership, Positions

TRANSACTIONS = "__transaction_state"
NOT_THERE = "it does not exist; `mqinfra apply` makes it"
_AGE = 60.0
"""Seconds for which it is remembered whether somebody uses transactions, and from where on records are young."""
_DEAD = Membership(active=False, members=(), rights=frozenset(), state="DEAD")
_SETTLED: Mapping[str, bool] = {
    "STABLE": True,
    "EMPTY": True,
    "DEAD": True,
    "PREPARING_REBALANCING": False,
    "COMPLETING_REBALANCING": False,
}
_GONE = "GROUP_ID_NOT_FOUND"
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Log:
    """The partitions of a topic, as lanes that nobody reads; or why they can't be told."""

    lanes: tuple[Lane, ...] = ()
    unknown: str = ""


class KafkaSampler(Sampler):
    """Looks at topics and groups.

    Attributes:
        client: the cluster.
    """

    def __init__(self, client: KafkaClient) -> None:
        self.client = client
        self._young: dict[tuple[Place, int], tuple[float, int]] = {}

    def sample(self, watched: Sequence[Watched]) -> list[Observed]:
        """Look once at groups, then at topics."""
        at = time.time()
        marked = TRANSACTIONS in self.client.topics.names(age=_AGE)
        known = list(self._known(watched))
        groups = list(dict.fromkeys(one.consumer for one in known if one.what is What.GROUP and not one.prefixed))
        described = self.client.groups.described(groups)
        members, stands = _members(described), self.client.groups.positions(groups, described)
        logs = self._partitions({one.name for one in known if one.name})
        logs = self._ends(logs | self._partitions(_read_besides(known, stands, logs)))
        found = [
            Observed(one, replace(self._sample(one, members, stands, logs), at=at, marked=marked)) for one in known
        ]
        return self._dated(found, at)

    def _known(self, watched: Sequence[Watched]) -> Iterator[Watched]:
        """What is watched, with the groups that are there for those of which only the beginning of names is known."""
        listed: Iterable[str] | None = None
        for one in watched:
            if not one.prefixed:
                yield one
                continue
            if listed is None:
                seen = self.client.groups.seen()
                if isinstance(seen, KafkaFault):
                    raise self.client.wire.unreadable("ListGroups", seen)
                listed = sorted(seen)
            some = [name for name in listed if name.startswith(one.consumer)]
            yield from (replace(one, consumer=name, prefixed=False) for name in some)
            if not some:
                yield one

    def _partitions(self, topics: Collection[str]) -> dict[str, _Log]:
        """The partitions of topics with their replicas in sync, of whose ends nothing is known yet."""
        return {
            name: _Log(unknown=NOT_THERE if answer.absent else answer.message)
            if isinstance(answer, KafkaFault)
            else _Log(tuple(Lane(str(number), in_sync=copies) for number, copies in enumerate(answer.in_sync)))
            for name, answer in self.client.topics.describe(sorted(topics))
        }

    def _ends(self, logs: Mapping[str, _Log]) -> dict[str, _Log]:
        """The same with the first offsets, the next ones, and those up to which a reader gets now."""
        calls = self.client.topics
        places = [(name, int(lane.name)) for name, log in logs.items() for lane in log.lanes]
        earliest = dict(calls.offsets(places, latest=False))
        readable = dict(calls.offsets(places, latest=True, stable=True))
        ends = dict(calls.offsets(places, latest=True))
        return {
            name: replace(
                log,
                lanes=tuple(
                    replace(
                        lane,
                        earliest=_number(earliest.get((name, number))),
                        end=_number(ends.get((name, number))),
                        readable=_number(readable.get((name, number))),
                    )
                    for number, lane in enumerate(log.lanes)
                ),
            )
            for name, log in logs.items()
        }

    def _sample(
        self,
        one: Watched,
        members: Mapping[str, Membership | KafkaFault],
        stands: Mapping[str, Positions | KafkaFault],
        logs: Mapping[str, _Log],
    ) -> Sample:
        counted = not one.limits.compacted
        if one.what is What.SHARE_GROUP:
            return Sample(0.0, unknown="nobody can read yet how far share groups are")
        if one.prefixed:
            return Sample(0.0, unknown=f"no group has a name that begins with `{one.consumer}`")
        if one.what is What.TOPIC:
            log = logs.get(one.name, _Log(unknown=NOT_THERE))
            return replace(_of_topic(log), counted=counted)
        member, stand = members[one.consumer], stands[one.consumer]
        fault = member if isinstance(member, KafkaFault) else stand
        if isinstance(member, KafkaFault) or isinstance(stand, KafkaFault):
            return Sample(0.0, unknown=fault.message if isinstance(fault, KafkaFault) else "")
        log = logs.get(one.name, _Log(unknown=NOT_THERE)) if one.name else _read(stand, logs)
        if log.unknown:
            return Sample(0.0, unknown=log.unknown)
        lanes = log.lanes if not one.name else _standing(log.lanes, stand.get(one.name, ()))
        return Sample(
            0.0,
            lanes=lanes,
            waiting=_sum(lane.lag for lane in lanes if lane.committed is not None),
            consumers=len(member.members),
            state=member.state.lower().replace("_", " "),
            settled=_SETTLED.get(member.state),
            taken=_sum(lane.committed for lane in lanes if lane.committed is not None),
            counted=counted,
        )

    def _dated(self, found: list[Observed], at: float) -> list[Observed]:
        """Say of groups what of their unread records is too old: for what is promised, and for what is kept."""
        moments: dict[tuple[Place, int], int] = {}
        for observed in found:
            for lane in _behind(observed):
                place = (observed.watched.name, int(lane.name))
                for age in _ages(observed.watched, lane):
                    moments[place, age] = int(at * 1_000) - age
        young = self._first_younger(moments)
        return [_with_ages(observed, young) for observed in found]

    def _first_younger(self, moments: Mapping[tuple[Place, int], int]) -> Mapping[tuple[Place, int], int]:
        """The first offsets with records that are younger than an age; what is all older has none and ends at -1."""
        now = time.monotonic()
        fresh = {key: known[1] for key in moments if (known := self._young.get(key)) and now - known[0] < _AGE}
        by_age: dict[int, dict[Place, int]] = {}
        for (place, age), moment in moments.items():
            if (place, age) not in fresh:
                by_age.setdefault(age, {})[place] = moment
        for age, some in by_age.items():
            for place, offset in self.client.topics.offsets_at(some):
                if not isinstance(offset, KafkaFault):
                    fresh[place, age] = offset
                    # A promise of seconds is not looked up once a minute.
                    if age >= _AGE * 10_000:
                        self._young[place, age] = (now, offset)
        return fresh


def _read_besides(
    known: Iterable[Watched], stands: Mapping[str, Positions | KafkaFault], logs: Container[str]
) -> set[str]:
    """Topics that groups read of which nobody says what they read, and that are not looked at anyway."""
    silent = (stands.get(one.consumer) for one in known if not one.name)
    return {topic for stand in silent if isinstance(stand, dict) for topic in stand if topic not in logs}


def _members(described: Mapping[str, Membership | KafkaFault]) -> Mapping[str, Membership | KafkaFault]:
    return {
        name: _DEAD if isinstance(one, KafkaFault) and (one.absent or one.name == _GONE) else one
        for name, one in described.items()
    }


def _number(offset: int | KafkaFault | None) -> int | None:
    return None if offset is None or isinstance(offset, KafkaFault) else offset


def _sum(some: Iterable[int | None]) -> int | None:
    """The sum of what is known; None where nothing is, or anything is not."""
    numbers = list(some)
    known = [number for number in numbers if number is not None]
    return sum(known) if known and len(known) == len(numbers) else None


def _of_topic(log: _Log) -> Sample:
    if log.unknown:
        return Sample(0.0, unknown=log.unknown)
    held = [
        lane.end - lane.earliest if lane.end is not None and lane.earliest is not None else None for lane in log.lanes
    ]
    return Sample(0.0, lanes=log.lanes, length=_sum(held), put=_sum(lane.end for lane in log.lanes))


def _standing(lanes: Sequence[Lane], offsets: Sequence[int | None]) -> tuple[Lane, ...]:
    return tuple(replace(lane, committed=offsets[at] if at < len(offsets) else None) for at, lane in enumerate(lanes))


def _read(stand: Positions, logs: Mapping[str, _Log]) -> _Log:
    """All that a group reads of which nobody says what that is: its lanes are called after their topics."""
    lanes = [
        replace(lane, name=f"{topic}:{lane.name}")
        for topic, offsets in stand.items()
        if topic in logs
        for lane in _standing(logs[topic].lanes, offsets)
    ]
    return _Log(tuple(lanes))


def _behind(observed: Observed) -> Iterator[Lane]:
    if observed.watched.what is What.GROUP and observed.watched.name and not observed.sample.unknown:
        yield from (lane for lane in observed.sample.lanes if lane.lag)


def _kept(watched: Watched) -> int | None:
    """The age at which a record is about to go."""
    kept = watched.limits.retention_ms
    return int(kept * RETENTION_USED) if kept else None


def _ages(watched: Watched, lane: Lane) -> Iterator[int]:
    """The ages that matter of a lane in which something waits: only the older half of a log is about to go."""
    if watched.promises.max_delay is not None:
        yield watched.promises.max_delay
    kept = _kept(watched)
    if kept is None or lane.committed is None or lane.earliest is None or lane.end is None:
        return
    if lane.committed - lane.earliest <= (lane.end - lane.earliest) / 2:
        yield kept


def _with_ages(observed: Observed, young: Mapping[tuple[Place, int], int]) -> Observed:
    watched, sample = observed.watched, observed.sample
    if watched.what is not What.GROUP or sample.unknown or not watched.name:
        return observed
    promised, kept = watched.promises.max_delay, _kept(watched)
    return replace(
        observed,
        sample=replace(
            sample,
            overdue=_older(watched, sample, promised, young) if promised is not None else None,
            endangered=_older(watched, sample, kept, young) if kept is not None else None,
        ),
    )


def _older(watched: Watched, sample: Sample, age: int, young: Mapping[tuple[Place, int], int]) -> int:
    """How many unread records are older than an age."""
    number = 0
    for lane in sample.lanes:
        first = young.get(((watched.name, int(lane.name)), age))
        if first is not None and lane.committed is not None and lane.lag:
            goal = lane.readable if lane.readable is not None else lane.end or 0
            number += max(0, min(first if first >= 0 else goal, goal) - max(lane.committed, lane.earliest or 0))
    return number
