"""A real stream to test on: canaries that its groups see, read by XREAD from where it ended before, in no group."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mqinfra.model.errors import UserError
from mqinfra.model.judgement import Mode
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.ground import Ground
from mqinfra.providers.base.verification.message import Delivery, Message, Sent
from mqinfra.providers.base.verification.onlooker import Onlooker
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.api.entry_id import parse
from mqinfra.providers.redis.api.node import Moved, Node
from mqinfra.providers.redis.api.replies import pairs
from mqinfra.providers.redis.api.resp import Call, Reply
from mqinfra.providers.redis.verification.connection import PATIENCE
from mqinfra.providers.redis.verification.consumer import pages
from mqinfra.providers.redis.verification.entry import delivery_of, position
from mqinfra.providers.redis.verification.place import StreamPlace
from mqinfra.providers.redis.verification.producer import StreamProducer

_NOTHING = "0-0"
_WAIT_MS = 200
_MANY = 1_000


@contextmanager
def in_place(client: RedisClient, place: StreamPlace) -> Iterator["InPlaceGround"]:
    """Work on a real stream, and hang up afterwards. Entries stay: XDEL would make the lag of groups unknown.

    Raises:
        UserError: it can't be read.
    """
    ground = InPlaceGround(client, place)
    try:
        yield ground
    finally:
        ground.close()


class CanaryProducer(StreamProducer):
    """Adds canaries to a real stream, which it neither trims nor lets expire.

    Args:
        node: a connection of its own.
        stream: the key.
        uids: where the ids of what it sends are kept.
    """

    def __init__(self, node: Node, stream: str, uids: set[str]) -> None:
        super().__init__(node, stream, trim=(), life="")
        self._uids = uids

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        """Add entries."""
        self._uids.update(one.uid for one in messages)
        return super().send(messages, timeout)


class Reader(Onlooker):
    """Reads a stream from an id on, in no group, and hands out canaries alone.

    Args:
        node: a connection of its own.
        stream: the key.
        last: the id after which it begins.
        uids: ids of the canaries.
    """

    def __init__(self, node: Node, stream: str, last: str, uids: set[str]) -> None:
        self._node, self._stream, self._last, self._uids = node, stream, last, uids

    def receive(self, most: int, timeout: float) -> Sequence[Delivery]:
        """XREAD.

        Raises:
            UserError: the server refuses, or does not answer.
        """
        end = time.monotonic() + timeout
        came: list[Delivery] = []
        while len(came) < most:
            wait = max(1, min(_WAIT_MS, int((end - time.monotonic()) * 1_000)))
            call = ("XREAD", "COUNT", str(min(most - len(came), _MANY)), "BLOCK", str(wait), "STREAMS")
            reply = _checked(self._node, self._node.send([(*call, self._stream, self._last)])[0])
            now = time.monotonic_ns()
            for entry, flat in _entries(reply):
                self._last = entry
                found = delivery_of(self._stream, entry, flat, now)
                if found.uid in self._uids:
                    came.append(found)
            if time.monotonic() >= end:
                break
        return came

    def close(self) -> None:
        """Hang up."""
        self._node.close()


class InPlaceGround(Ground[StreamPlace]):
    """A real stream.

    Args:
        client: the deployment.
        place: the stream.

    Raises:
        UserError: it can't be read.
    """

    def __init__(self, client: RedisClient, place: StreamPlace) -> None:
        self.place, self.mode, self.name = place, Mode.IN_PLACE, place.name
        self._client, self._uids = client, set[str]()
        self._open: list[Node] = []
        self._start = self._end(self.name)
        self._dead = self._end(place.dead_letters) if place.dead_letters else ""

    def close(self) -> None:
        """Hang up."""
        for node in self._open:
            node.close()

    def producer(self) -> CanaryProducer:
        """A producer of canaries."""
        return CanaryProducer(self._node(self.name), self.name, self._uids)

    def consumer(self, *, group: str = "one", accepts_itself: bool = False) -> Reader:  # noqa: ARG002 - it joins none
        """A reader from where the stream ended when the ground was made."""
        return Reader(self._node(self.name), self.name, self._start, self._uids)

    def drain(self, timeout: float) -> Iterator[Delivery]:
        """Read what came since then once more."""
        return self._since(self.name, self._start, timeout)

    def drain_dead(self, timeout: float) -> Iterator[Delivery]:
        """The same of its dead letters."""
        return self._since(self.place.dead_letters, self._dead, timeout) if self._dead else iter(())

    def depth(self) -> int | None:
        """What waits there is not the canaries'."""
        return None

    def passed(self, sent: Sequence[Sent]) -> int | None:
        """How many of these all groups were given and have acknowledged; None where there is no group."""
        groups = [pairs(one) for one in self._ask(("XINFO", "GROUPS", self.name))]
        if not groups:
            return None
        done = [self._done(str(one["name"]), str(one["last-delivered-id"])) for one in groups]
        places = [one.position for one in sent if one.position is not None]
        return sum(all(at <= last and at not in pending for last, pending in done) for at in places)

    def _done(self, group: str, last: str) -> tuple[int, set[int | None]]:
        pending = self._ask(("XPENDING", self.name, group, "-", "+", str(_MANY * _MANY)))
        return position(last) or 0, {position(str(entry)) for entry, *_ in pending}

    def _since(self, stream: str, start: str, timeout: float) -> Iterator[Delivery]:
        end, node = time.monotonic() + timeout, self._node(stream)
        for page in pages(node, stream, self._end(stream), start=f"({start}"):
            now = time.monotonic_ns()
            for entry, flat in page:
                found = delivery_of(stream, entry, flat, now)
                if found.uid in self._uids:
                    yield found
            if time.monotonic() > end:
                message = f"`{stream}` could not be read to its end within {timeout:.0f} s"
                raise UserError([NOT_READ.at(message, address=node.where)])

    def _end(self, stream: str) -> str:
        """The last id of a stream; of one that is not there, what is before the first."""
        node = self._node(stream)
        reply = node.send([("XINFO", "STREAM", stream)])[0]
        if isinstance(reply, Fault) and "no such key" in reply.message:
            return _NOTHING
        last = str(pairs(_checked(node, reply)).get("last-generated-id") or _NOTHING)
        return last if parse(last) is not None else _NOTHING

    def _ask(self, call: Call) -> Reply:
        node = self._node(self.name)
        return _checked(node, node.send([call])[0])

    def _node(self, stream: str) -> Node:
        node = self._client.home(stream).another(PATIENCE)
        self._open.append(node)
        return node


def _entries(reply: Reply) -> list[tuple[str, Reply]]:
    if not reply:
        return []
    streams = reply.values() if isinstance(reply, dict) else [some for _, some in reply]
    return [(str(entry), flat) for some in streams for entry, flat in some]


def _checked(node: Node, reply: Reply) -> Reply:
    if isinstance(reply, Moved):
        raise UserError([NOT_READ.at("the slot of a stream moved meanwhile", address=node.where)])
    if isinstance(reply, Fault):
        raise node.unreadable(reply)
    return reply
