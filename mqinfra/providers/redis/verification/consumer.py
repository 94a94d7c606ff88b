"""A consumer of a group of a stream: XREADGROUP, XACK, and the conventions of clients where Redis has no rule."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from mqinfra.model.errors import Bug, UserError
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.ground import Consumer
from mqinfra.providers.base.verification.message import Delivery
from mqinfra.providers.redis.api.node import Moved, Node
from mqinfra.providers.redis.api.resp import Reply
from mqinfra.providers.redis.verification.claims import Claims
from mqinfra.providers.redis.verification.entry import delivery_of, story
from mqinfra.providers.redis.verification.producer import LIFE

REJECTED = "rejected"
_WAIT = 1.0
"""Seconds that one question waits at the server, so that a deadline is kept."""
_PAUSE = 0.05
_MANY = 1_000


class GroupConsumer(Consumer):
    """Reads what is new for its group, and claims what others of it left behind.

    Args:
        node: a connection of its own to the stream's server.
        stream: the key.
        group: its group, which is there.
        name: its own name, which no other has.
        claims: what may be claimed.
        dead_letters: the stream for entries that are given up; empty without.
        accepts_itself: entries count as done when they are delivered.
    """

    def __init__(
        self,
        node: Node,
        stream: str,
        group: str,
        name: str,
        claims: Claims,
        dead_letters: str = "",
        *,
        accepts_itself: bool = False,
    ) -> None:
        self._node, self._stream, self._group, self._name = node, stream, group, name
        self._claims, self._dead_letters, self._accepts_itself = claims, dead_letters, accepts_itself
        self._held: set[str] = set()
        self._broke = self._ended = False

    def receive(self, most: int, timeout: float) -> Sequence[Delivery]:
        """Claim what may be claimed, then read what is new; after a lost answer first what it brought.

        Raises:
            UserError: the server refuses.
        """
        end = time.monotonic() + timeout
        came: list[Delivery] = []
        while len(came) < most:
            came += self._missed(most - len(came)) if self._broke else ()
            came += self._claimed(most - len(came))
            if len(came) < most:
                came += self._new(most - len(came), min(_WAIT, end - time.monotonic()))
            if time.monotonic() >= end:
                break
        return came

    def accept(self, deliveries: Sequence[Delivery]) -> None:
        """XACK.

        Raises:
            UserError: the server refuses, or does not answer.
        """
        ids = [_entry(one)[0] for one in deliveries]
        self._held.difference_update(ids)
        if ids and not self._accepts_itself:
            self._ask([("XACK", self._stream, self._group, *ids)])

    def reject(self, delivery: Delivery) -> None:
        """Move an entry to the dead letters, or give it up where there are none: all of it at once, or nothing.

        Raises:
            UserError: the server refuses, or does not answer.
        """
        self.bury(delivery, REJECTED)

    def bury(self, delivery: Delivery, reason: str) -> None:
        """Move an entry to the dead letters for a reason.

        Raises:
            UserError: the server refuses, or does not answer.
        """
        entry, flat = _entry(delivery)
        self._held.discard(entry)
        calls: list[tuple[str, ...]] = [("MULTI",)]
        if self._dead_letters:
            told = story(self._stream, reason, (delivery.deliveries or 0) + 1)
            calls.append(("XADD", self._dead_letters, "*", *map(str, flat), *told))
            calls.append(("EXPIRE", self._dead_letters, LIFE))
        self._ask([*calls, ("XACK", self._stream, self._group, entry), ("EXEC",)])

    def requeue(self, delivery: Delivery) -> None:
        """Leave an entry pending for whoever of the group claims it next."""
        entry, _ = _entry(delivery)
        self._held.discard(entry)
        self._claims.give_back(self._group, entry)

    def crash(self) -> None:
        """Hang up; what was not accepted stays pending under its name."""
        self.close()

    def close(self) -> None:
        """Hang up. Redis keeps the consumer's name and what is pending for it, as clients leave it."""
        if not self._ended:
            self._ended = True
            self._node.close()
            self._claims.left(self._group, self._name)

    def _new(self, most: int, wait: float) -> list[Delivery]:
        read = ["XREADGROUP", "GROUP", self._group, self._name, "COUNT", str(min(most, _MANY))]
        if wait > 0:
            read += ["BLOCK", str(max(1, int(wait * 1_000)))]
        if self._accepts_itself:
            read.append("NOACK")
        reply = self._asked((*read, "STREAMS", self._stream, ">"), wait)
        return self._deliveries(_entries(reply), redelivered=False)

    def _missed(self, most: int) -> list[Delivery]:
        """What an answer brought that was lost on the way: pending for this consumer, and not in its hands."""
        reply = self._asked(("XREADGROUP", "GROUP", self._group, self._name, "STREAMS", self._stream, "0"))
        if reply is None:
            return []
        missed = [(entry, flat) for entry, flat in _entries(reply) if entry not in self._held]
        self._broke = len(missed) > most
        return self._deliveries(missed[:most], redelivered=True)

    def _claimed(self, most: int) -> list[Delivery]:
        for consumer in self._claims.gone(self._group):
            pending = self._asked(
                ("XPENDING", self._stream, self._group, "-", "+", str(_MANY * _MANY), consumer), within=_WAIT
            )
            if pending is None:
                self._claims.left(self._group, consumer)
            for entry, *_ in pending or ():
                self._claims.give_back(self._group, str(entry))
        ids = self._claims.returned(self._group, min(most, _MANY))
        if not ids:
            return []
        reply = self._asked(("XCLAIM", self._stream, self._group, self._name, "0", *ids))
        if reply is None:
            for entry in ids:
                self._claims.give_back(self._group, entry)
            return []
        # An entry that was trimmed meanwhile is no more: Redis leaves it out, and takes it off the list.
        some = [(str(one[0]), one[1]) for one in reply if one and one[1] is not None]
        return self._deliveries(some, redelivered=True, counts=self._counts([entry for entry, _ in some]))

    def _counts(self, ids: Sequence[str]) -> dict[str, int]:
        """How often entries were delivered before this time."""
        calls = [("XPENDING", self._stream, self._group, entry, entry, "1") for entry in ids]
        replies = self._node.send(calls)
        return {
            entry: int(reply[0][3]) - 1
            for entry, reply in zip(ids, replies, strict=True)
            if isinstance(reply, list) and reply
        }

    def _deliveries(
        self, entries: Sequence[tuple[str, Reply]], *, redelivered: bool, counts: dict[str, int] | None = None
    ) -> list[Delivery]:
        now = time.monotonic_ns()
        self._held.update(entry for entry, _ in entries)
        return [
            delivery_of(
                self._stream,
                entry,
                flat,
                now,
                redelivered=redelivered,
                deliveries=(counts or {}).get(entry) if redelivered else 0,
            )
            for entry, flat in entries
        ]

    def _asked(self, call: tuple[str, ...], within: float = 0.0) -> Any:  # noqa: ANN401 - a reply is any nest of lists
        """Ask; None when the answer was lost, after which what it may have brought is looked for."""
        reply = self._node.send([call], within + self._node.patience)[0]
        if isinstance(reply, Fault) and (reply.lost or reply.retry):
            self._broke = True
            time.sleep(_PAUSE)  # a server that is down refuses at once
            return None
        return self._checked(reply) or []

    def _ask(self, calls: Sequence[tuple[str, ...]]) -> None:
        for reply in self._node.send(calls):
            self._checked(reply)

    def _checked(self, reply: Reply) -> Reply:
        if isinstance(reply, Moved):
            raise UserError([NOT_READ.at(f"the slot of `{self._stream}` moved meanwhile", address=self._node.where)])
        if isinstance(reply, Fault):
            raise self._node.unreadable(reply)
        return reply


def _entries(reply: Reply) -> list[tuple[str, Reply]]:
    """The entries of one stream in an answer to XREADGROUP; those that are trimmed have no fields, and are no more."""
    if not reply:
        return []
    return [(str(entry), flat) for entry, flat in reply[0][1] if flat is not None]


def _entry(delivery: Delivery) -> tuple[str, Sequence[object]]:
    handle = delivery.handle
    if not isinstance(handle, tuple):
        raise Bug("a delivery of another consumer")
    return str(handle[0]), handle[1]


def pages(
    node: Node, stream: str, last: str, most: int = _MANY, *, start: str = "-"
) -> Iterator[list[tuple[str, Reply]]]:
    """All entries of a stream up to an id, in pages.

    Raises:
        UserError: the server does not answer.
    """
    while True:
        reply = node.send([("XRANGE", stream, start, last, "COUNT", str(most))])[0]
        if isinstance(reply, Fault):
            raise node.unreadable(reply)
        if not isinstance(reply, list) or not reply:
            return
        yield [(str(entry), flat) for entry, flat in reply]
        start = f"({reply[-1][0]}"
