"""A copy of a topic to test on: with the live topic's own settings on the same brokers, and dead letters beside it."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import cast

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka import Message as Record
from confluent_kafka.admin._listoffsets import OffsetSpec
from pydantic import JsonValue

from mqinfra.model.errors import UserError
from mqinfra.model.judgement import Mode
from mqinfra.model.operation import Death
from mqinfra.providers.base.connecting.codes import NOT_ALLOWED, NOT_READ
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.ground import Client, Consumer, Ground, Producer
from mqinfra.providers.base.verification.message import Delivery
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.config_entry import OWN, Entry
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.wire import fault_of
from mqinfra.providers.kafka.moves.throttles import LISTS
from mqinfra.providers.kafka.topics.names import MAX_LENGTH
from mqinfra.providers.kafka.verification.consumer import SESSION, GroupConsumer
from mqinfra.providers.kafka.verification.doomed import DoomedConsumer
from mqinfra.providers.kafka.verification.drain import records
from mqinfra.providers.kafka.verification.entry import death_header, delivery_of
from mqinfra.providers.kafka.verification.idle import IdleConnection
from mqinfra.providers.kafka.verification.leftovers import delete_groups
from mqinfra.providers.kafka.verification.place import MOST_LANES, TopicPlace
from mqinfra.providers.kafka.verification.producer import SAFE, TopicProducer

_APPEARS = 10.0
_PAUSE = 0.05
_SOON = 1.0
_ROOM = 60
"""Characters that the names of dead letters and groups add to a copy's name."""


def clone_name(run: Run, number: int, topic: str) -> str:
    """The name of a copy.

    Args:
        run: whose it is.
        number: which of the run's copies it is, as one topic may have several at a time.
        topic: what it stands for.
    """
    return run.name(f"{number}.{topic}")[: MAX_LENGTH - _ROOM]


@contextmanager
def cloned(
    client: KafkaClient,
    place: TopicPlace,
    name: str,
    changed: Mapping[str, str | None] | None = None,
    deleted: set[str] | None = None,
) -> Iterator["CloneGround"]:
    """Make a copy of a topic under a name, and take it away again.

    Args:
        client: the cluster.
        place: the topic.
        name: the copy's name.
        changed: settings that the copy shall have otherwise; None for the broker's own.
        deleted: gets the names of topics that the cluster has deleted.

    Raises:
        UserError: it can't be made.
    """
    ground = CloneGround(client, place, name)
    try:
        ground.make(changed or {})
        yield ground
    finally:
        gone = ground.take_away()
        if deleted is not None:
            deleted |= gone


