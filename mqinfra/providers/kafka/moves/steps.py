"""Bringing topics to their replication factors, step by step; each looks at the cluster anew and remembers nothing.

So a run that was killed is gone on with by the next. Throttles come before what they throttle, in the order in which a
run that ends in between leaves something by which the next one knows them: the topic's list first and gone last.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.providers.base.request import Lost, Refused, UnderWay
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.replicas import Disk, Partition, Place
from mqinfra.providers.kafka.moves.ground import Copy, Ground, Topic, ground, throttles_of
from mqinfra.providers.kafka.moves.progress import progress
from mqinfra.providers.kafka.moves.throttles import (
    FOLLOWING,
    LEADING,
    RATES,
    Throttled,
    entries,
    is_our_rate,
    rate_for,
)
from mqinfra.providers.kafka.moves.weighing import throttled_whole, under_way_elsewhere

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

IN_FLIGHT = 200
"""Partitions that are moved at once: what is not begun yet need not be waited for, or undone."""
_NEWS = 5.0
"""Seconds within which brokers know what the controller knows."""
_LOOK = 0.2
"""Seconds between two looks at that."""
_SAMPLE = 1.0
"""Seconds over which it is measured how much comes in."""

Standing = UnderWay | Refused | Lost


def step(client: "KafkaClient", factors: Mapping[str, int]) -> dict[str, Standing]:
    """Do what is next for topics that are to have these factors.

    Returns:
        where topics stand with which it is not over; the others are done, and have no throttle of ours any more.

    Raises:
        UserError: the cluster did not answer.
    """
    found = ground(client, factors)
    if isinstance(found, str):
        return dict.fromkeys(factors, _blind(found))
    standing: dict[str, Standing] = {}
    topics: list[Topic] = []
    for name, topic in found.topics.items():
        if isinstance(topic, KafkaFault):
            standing[name] = _blind(topic.message)
        elif topic.foreign:
            problem = under_way_elsewhere(topic)
            standing[name] = Refused(problem.message, (problem.help,))
        elif topic.unmarkable and not topic.over:
            problem = throttled_whole(topic)
            standing[name] = Refused(problem.message, (problem.help,))
        else:
            topics.append(topic)
    begun, refused = _begin(client, topics, found)
    standing |= refused
    going = [topic for topic in topics if topic.name not in refused and not topic.over]
    disks = _held(client, going, begun, found)
    standing |= {topic.name: progress(topic, begun[topic.name], found, disks) for topic in going}
    over = [topic for topic in topics if topic.name not in standing]
    limited = any(topic.throttled.any_ours or any(copy.added for copy in begun[topic.name]) for topic in going)
    return standing | _finish(client, over, found, limited=limited)


def _blind(why: str) -> UnderWay:
    return UnderWay(f"how far it is can't be told: {why}", (), why)


def _begin(
    client: "KafkaClient", topics: Sequence[Topic], found: Ground
) -> tuple[dict[str, list[Copy]], dict[str, Standing]]:
    """Begin as many moves as may be under way at once, and say what could not be."""
    room = IN_FLIGHT - sum(len(topic.moves) for topic in topics)
    begun: dict[str, list[Copy]] = {topic.name: [] for topic in topics}
    refused: dict[str, Standing] = {}
    for topic in topics:
        copies = topic.copies(found.racks, found.load)[: max(room, 0)]
        room -= len(copies)
        fault = _list_throttled(client, topic, copies)
        if fault is not None:
            refused[topic.name] = fault.result(f"its replicas could not be throttled: {fault.message}")
        else:
            begun[topic.name] = copies
    every = [(name, copy) for name, some in begun.items() for copy in some]
    fault = _set_rates(client, every, topics, found)
    if fault is not None:
        said = fault.result(f"how fast its replicas are copied could not be limited: {fault.message}")
        refused |= {name: said for name, some in begun.items() if some}
        return {name: [] for name in begun}, refused
    wanted = {(name, copy.partition.number): copy.brokers for name, copy in every}
    for (name, number), answer in (client.replicas.reassign(wanted) if wanted else {}).items():
        if answer is not None:
            refused[name] = answer.result(f"partition {number} can't be moved: {answer.message}")
    return begun, refused


def _list_throttled(client: "KafkaClient", topic: Topic, copies: Sequence[Copy]) -> KafkaFault | None:
    """List what is copied as throttled: whoever leads or may lead it, and whoever gets it."""
    copied = [copy for copy in copies if copy.added]
    wanted = {
        LEADING: [one for copy in copied for one in entries(copy.partition.number, copy.partition.replicas)],
        FOLLOWING: [one for copy in copied for one in entries(copy.partition.number, copy.added)],
    }
    lacking = {
        name: ",".join(new)
        for name, some in wanted.items()
        if "*" not in topic.throttled.others[name]
        and (new := [one for one in some if one not in topic.throttled.ours[name]])
    }
    return client.replicas.amend(topic.name, lacking, {}) if lacking else None


def _set_rates(
    client: "KafkaClient", copies: Sequence[tuple[str, Copy]], topics: Sequence[Topic], found: Ground
) -> KafkaFault | None:
    """Give a rate to each broker that copies and has none, or another one of ours; one of somebody else's stays.

    What an earlier run began goes as fast as this one may.
    """
    begun = {broker for _, copy in copies if copy.added for broker in (*copy.partition.replicas, *copy.added)}
    going = {broker for topic in topics if topic.throttled.any_ours for broker in topic.copying}
    brokers = (begun | going) & found.racks.keys()
    lacking: dict[int, list[str]] = {}
    for broker in sorted(brokers):
        settings = client.replicas.settings(broker)
        if isinstance(settings, KafkaFault):
            return settings
        open_ = [name for name in RATES if name not in settings or _is_outdated(client, settings[name])]
        if open_:
            lacking[broker] = open_
    if not lacking:
        return None
    inbound = _inbound(client, copies, brokers) if client.move_rate is None else 0
    rate = str(rate_for(client.move_rate, inbound))
    faults = [client.replicas.give(broker, dict.fromkeys(names, rate)) for broker, names in lacking.items()]
    return next((fault for fault in faults if fault is not None), None)


def _is_outdated(client: "KafkaClient", rate: str | None) -> bool:
    return is_our_rate(rate) and client.move_rate is not None and rate != str(rate_for(client.move_rate, 0))


def _inbound(client: "KafkaClient", copies: Sequence[tuple[str, Copy]], brokers: Collection[int]) -> int:
    """Bytes a second that come into what is to be copied; none where brokers don't tell."""
    leaders = {
        (name, copy.partition.number): copy.partition.leader
        for name, copy in copies
        if copy.partition.leader is not None
    }
    begun = time.monotonic()
    before = _sizes(client, leaders, brokers)
    time.sleep(_SAMPLE)
    after = _sizes(client, leaders, brokers)
    # Records that expire meanwhile would hide some that come in.
    grown = sum(max(0, size - before.get(place, size)) for place, size in after.items())
    return int(grown / (time.monotonic() - begun))


