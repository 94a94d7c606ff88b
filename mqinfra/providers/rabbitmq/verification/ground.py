"""A copy of a queue to test on: what is in force on the queue, and its dead letters' way, under names of its own.

Messages go in by an exchange that hands on all of them, so that routing keys are as free as on the way to the queue.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count

from pydantic import JsonValue

from mqinfra.model.errors import UserError
from mqinfra.model.judgement import Mode
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.ground import Client, Ground, Used
from mqinfra.providers.base.verification.message import Delivery
from mqinfra.providers.rabbitmq.api.call import Call, RabbitFault
from mqinfra.providers.rabbitmq.api.channel import Came, Channel
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.verification import nodes
from mqinfra.providers.rabbitmq.verification.blueprint import BindingCopy, Blueprint, ExchangeCopy
from mqinfra.providers.rabbitmq.verification.consumer import AHEAD, AnsweringConsumer, Source
from mqinfra.providers.rabbitmq.verification.copying import Copying
from mqinfra.providers.rabbitmq.verification.envelope import delivery_of
from mqinfra.providers.rabbitmq.verification.line import BROKEN, GOODBYE, Held, Line
from mqinfra.providers.rabbitmq.verification.live import LiveVhost
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.producer import ConfirmingProducer

_STREAM, _CLASSIC = "stream", "classic"
_ENTRY = "i"
"""The letter in the name of the exchange by which messages go in."""
_QUIET = 0.3
"""Seconds for which a queue must have nothing more before it counts as read to its end: what a consumer held that is
gone comes back a moment later."""
_QUIET_STREAM = 1.5
_LISTED = 10.0
"""Seconds within which a connection is listed."""
_SETTLES = 2.0
"""Seconds after which a server has written the name of a quorum queue or stream to disk. It does so half a second after
the last change of that table (`ra_directory`, `auto_save`), and not when the queue is declared: a node that is killed
before then starts the queue anew, empty, and forgets what it confirmed."""
_KEPT_BYTES = 1_000
"""Bytes that a canary takes of a queue's room."""


@contextmanager
def made(client: RabbitClient, blueprint: Blueprint) -> Iterator[None]:
    """Make what a blueprint says, and take it away again.

    Raises:
        UserError: it can't be made, or not all of it could be taken away.
    """
    try:
        for calls in blueprint.making():
            for answer in client.send(calls):
                if isinstance(answer, RabbitFault):
                    raise _refused(client, "a copy can't be made", answer)
        yield
    finally:
        taken_away(client, blueprint.removal())


def taken_away(client: RabbitClient, calls: list[Call]) -> None:
    """Delete; what is gone is gone.

    Raises:
        UserError: the server refuses; queues expire by themselves, and exchanges go with them.
    """
    faults = [one for one in client.send(calls) if isinstance(one, RabbitFault) and not one.absent]
    if faults:
        raise _refused(client, "a copy can't be deleted", faults[0])


def _refused(client: RabbitClient, what: str, fault: RabbitFault) -> UserError:
    return UserError([NOT_READ.at(f"{what}: {fault.message}", address=client.where, help=fault.help)])


@contextmanager
def queue_copy(
    client: RabbitClient,
    place: QueuePlace,
    blueprint: Blueprint,
    lowered: Mapping[str, JsonValue] | None = None,
    room: Mapping[str, int] | None = None,
) -> Iterator["QueueGround"]:
    """Make a copy of a queue, and take it away again.

    Args:
        client: the deployment.
        place: the queue.
        blueprint: an empty one for it.
        lowered: settings that the copy has instead, by the names of policy keys.
        room: limits that copies of queues of dead letters have at most, where they have any.

    Raises:
        UserError: no copy can be made.
    """
    copy = Copying(LiveVhost(client, place.vhost), blueprint, room).queue(place.name, lowered)
    entry = blueprint.name(place.name, _ENTRY)
    blueprint.exchanges[entry] = ExchangeCopy("", "fanout")
    blueprint.bindings.append(BindingCopy(entry, copy, to_queue=True))
    with made(client, blueprint):
        ground = QueueGround(client, place, blueprint, copy, entry)
        try:
            yield ground
        finally:
            ground.close()