class CloneGround(Ground[TopicPlace]):
    """A copy of a topic.

    Attributes:
        client: the cluster.
        dead_letters: the copy of the topic of its dead letters; empty without.

    Args:
        client: the cluster.
        place: the topic.
        name: the copy's name.
    """

    def __init__(self, client: KafkaClient, place: TopicPlace, name: str) -> None:
        self.place, self.mode, self.name = place, Mode.CLONE, name
        self.client = client
        self.dead_letters = f"{name}.dlq" if place.dead_letters else ""
        self._groups: set[str] = set()
        self._made: dict[str, int] = {}
        self._crashed = False
        self._addresses: list[str] = []
        self._numbers = count()

    def make(self, changed: Mapping[str, str | None]) -> None:
        """Make the topics, with what is set on the live ones. What is not comes from the brokers, as it does there.

        Raises:
            UserError: the cluster refuses.
        """
        bodies: dict[str, dict[str, JsonValue]] = {}
        for source, name in ((self.place.name, self.name), (self.place.dead_letters, self.dead_letters)):
            body = _body(self.client, source, changed if source == self.place.name else {}) if name else None
            if body is not None:
                bodies[name] = body
        if self.name not in bodies:
            raise UserError([NOT_READ.at(f"`{self.place.name}` does not exist any more")])
        if self.dead_letters not in bodies:
            self.dead_letters = ""
        self._create(bodies)

    def _create(self, bodies: Mapping[str, Mapping[str, JsonValue]]) -> None:
        self._made.update({name: cast("int", body["partitions"]) for name, body in bodies.items()})
        for name, fault in self.client.topics.create(bodies).items():
            if fault is not None:
                code = NOT_ALLOWED if fault.denied else NOT_READ
                raise UserError([code.at(f"the copy `{name}` can't be created: {fault.message}")])
        self._await_all(bodies)

    def _await_all(self, names: Mapping[str, object]) -> None:
        """Brokers learn of a new topic one after the other, and each of its partitions wants a leader."""
        deadline = time.monotonic() + _APPEARS
        while True:
            found = dict(self.client.topics.partitions(names))
            if all(
                not isinstance(some, KafkaFault) and all(one.leader is not None for one in some)
                for some in found.values()
            ):
                return
            if time.monotonic() > deadline:
                raise UserError([NOT_READ.at(f"the copy `{self.name}` has no leaders after {_APPEARS:g} s")])
            time.sleep(_PAUSE)

    @property
    def lanes(self) -> int:
        """How many partitions the copy has."""
        return self._made[self.name]

    def another(self, suffix: str) -> str:
        """Make another topic like the copy, which goes with it.

        Raises:
            UserError: the cluster refuses.
        """
        name = f"{self.name}.{suffix}"
        body = _body(self.client, self.name, {})
        if body is None:
            raise UserError([NOT_READ.at(f"`{self.name}` does not exist any more")])
        self._create({name: body})
        return name

    def own_group(self, name: str) -> None:
        """Take a group away with the copy."""
        self._groups.add(name)

    def take_away(self) -> set[str]:
        """Delete the topics and groups.

        Returns:
            The topics that the cluster says it has deleted; single brokers may list them a moment longer.

        Raises:
            UserError: the cluster refuses; `mqinfra verify --gc` tries again.
        """
        faults = {name: fault for name, fault in self.client.topics.delete(self._made).items() if fault is not None}
        faults = {name: fault for name, fault in faults.items() if not fault.absent}
        patience = 2 * SESSION if self._crashed else _APPEARS
        faults.update(delete_groups(self.client, self._groups, patience))
        if faults:
            listed = "; ".join(f"`{name}`: {fault.message}" for name, fault in faults.items())
            raise UserError([NOT_READ.at(f"not everything could be deleted: {listed}")])
        return set(self._made)

    def producer(self) -> Producer:
        """A producer that waits for all replicas in sync."""
        return TopicProducer(self.client.clients, self.name)

    def consumer(self, *, group: str = "one", accepts_itself: bool = False) -> Consumer:
        """A member of a group, that has its partitions."""
        bury = self._bury if self.dead_letters else None
        return GroupConsumer(
            self.client.clients, self.name, self._group(group), accepts_itself=accepts_itself, bury=bury
        )

    def doomed(self, *, group: str = "one", accepts_itself: bool = False) -> Consumer:
        """A member of a group in a process of its own, which dies by SIGKILL."""
        self._crashed = True
        return DoomedConsumer(self.client.clients, self.name, self._group(group), accepts_itself=accepts_itself)

    def _group(self, group: str) -> str:
        name = f"{self.name}.{group}"
        self._groups.add(name)
        return name

    def drain(self, timeout: float) -> Iterator[Delivery]:
        """Read all partitions."""
        return map(delivery_of, records(self.client.clients, self.name, self._made[self.name], timeout))

    def drain_dead(self, timeout: float) -> Iterator[Delivery]:
        """Read all partitions of the dead letters."""
        if not self.dead_letters:
            return iter(())
        number = self._made[self.dead_letters]
        return map(delivery_of, records(self.client.clients, self.dead_letters, number, timeout))

    def depth(self) -> int | None:
        """How many records a new group would be given. Asked with little patience, so that an outage is seen.

        Raises:
            UserError: a leader does not answer.
        """
        admin = self.client.clients.admin({"socket.timeout.ms": int(_SOON * 1_000)})
        places = [TopicPartition(self.name, number) for number in range(self.lanes)]
        ends = []
        for spec in (OffsetSpec.earliest(), OffsetSpec.latest()):  # type: ignore[no-untyped-call]
            asked = admin.list_offsets(dict.fromkeys(places, spec), request_timeout=_SOON)
            try:
                ends.append(sum(one.result(2 * _SOON).offset for one in asked.values()))
            except (KafkaException, TimeoutError) as error:
                raise UserError([NOT_READ.at(f"`{self.name}` has no leader that answers: {error}")]) from None
        return int(ends[1] - ends[0])

    def leader(self) -> str | None:
        """The broker that leads most of the partitions."""
        ((_, found),) = self.client.topics.partitions([self.name])
        leaders = [one.leader for one in found if one.leader is not None] if not isinstance(found, KafkaFault) else []
        return str(Counter(leaders).most_common(1)[0][0]) if leaders else None

    def nodes(self) -> Sequence[str]:
        """The brokers that are alive, by their ids.

        Raises:
            UserError: none answers.
        """
        return [str(number) for number in sorted(self.client.replicas.brokers())]

    def settled(self) -> bool:
        """Whether all replicas of the copy are in sync, and lead as they did at first or not."""
        ((_, found),) = self.client.topics.partitions([self.name])
        return not isinstance(found, KafkaFault) and all(
            one.leader is not None and one.in_sync >= set(one.replicas) for one in found
        )

    def connect(self) -> Client | None:
        """A connection to a broker, to each in turn.

        Raises:
            UserError: the broker does not take it.
        """
        context = self.client.second.tls()
        if isinstance(context, str):
            return None
        if not self._addresses:
            self._addresses = sorted(self.client.replicas.addresses().values())
        return IdleConnection(self._addresses[next(self._numbers) % len(self._addresses)], context)

    def _bury(self, record: Record, death: Death) -> None:
        writer = self.client.clients.producer(SAFE)
        failed: list[str] = []
        headers = [*(record.headers() or ()), death_header(death)]
        try:
            writer.produce(
                self.dead_letters,
                record.value(),
                record.key(),
                headers=headers,
                on_delivery=lambda error, _: failed.append(error.str()) if error is not None else None,
            )
        except KafkaException as error:
            failed.append(fault_of(error).message)
        if writer.flush(_APPEARS):
            failed.append(f"no answer within {_APPEARS:g} s")
        if failed:
            raise UserError([NOT_READ.at(f"a dead letter was not written: {failed[0]}")])


def _body(client: KafkaClient, source: str, changed: Mapping[str, str | None]) -> dict[str, JsonValue] | None:
    """What makes a topic like another; None where that one is not there."""
    ((_, placed),) = client.topics.partitions([source])
    ((_, entries),) = client.topics.configs([source])
    if isinstance(placed, KafkaFault) or isinstance(entries, KafkaFault):
        fault = next(one for one in (placed, entries) if isinstance(one, KafkaFault))
        if fault.absent:
            return None
        code = NOT_ALLOWED if fault.denied else NOT_READ
        raise UserError([code.at(f"the settings of `{source}` can't be read: {fault.message}")])
    listed: Mapping[str, Entry] = entries
    own = {key: entry.value for key, entry in listed.items() if entry.source == OWN and key not in LISTS}
    config = {**own, **changed}
    return {
        "partitions": min(len(placed), MOST_LANES),
        "replicationFactor": max(len(one.replicas) for one in placed),
        "config": {key: value for key, value in config.items() if value is not None},
    }
