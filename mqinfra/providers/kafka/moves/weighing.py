"""What moving replicas takes, before it is done: bytes copied, to which brokers, and whether they have room."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mqinfra.model.setting import Problem
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.replicas import Disk
from mqinfra.providers.kafka.api.rights import ALTER, ALTER_CONFIGS
from mqinfra.providers.kafka.moves.ground import Copy, Ground, Topic, ground, size_of
from mqinfra.providers.kafka.moves.throttles import LISTS

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

_SHOWN = 10


@dataclass(slots=True)
class Bill:
    """What the replicas of one topic take.

    Attributes:
        copied: bytes by broker that gets some.
        freed: bytes by broker that loses some.
        gets: replicas by broker.
        loses: replicas by broker.
        unknown: why the bytes can't be told; empty when they can.
    """

    copied: Counter[int] = field(default_factory=Counter)
    freed: Counter[int] = field(default_factory=Counter)
    gets: Counter[int] = field(default_factory=Counter)
    loses: Counter[int] = field(default_factory=Counter)
    unknown: str = ""


def texts(client: "KafkaClient", factors: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """Say of each topic what bringing it to its factor takes, broker by broker.

    Raises:
        UserError: the cluster did not answer.
    """
    found = ground(client, factors)
    if isinstance(found, str):
        return dict.fromkeys(factors, (f"what is copied can't be told: {found}",))
    disks = client.replicas.disks(found.racks)
    return {
        name: tuple(_lines(bill_of(topic, topic.copies(found.racks, found.load), disks), disks))
        for name, topic in found.topics.items()
        if isinstance(topic, Topic)
    }


def bill_of(topic: Topic, copies: Sequence[Copy], disks: Mapping[int, Disk | KafkaFault]) -> Bill:
    """Add up what copies of a topic take."""
    bill = Bill()
    for copy in copies:
        bill.gets.update(copy.added)
        bill.loses.update(copy.removed)
        size = size_of((topic.name, copy.partition.number), copy.partition.leader, disks)
        if size is None:
            said = disks.get(copy.partition.leader) if copy.partition.leader is not None else None
            bill.unknown = said.message if isinstance(said, KafkaFault) else "its leader does not tell"
        else:
            bill.copied.update(dict.fromkeys(copy.added, size))
            bill.freed.update(dict.fromkeys(copy.removed, size))
    return bill


def _lines(bill: Bill, disks: Mapping[int, Disk | KafkaFault]) -> Iterator[str]:
    if bill.gets:
        whole = "" if bill.unknown else f", {rough(sum(bill.copied.values()))}"
        each = [_share(broker, bill, disks) for broker in sorted(bill.gets)]
        yield f"copies {_replicas(bill.gets.total())}{whole}: {_some(each)}"
    if bill.loses:
        whole = "" if bill.unknown else f", {rough(sum(bill.freed.values()))}"
        each = [f"{number} of broker {broker}" for broker, number in sorted(bill.loses.items())]
        yield f"drops {_replicas(bill.loses.total())}{whole}: {_some(each)}"
    if bill.unknown:
        yield f"how many bytes that is can't be told: {bill.unknown}"


def _share(broker: int, bill: Bill, disks: Mapping[int, Disk | KafkaFault]) -> str:
    disk = disks.get(broker)
    free = f" of {rough(disk.free)} free" if isinstance(disk, Disk) and disk.free is not None else ""
    size = "" if bill.unknown else f" ({rough(bill.copied[broker])}{free})"
    return f"{bill.gets[broker]} to broker {broker}{size}"


def _replicas(number: int) -> str:
    return "1 replica" if number == 1 else f"{number:,} replicas"


def _some(each: Sequence[str]) -> str:
    more = f" and {len(each) - _SHOWN} more brokers" if len(each) > _SHOWN else ""
    return ", ".join(each[:_SHOWN]) + more


def rough(size: int) -> str:
    """Bytes for people, to two or three digits: `1.2 GiB`."""
    amount, units = float(size), ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    while amount >= 1_000 and len(units) > 1:
        amount, units = amount / 1_024, units[1:]
    return f"{amount:.0f} {units[0]}" if amount >= 10 or units[0] == "B" else f"{amount:.1f} {units[0]}"


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why replicas of a topic can't be moved.

    Attributes:
        problem: the reason, and what to do.
        lacking: the right that the caller lacks, `Alter on the cluster`; empty where it is not about one.
    """

    problem: Problem
    lacking: str = ""