class QueueGround(Ground[QueuePlace]):
    """A copy of a queue.

    Args:
        client: the deployment.
        place: the queue.
        blueprint: what was made.
        copy: the copy's name.
        entry: the exchange by which messages go in.
    """

    def __init__(self, client: RabbitClient, place: QueuePlace, blueprint: Blueprint, copy: str, entry: str) -> None:
        self.place, self.mode, self.name = place, Mode.CLONE, copy
        self.line = Line(client.broker, place.vhost, f"mqinfra verify {blueprint.run.id} {blueprint.number}")
        self.client, self.blueprint = client, blueprint
        self.room = _room(blueprint.queues[copy].arguments)
        self.entry, self._stream = entry, blueprint.queues[copy].type == _STREAM
        self.settles = 0.0 if blueprint.queues[copy].type == _CLASSIC else _SETTLES
        self._arrivals, self._offsets = count(1), dict[str, int]()
        self._lock = threading.Lock()
        self._asking: Channel | None = None

    def producer(self) -> ConfirmingProducer:
        """A producer with confirms."""
        return ConfirmingProducer(self.line, self.entry, self.place.name)

    def consumer(self, *, group: str = "one", accepts_itself: bool = False) -> AnsweringConsumer:
        """A consumer; those of a queue share its messages whatever their group, those of a stream read it each."""
        return self.consumer_ahead(AHEAD, group=group, accepts_itself=accepts_itself)

    def consumer_ahead(self, ahead: int, *, group: str = "one", accepts_itself: bool = False) -> AnsweringConsumer:
        """A consumer that holds so many messages unanswered at most."""
        return AnsweringConsumer(
            self.line,
            Source(self.name, self._stream, self._deliveries(self.name)),
            ahead=ahead,
            accepts_itself=accepts_itself,
            offsets=self._offsets,
            group=group,
        )

    def drain(self, timeout: float) -> Iterator[Delivery]:
        """Take everything out of the queue, or read the stream from its first message."""
        return drained(self.line, self.blueprint, self.name, self._arrivals, timeout)

    def drain_dead(self, timeout: float) -> Iterator[Delivery]:
        """Take everything out of the queues that its dead letters get to."""
        for queue in self.graves:
            yield from drained(self.line, self.blueprint, queue, self._arrivals, timeout)

    @property
    def graves(self) -> Mapping[str, str]:
        """The queues that dead letters get to: copies by their own names, with what they stand for."""
        return {name: copy.real for name, copy in self.blueprint.queues.items() if name != self.name}

    def depth(self) -> int | None:
        """Messages that are ready; None of a stream, whose number is known late. It is asked for all the same.

        Raises:
            UserError: the server does not answer.
        """
        with self._lock:
            try:
                if self._asking is None:
                    self._asking = self.line.open()
                self._asking.allow(GOODBYE)
                ready = self._asking.ready_in(self.name)
            except BROKEN as error:
                if self._asking is not None:
                    self._asking.cut()
                    self._asking = None
                raise self.line.trouble(error) from None
        return None if self._stream else ready

    def sever(self) -> int | None:
        """Close the connections of this ground's clients by the management API, which lists them a moment late.

        Raises:
            UserError: they can't be listed or closed.
        """
        end = time.monotonic() + _LISTED
        before, names = list[str](), connections(self.client, self.line.name)
        while (not names or names != before) and time.monotonic() < end:  # one may be listed before another
            time.sleep(_QUIET)
            before, names = names, connections(self.client, self.line.name)
        taken_away(self.client, [Call("DELETE", ("connections", name)) for name in names])
        return len(names)

    def leader(self) -> str | None:
        """The node that leads the copy, or that it lies on."""
        return nodes.leader(nodes.row_of(self.client, self.place.vhost, self.name))

    def nodes(self) -> Sequence[str]:
        """The nodes that run."""
        return nodes.up(self.client)

    def settled(self) -> bool:
        """Whether all replicas of the copy are online."""
        return nodes.settled(nodes.row_of(self.client, self.place.vhost, self.name))

    def connect(self) -> Client:
        """A connection that does nothing."""
        return Held(self.line.opened())

    def limits(self) -> Mapping[str, Used]:
        """Descriptors and sockets of each node."""
        return nodes.limits(self.client)

    def close(self) -> None:
        """Hang up."""
        if self._asking is not None:
            self._asking.close()

    def _deliveries(self, queue: str) -> Callable[[Came, object], Delivery]:
        return deliveries(self.blueprint, queue, self._arrivals)


def connections(client: RabbitClient, said: str) -> list[str]:
    """The server's names of connections that call themselves so.

    Raises:
        UserError: they can't be listed.
    """
    rows = client.get("connections", columns="name,user_provided_name,client_properties")
    if isinstance(rows, RabbitFault):
        raise _refused(client, "connections can't be listed", rows)
    found = []
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict):
            told = row.get("client_properties")
            own = told.get("connection_name") if isinstance(told, dict) else None
            if said in (own, row.get("user_provided_name")):
                found.append(str(row.get("name")))
    return found


def drained(line: Line, blueprint: Blueprint, queue: str, arrivals: "count[int]", timeout: float) -> Iterator[Delivery]:
    """Take everything out of a copy, or read the copy of a stream from its first message.

    Args:
        line: where to connect to.
        blueprint: what was made.
        queue: the copy's name.
        arrivals: counts what comes.
        timeout: seconds.

    Raises:
        UserError: it could not be read to its end in time.
    """
    stream = blueprint.queues[queue].type == _STREAM
    quiet, end = _QUIET_STREAM if stream else _QUIET, time.monotonic() + timeout
    consumer = AnsweringConsumer(line, Source(queue, stream, deliveries(blueprint, queue, arrivals)))
    try:
        while (some := consumer.receive(AHEAD, quiet)) or not consumer.at_end:
            yield from some
            consumer.accept(some)
            if time.monotonic() > end:
                message = f"`{queue}` could not be read to its end within {timeout:.0f} s"
                raise UserError([NOT_READ.at(message, address=line.broker.where)])
    finally:
        consumer.close()


def deliveries(blueprint: Blueprint, queue: str, arrivals: "count[int]") -> Callable[[Came, object], Delivery]:
    """What makes deliveries of what comes from a copy."""
    real = blueprint.real
    lane = real.get(queue, queue)
    return lambda came, handle: delivery_of(came, lane, next(arrivals), real, handle)


def _room(arguments: Mapping[str, JsonValue]) -> int | None:
    limits = []
    for name, each in (("x-max-length", 1), ("x-max-length-bytes", _KEPT_BYTES)):
        limit = arguments.get(name)
        if isinstance(limit, int):
            limits.append(limit // each)
    return min(limits, default=None)