def _sizes(client: "KafkaClient", leaders: Mapping[Place, int], brokers: Collection[int]) -> dict[Place, int]:
    disks = client.replicas.disks(brokers, _by_topic(leaders))
    found: dict[Place, int] = {}
    for place, leader in leaders.items():
        disk = disks.get(leader)
        if isinstance(disk, Disk) and place in disk.sizes:
            found[place] = disk.sizes[place]
    return found


def _held(
    client: "KafkaClient", going: Sequence[Topic], begun: Mapping[str, Sequence[Copy]], found: Ground
) -> Mapping[int, Disk | KafkaFault]:
    """What brokers hold of what is being moved."""
    places: list[Place] = []
    brokers: set[int] = set()
    for topic in going:
        numbers = {*topic.moves, *(copy.partition.number for copy in begun[topic.name])}
        places += [(topic.name, number) for number in numbers]
        brokers.update(broker for one in topic.partitions if one.number in numbers for broker in one.replicas)
    return client.replicas.disks(brokers & found.racks.keys(), _by_topic(places)) if places else {}


def _by_topic(places: Collection[Place]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for name, number in places:
        found.setdefault(name, []).append(number)
    return found


def _finish(client: "KafkaClient", over: Sequence[Topic], found: Ground, *, limited: bool) -> dict[str, Standing]:
    """Let preferred leaders lead, and take our throttles back; what is left of that is still under way.

    Args:
        client: talks to the cluster.
        over: topics that have their factors.
        found: the cluster.
        limited: topics that are not over need the rates still.
    """
    fault = _elect(client, over, found)
    marked = [topic for topic in over if topic.throttled.any_ours]
    if fault is None and marked and not limited and not _others_throttled(client, over, found):
        fault = _take_rates(client, found)
    if fault is not None:
        return {topic.name: UnderWay(f"moved, and not finished: {fault.message}", (), fault.message) for topic in over}
    left: dict[str, Standing] = {}
    for topic in marked:
        fault = _unlist(client, topic)
        if fault is not None:
            left[topic.name] = UnderWay(f"moved, and still throttled: {fault.message}", (), fault.message)
    return left


def _elect(client: "KafkaClient", over: Sequence[Topic], found: Ground) -> KafkaFault | None:
    """Let preferred leaders lead that don't, and could.

    The controller says that a move is over before every broker knows who is in sync by then, so that brokers which
    seem not to be are looked at again for a while.
    """
    topics = {topic.name: topic.partitions for topic in over}
    deadline = time.monotonic() + _NEWS
    while late := [
        name for name, some in topics.items() if any(not _may_lead(one) for one in _led_by_others(some, found))
    ]:
        if time.monotonic() >= deadline:
            break
        time.sleep(_LOOK)
        for name, seen in client.replicas.partitions(late).items():
            if isinstance(seen, KafkaFault):
                return seen
            topics[name] = seen
    places = [
        (name, one.number) for name, some in topics.items() for one in _led_by_others(some, found) if _may_lead(one)
    ]
    return client.replicas.elect(places) if places else None


def _led_by_others(partitions: Sequence[Partition], found: Ground) -> list[Partition]:
    """Partitions that another broker leads than the preferred one, which is alive."""
    return [one for one in partitions if one.leader != one.replicas[0] and one.replicas[0] in found.racks]


def _may_lead(one: Partition) -> bool:
    return one.replicas[0] in one.in_sync


def _others_throttled(client: "KafkaClient", over: Sequence[Topic], found: Ground) -> bool:
    """Whether another run of mqinfra is moving something, which takes the rates back when it is done."""
    names = found.moves.keys() - {topic.name for topic in over}
    return any(isinstance(said, Throttled) and said.any_ours for said in throttles_of(client, names).values())


def _take_rates(client: "KafkaClient", found: Ground) -> KafkaFault | None:
    for broker in sorted(found.racks):
        settings = client.replicas.settings(broker)
        if isinstance(settings, KafkaFault):
            return settings
        ours: dict[str, str | None] = dict.fromkeys([name for name in RATES if is_our_rate(settings.get(name))])
        fault = client.replicas.give(broker, ours) if ours else None
        if fault is not None:
            return fault
    return None


def _unlist(client: "KafkaClient", topic: Topic) -> KafkaFault | None:
    """Take our entries out of a topic's lists. A list of nothing would stay as a setting of the topic's own."""
    shared = {n: ",".join(some) for n, some in topic.throttled.ours.items() if some and topic.throttled.others[n]}
    alone = [n for n, some in topic.throttled.ours.items() if some and not topic.throttled.others[n]]
    fault = client.replicas.amend(topic.name, {}, shared) if shared else None
    return fault or (client.replicas.reset(topic.name, alone) if alone else None)