def hindrances(client: "KafkaClient", factors: Mapping[str, int]) -> dict[str, tuple[Hindrance, ...]]:
    """Say which topics can't be brought to their factors.

    Raises:
        UserError: the cluster did not answer.
    """
    general = _in_general(client)
    if general:
        return dict.fromkeys(factors, general)
    found = ground(client, factors)
    if isinstance(found, str):
        return dict.fromkeys(factors, (Hindrance(Problem(f"its replicas can't be moved: {found}")),))
    hindered = {
        name: (Hindrance(why),)
        for name, topic in found.topics.items()
        if isinstance(topic, Topic) and (why := _of_topic(topic, found)) is not None
    }
    going = [topic for name, topic in found.topics.items() if isinstance(topic, Topic) and name not in hindered]
    return hindered | _too_full(going, found, client)


def _in_general(client: "KafkaClient") -> tuple[Hindrance, ...]:
    reason = client.replicas.unavailable()
    if reason:
        way_out = (
            "move them with `kafka-reassign-partitions`, and until then `lifecycle: {ignore: [replicationFactor]}`"
        )
        return (Hindrance(Problem(f"moving its replicas {reason}", way_out)),)
    return tuple(
        Hindrance(right.problem(client.peer.principal), right.lacking)
        for right in (ALTER, ALTER_CONFIGS)
        if not right.held_by(client.rights)
    )


def _of_topic(topic: Topic, found: Ground) -> Problem | None:
    if topic.foreign:
        return under_way_elsewhere(topic)
    if topic.unmarkable and not topic.over:
        return throttled_whole(topic)
    if topic.leaderless:
        numbers = ", ".join(map(str, topic.leaderless[:_SHOWN]))
        return Problem(
            f"its replicas can't be moved: there is no leader of {_partitions(len(topic.leaderless))} {numbers}",
            "bring the brokers back that hold the partitions",
        )
    wanting = [one for one in topic.going if len(one.replicas) != topic.factor and one.steady]
    if len(topic.copies(found.racks, found.load)) < len(wanting):
        brokers = "1 broker is alive" if len(found.racks) == 1 else f"{len(found.racks)} brokers are alive"
        return Problem(f"{topic.factor} replicas can't be placed: {brokers}", "start more brokers first")
    return None


def under_way_elsewhere(topic: Topic) -> Problem:
    """What is said of a topic whose replicas somebody else is moving."""
    return Problem(
        f"somebody else is moving its replicas ({_partitions(len(topic.moves))} "
        f"{', '.join(map(str, sorted(topic.moves)[:_SHOWN]))})",
        "plan again when `kafka-reassign-partitions --list` no longer shows it",
    )


def throttled_whole(topic: Topic) -> Problem:
    """What is said of a topic of which others throttle everything."""
    return Problem(
        "its replicas can't be moved: all of them are throttled by somebody else (`*`), so that nothing would tell a "
        "move from theirs",
        f"take it away first: `kafka-configs --alter --entity-type topics --entity-name {topic.name} --delete-config "
        f"{','.join(LISTS)}`",
    )


def _partitions(number: int) -> str:
    return "partition" if number == 1 else "partitions"


def _too_full(topics: Sequence[Topic], found: Ground, client: "KafkaClient") -> dict[str, tuple[Hindrance, ...]]:
    """Topics that get replicas on a broker that has no room for all that the plan brings to it."""
    disks = client.replicas.disks(found.racks)
    bills = {topic.name: bill_of(topic, topic.copies(found.racks, found.load), disks) for topic in topics}
    whole: Counter[int] = sum((bill.copied for bill in bills.values()), Counter())
    full: dict[int, Problem] = {}
    for broker, size in whole.items():
        disk = disks.get(broker)
        if isinstance(disk, Disk) and disk.free is not None and size > disk.free:
            full[broker] = Problem(
                f"broker {broker} has no room for its replicas: {rough(size)} would be copied there by this plan, "
                f"and {rough(disk.free)} are free",
                "make room, or move fewer topics at once",
            )
    return {
        name: (Hindrance(full[broker]),)
        for name, bill in bills.items()
        for broker in sorted(bill.copied)
        if broker in full and bill.copied[broker]
    }
