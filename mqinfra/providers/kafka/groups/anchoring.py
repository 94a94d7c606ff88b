"""What `startAt` and `resetTo` come to now: offsets, and what is read again or skipped by going there. Pure."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Cost, CostKind
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.model.frozen import copied, dataclass
from mqinfra.model.span import Path
from mqinfra.model.wording import each_named
from mqinfra.providers.base.anchored import Anchoring, Wish
from mqinfra.providers.base.rule import Finding
from mqinfra.providers.kafka.groups.logs import Ends, Logs
from mqinfra.providers.kafka.groups.moment import Ago, End, Place, Time, parse
from mqinfra.providers.kafka.groups.reading import Seen
from mqinfra.providers.kafka.groups.spec import GroupSpec, Offsets

OFFSETS = "offsets"
RESET: Path = ("resetTo",)
START: Path = ("startAt",)
HANDED_BACK = (
    "fixed offsets: once retention deletes what is there, or the brokers forget the offsets of an idle group, "
    "`auto.offset.reset` of its clients decides again"
)

GROUP_AT_WORK = Code(
    "MQ220",
    "a group with members is not moved",
    "The group has members, which read on from where they are and commit that, whatever stands on the brokers. Kafka "
    "takes no offsets for it from anybody else.\n\n"
    "Stop its clients, plan again and apply, and start them again.",
    bad="kafka:\n  groups:\n    billing: {topics: [orders], resetTo: {to: earliest, id: OPS-1}}   # its clients run",
)
NO_PLACE = Code(
    "MQ355",
    "can't tell where a group is to begin",
    "`startAt` and `resetTo` become offsets while planning. For that the topic's partitions have to be seen, which "
    "takes Describe on it, and an offset has to be one that the topic has.",
    bad="kafka:\n  groups:\n    billing: {topics: [orders], resetTo: {to: 900, id: OPS-1}}   # ends at 700",
)
SETTINGS_UNSEEN = Code(
    "MQ356",
    "the settings of a group can't be seen",
    "Without them nobody can tell whether they are as declared. Grant DescribeConfigs on the group, or leave `config` "
    "out.",
    bad="kafka:\n  groups:\n    billing: {config: {consumer.session.timeout.ms: 50s}}   # no DescribeConfigs",
)
START_LEFT = Code(
    "MQ468",
    "where a group begins is not up to the manifest any more",
    "`startAt` is for topics of which a group without members has no offset. A group that has offsets keeps them, "
    "whatever `startAt` says; one with members begins where `auto.offset.reset` of its clients says. Where an apply "
    "set offsets, and the brokers forgot them since, because the group was idle or somebody deleted it, `startAt` is "
    "not done again: it would skip or repeat what nobody asked for.\n\n"
    "That is as it should be for a group at work. To move it, stop its clients and use `resetTo`.",
    severity=Severity.INFO,
    good="kafka:\n  groups:\n    billing: {topics: [orders], startAt: earliest}",
)
CODES = (GROUP_AT_WORK, NO_PLACE, SETTINGS_UNSEEN, START_LEFT)


@dataclass(frozen=True, slots=True)
class _Aim:
    """Topics of a group that are to be moved.

    Attributes:
        topics: the topics.
        place: where to.
        path: the field that says so.
    """

    topics: tuple[str, ...]
    place: Place
    path: Path


def anchor(
    wishes: Sequence[Wish], logs: Logs, now: Callable[[], float] = time.time, *, lenient: bool = False
) -> dict[Address, Anchoring]:
    """Work out what wishes come to.

    Args:
        wishes: what is declared, and what is there.
        logs: the logs of topics; asked once for all of them.
        now: seconds since 1970.
        lenient: what can't be told holds nothing back, since nothing can be applied.
    """
    wishes = _of_these_topics(wishes, logs)
    aims = {wish.address: _aim(wish) for wish in wishes}
    moving = [aim for aim in aims.values() if aim is not None]
    topics = dict.fromkeys(topic for aim in moving for topic in aim.topics)
    ends = logs.ends(topics) if topics else {}
    places = _Places(ends, _by_time(moving, ends, logs, int(now() * 1_000)), Severity.WARNING if lenient else None)
    return {wish.address: _anchoring(wish, aims[wish.address], places) for wish in wishes}


def _of_these_topics(wishes: Sequence[Wish], logs: Logs) -> Sequence[Wish]:
    """Forget what applies set of topics that are not there any more: one that is made anew is another one."""
    forgotten = {topic for wish in wishes for topic in _forgotten(wish)}
    remade = {f"{OFFSETS}.{topic}" for topic in forgotten - logs.made(forgotten)} if forgotten else set()
    return [copied(wish, started=wish.started - remade) for wish in wishes] if remade else wishes


def _forgotten(wish: Wish) -> list[str]:
    """Topics of which an apply set offsets, and the brokers have none any more."""
    topics, held = GroupSpec.narrow(wish.spec).topics, _held(wish)
    return [topic for topic in topics if topic not in held and f"{OFFSETS}.{topic}" in wish.started]


def _aim(wish: Wish) -> _Aim | None:
    spec = GroupSpec.narrow(wish.spec)
    if _seen(wish).active:
        return None
    if RESET[0] in wish.due and spec.reset_to is not None:
        return _Aim(spec.topics, parse(spec.reset_to.to, offsets=True), RESET)
    begun = {*_held(wish), *_forgotten(wish)}
    fresh = tuple(topic for topic in spec.topics if topic not in begun)
    if spec.start_at is None or not fresh:
        return None
    return _Aim(fresh, parse(spec.start_at, offsets=False), START)


def _seen(wish: Wish) -> Seen:
    private = wish.live.private if wish.live is not None else None
    return private if isinstance(private, Seen) else Seen()


def _held(wish: Wish) -> Mapping[str, Offsets | None]:
    return GroupSpec.narrow(wish.live.spec).offsets if wish.live is not None else {}


Moments = Mapping[tuple[Place, str, int], int]


def _by_time(aims: Sequence[_Aim], ends: Mapping[str, Ends | str], logs: Logs, now: int) -> Moments:
    """Offsets of the places that are moments, one question for each moment: a call has a partition once."""
    found: dict[tuple[Place, str, int], int] = {}
    by_place: dict[Time | Ago, list[str]] = defaultdict(list)
    for aim in aims:
        if isinstance(aim.place, Time | Ago):
            by_place[aim.place] += aim.topics
    for place, topics in by_place.items():
        moment = place.ms if isinstance(place, Time) else now - place.ms
        asked = {
            (topic, partition): moment
            for topic in topics
            if isinstance(held := ends[topic], tuple)
            for partition, (begin, end) in enumerate(held)
            if begin < end
        }
        for (topic, partition), offset in (logs.at(asked) if asked else {}).items():
            found[place, topic, partition] = offset
    return found


@dataclass(frozen=True, slots=True)
class _Places:
    """Where places are in logs.

    Attributes:
        ends: first and next offsets by topic; a text says why they can't be told.
        moments: the offsets of places that are moments.
        severity: how much it weighs that a place can't be told; None for what its code says.
    """

    ends: Mapping[str, Ends | str]
    moments: Moments
    severity: Severity | None

    def offsets(self, topic: str, place: Place) -> tuple[int, ...] | str:
        """The offset of a place in each partition; a text says why there is none."""
        ends = self.ends[topic]
        if isinstance(ends, str):
            return ends
        found: list[int] = []
        for partition, (begin, end) in enumerate(ends):
            match place:
                case End.EARLIEST:
                    found.append(begin)
                case End.LATEST:
                    found.append(end)
                case int():
                    if not begin <= place <= end:
                        return f"topic `{topic}` has offsets {begin:,} to {end:,} in partition {partition}"
                    found.append(place)
                case _:
                    offset = self.moments.get((place, topic, partition), end if begin == end else None)
                    if offset is None:
                        return f"where that is in partition {partition} of topic `{topic}` was not answered"
                    found.append(end if offset < 0 else offset)
        return tuple(found)


def _anchoring(wish: Wish, aim: _Aim | None, places: _Places) -> Anchoring:
    spec, seen = GroupSpec.narrow(wish.spec), _seen(wish)
    findings = list(_findings(wish, spec, seen))
    fields: dict[Path, JsonValue] = {}
    costs: list[Cost] = []
    if aim is not None:
        held = _held(wish)
        for topic in aim.topics:
            offsets = places.offsets(topic, aim.place)
            if isinstance(offsets, str):
                findings.append(Finding(NO_PLACE, wish.address, offsets, path=aim.path, severity=places.severity))
                continue
            path, ends = (OFFSETS, topic), places.ends[topic]
            fields[path] = list(offsets)
            costs += _costs(topic, path, held.get(topic), offsets, ends if isinstance(ends, tuple) else ())
    if fields:
        costs.append(Cost(kind=CostKind.EFFECT, text=HANDED_BACK))
    costs += _taken_back(wish, spec)
    nothing = not fields and all(value is None for value in spec.config.values())
    return Anchoring(fields, tuple(costs), tuple(findings), nothing)


def _findings(wish: Wish, spec: GroupSpec, seen: Seen) -> Iterator[Finding]:
    name = wish.address.name
    if seen.settings and spec.config:
        yield Finding(SETTINGS_UNSEEN, wish.address, f"the settings of group `{name}` can't be seen: {seen.settings}")
    wanted = RESET if RESET[0] in wish.due else (OFFSETS,) if spec.offsets else ()
    if seen.active and wanted:
        message = f"group `{name}` has members, and is not moved"
        yield Finding(GROUP_AT_WORK, wish.address, message, ("stop its clients, then plan again",), wanted)
    elif spec.start_at is not None and not wanted:
        held = [topic for topic in spec.topics if topic in _held(wish)]
        forgotten = _forgotten(wish)
        fresh = [topic for topic in spec.topics if topic not in {*held, *forgotten}] if seen.active else []
        if forgotten:
            message = (
                f"where group `{name}` begins in {each_named(forgotten)} is left to `auto.offset.reset`: it was set by "
                "an earlier apply, and the brokers have no offsets of it any more"
            )
            yield Finding(START_LEFT, wish.address, message, ("`resetTo` sets them again",), START, cause="forgotten")
        if held:
            message = f"group `{name}` has offsets of {each_named(held)}, left unchanged"
            yield Finding(START_LEFT, wish.address, message, path=START, cause="offsets")
        if fresh:
            message = (
                f"where group `{name}` begins in {each_named(fresh)} is left to `auto.offset.reset`: it has members"
            )
            yield Finding(START_LEFT, wish.address, message, path=START, cause="members")


def _costs(topic: str, path: Path, held: Offsets | None, offsets: Sequence[int], ends: Ends) -> Iterator[Cost]:
    """What going somewhere means, in records: by offsets, which is an upper bound where logs have gaps."""
    again = skipped = waiting = 0
    for partition, (begin, end) in enumerate(ends):
        before = held[partition] if held is not None and partition < len(held) else None
        after = offsets[partition]
        waiting += end - after
        if before is not None:
            stood = min(max(before, begin), end)
            again += max(0, stood - after)
            skipped += max(0, after - stood)
    if again:
        text = f"{_records(again)} of `{topic}` are read again"
        yield Cost(kind=CostKind.SEMANTICS_CHANGED, text=text, path=path, number=again)
    if skipped:
        text = f"{_records(skipped)} of `{topic}` are skipped: this group never gets them"
        yield Cost(kind=CostKind.MESSAGES_LOST, text=text, path=path, number=skipped)
    if not again and not skipped:
        text = f"{_records(waiting)} of `{topic}` to read from there on"
        yield Cost(kind=CostKind.EFFECT, text=text, path=path, number=waiting)


def _taken_back(wish: Wish, spec: GroupSpec) -> Iterator[Cost]:
    """Offsets that the way back takes from a group, since it had none."""
    for topic, wanted in spec.offsets.items():
        if wanted is None and topic in _held(wish):
            text = f"its offsets of `{topic}` are deleted: `auto.offset.reset` of its clients says where it begins"
            yield Cost(kind=CostKind.SEMANTICS_CHANGED, text=text, path=(OFFSETS, topic))


def _records(number: int) -> str:
    return f"up to {number:,} records" if number else "no record"
