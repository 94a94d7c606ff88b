"""A copy of a stream to test on: with the live stream's settings, in its slot, and with dead letters beside it."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count

from mqinfra.model.errors import UserError
from mqinfra.model.judgement import Mode
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.ground import Client, Ground, Used
from mqinfra.providers.base.verification.message import Delivery
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.api.node import Moved, Node
from mqinfra.providers.redis.api.replies import number, pairs
from mqinfra.providers.redis.api.resp import Call, Reply
from mqinfra.providers.redis.api.slots import hash_tag
from mqinfra.providers.redis.streams.spec import DEAD_LETTER_SUFFIX
from mqinfra.providers.redis.verification.claims import Claims
from mqinfra.providers.redis.verification.connection import PATIENCE, Held
from mqinfra.providers.redis.verification.consumer import GroupConsumer, pages
from mqinfra.providers.redis.verification.entry import delivery_of
from mqinfra.providers.redis.verification.following import Following
from mqinfra.providers.redis.verification.mastery import master_of, up, whole
from mqinfra.providers.redis.verification.place import StreamPlace
from mqinfra.providers.redis.verification.producer import LIFE, StreamProducer

_NOTHING = "0-0"


def clone_name(run: Run, number: int, stream: str) -> str:
    """The name of a copy. It has the hash tag of what it stands for, so it lies in the same slot of a Cluster.

    Args:
        run: whose it is.
        number: which of the run's copies it is, as one stream may have several at a time.
        stream: what it stands for.
    """
    own = stream
    if hash_tag(stream) == stream:
        # What holds braces can't be put between some; with a dot it shares a slot with its dead letters all the same.
        own = f"{{.{stream}}}" if set(stream) & {"{", "}"} else f"{{{stream}}}"
    return run.name(f"{number}.{own}")


@contextmanager
def cloned(client: RedisClient, place: StreamPlace, name: str) -> Iterator["CloneGround"]:
    """Make a copy of a stream under a name, and take it away again.

    Raises:
        UserError: it can't be made.
    """
    ground = CloneGround(client, place, name)
    try:
        ground.make()
        yield ground
    finally:
        ground.take_away()


class CloneGround(Ground[StreamPlace]):
    """A copy of a stream.

    Args:
        client: the deployment.
        place: the stream.
        name: the copy's key.
    """

    def __init__(self, client: RedisClient, place: StreamPlace, name: str) -> None:
        self.place, self.mode, self.name = place, Mode.CLONE, name
        self.dead_letters = name + DEAD_LETTER_SUFFIX if place.dead_letters else ""
        self.claims = Claims()
        self._client, self._own = client, Following(client, name, PATIENCE)
        self._lock, self._numbers, self._open = threading.Lock(), count(1), list[Node]()

    def make(self) -> None:
        """Make the stream, with the settings that the live one has.

        Raises:
            UserError: the server refuses.
        """
        (told,) = self.ask([("XINFO", "STREAM", self.place.name)])
        info = pairs(told)
        calls: list[Call] = [
            ("XGROUP", "CREATE", self.name, "make", "$", "MKSTREAM"),
            ("XGROUP", "DESTROY", self.name, "make"),
        ]
        duration, size = number(info.get("idmp-duration")), number(info.get("idmp-maxsize"))
        if duration is not None and size is not None:
            calls.append(("XCFGSET", self.name, "IDMP-DURATION", str(duration), "IDMP-MAXSIZE", str(size)))
        self.ask([*calls, ("EXPIRE", self.name, LIFE)])

    def take_away(self) -> None:
        """Delete the stream and its dead letters, and hang up.

        Raises:
            UserError: the server refuses; the keys expire by themselves.
        """
        keys = [self.name, *filter(None, [self.dead_letters])]
        try:
            for reply in self._again([("UNLINK", *keys)]):
                self._checked(reply)
        finally:
            with self._lock:
                nodes = [*self._open, self._own]
            for node in nodes:
                node.close()

    def ask(self, calls: list[Call]) -> list[Reply]:
        """Send commands over the ground's own connection.

        Raises:
            UserError: the server refuses one, or does not answer.
        """
        with self._lock:
            replies = self._own.send(calls)
        return [self._checked(reply) for reply in replies]

    def _again(self, calls: list[Call]) -> list[Reply]:
        """Send, and once more where the connection broke since it was used: servers may have been restarted."""
        with self._lock:
            replies = self._own.send(calls)
            if any(isinstance(one, Fault) and one.lost for one in replies):
                replies = self._own.send(calls)
        return replies

    def node(self) -> Node:
        """A connection of its own to the server that has the stream."""
        node = Following(self._client, self.name, PATIENCE)
        with self._lock:
            self._open.append(node)
        return node

    def producer(self) -> StreamProducer:
        """A producer that keeps the stream from filling the memory."""
        return StreamProducer(self.node(), self.name)

    def consumer(self, *, group: str = "one", accepts_itself: bool = False) -> GroupConsumer:
        """A consumer of a group that begins with the first entry."""
        (made,) = self._again([("XGROUP", "CREATE", self.name, group, "0", "MKSTREAM")])
        name = f"consumer-{next(self._numbers)}"
        if not (isinstance(made, Fault) and made.message.startswith("BUSYGROUP")):
            self._checked(made)
        return GroupConsumer(
            self.node(), self.name, group, name, self.claims, self.dead_letters, accepts_itself=accepts_itself
        )

    def drain(self, timeout: float) -> Iterator[Delivery]:
        """Read the stream from its first entry to the last that it has now."""
        return self._drained(self.name, timeout)

    def drain_dead(self, timeout: float) -> Iterator[Delivery]:
        """Read the dead letters."""
        return self._drained(self.dead_letters, timeout) if self.dead_letters else iter(())

    def depth(self) -> int | None:
        """What the group that lags most has not been given; all entries where there is no group."""
        groups, length = self.ask([("XINFO", "GROUPS", self.name), ("XLEN", self.name)])
        lags = [number(pairs(group).get("lag")) for group in groups]
        if not lags:
            return number(length)
        return None if None in lags else max(lag for lag in lags if lag is not None)

    def leader(self) -> str | None:
        """The server that takes the stream's writes, by its `host:port`."""
        found = master_of(self._client, self.name)
        return found.name if found is not None else None

    def nodes(self) -> Sequence[str]:
        """The servers that answer, by the same names."""
        return up(self._client)

    def settled(self) -> bool:
        """Whether every server is there, and follows its master or is one."""
        return self.leader() is not None and whole(self._client)

    def connect(self) -> Client:
        """A connection that has said hello and does nothing."""
        node = self._client.home(self.name).another(PATIENCE)
        (reply,) = node.send([("PING",)])
        if isinstance(reply, Fault):
            node.close()
            raise node.unreadable(reply)
        return Held(node)

    def limits(self) -> Mapping[str, Used]:
        """How many clients the server has, and how many it takes."""
        (told,) = self.ask([("INFO", "clients")])
        info = dict(line.split(":", 1) for line in str(told).splitlines() if ":" in line)
        used, most = info.get("connected_clients", ""), info.get("maxclients", "")
        return {"clients": Used(int(used), int(most))} if used.isdigit() and most.isdigit() else {}

    def _drained(self, stream: str, timeout: float) -> Iterator[Delivery]:
        newest = self._checked(self._again([("XREVRANGE", stream, "+", "-", "COUNT", "1")])[0])
        last = str(newest[0][0]) if newest else _NOTHING
        return self._entries(stream, last, timeout)

    def _entries(self, stream: str, last: str, timeout: float) -> Iterator[Delivery]:
        end, node = time.monotonic() + timeout, self.node()
        try:
            for page in pages(node, stream, last):
                now = time.monotonic_ns()
                for entry, flat in page:
                    yield delivery_of(stream, entry, flat, now)
                if time.monotonic() > end:
                    message = f"`{stream}` could not be read to its end within {timeout:.0f} s"
                    raise UserError([NOT_READ.at(message, address=node.where)])
        finally:
            node.close()

    def _checked(self, reply: Reply) -> Reply:
        if isinstance(reply, Moved):
            raise UserError([NOT_READ.at(f"the slot of `{self.name}` moved meanwhile", address=self._own.where)])
        if isinstance(reply, Fault):
            raise self._own.unreadable(reply)
        return reply
