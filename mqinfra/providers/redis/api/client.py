"""What the kinds of a Redis deployment act through: its servers, where each key lives, and what is known of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.fault import Fault, Meaning
from mqinfra.providers.redis.acl.rules import Table
from mqinfra.providers.redis.api import logins
from mqinfra.providers.redis.api.faults import not_allowed
from mqinfra.providers.redis.api.node import Moved, Node
from mqinfra.providers.redis.api.replies import pairs, texts
from mqinfra.providers.redis.api.resp import Call, Reply
from mqinfra.providers.redis.api.slots import slot_of

_REDIRECTS = 5
Keyed = tuple[str, Sequence[Call]]
"""A key, and commands about it that go to its server in order."""


@dataclass
class RedisClient:
    """One connected deployment.

    Attributes:
        where: alias and address, for messages.
        nodes: every server that keeps data, masters first.
        unreached: replicas that could not be connected to, and why; users can't be looked at without them.
        down: servers that the others hold for dead, and that were left out.
        user: as whom the connection was made.
        password_hash: SHA-256 of the password in use; None without one.
        slots: slot → name of its master; empty without Cluster.
        locate: reads `slots` anew, after a slot has moved.
        elected: asks the Sentinels who takes writes now, and says its name; None where there are none.
        known: names of all servers that were known when the session began, also those that were left out.
        unsaved: servers whose users were changed in this session and not saved yet.
        trimmed: streams that were cut in this session, and to how many entries.
    """

    where: str
    nodes: tuple[Node, ...]
    unreached: Mapping[str, str]
    down: tuple[str, ...]
    user: str
    password_hash: str | None = field(repr=False)
    slots: Mapping[int, str]
    locate: Callable[[], Mapping[int, str]]
    elected: Callable[[], str] | None = None
    known: frozenset[str] = frozenset()
    unsaved: set[str] = field(default_factory=set)
    trimmed: dict[str, int] = field(default_factory=dict)
    _settings: dict[str, Mapping[str, str]] = field(default_factory=dict, init=False, repr=False)

    @property
    def masters(self) -> tuple[Node, ...]:
        """The servers that take writes."""
        return tuple(node for node in self.nodes if node.master)

    @cached_property
    def table(self) -> Table:
        """The server's commands by category, read once.

        Raises:
            UserError: the caller may not ask for them.
        """
        node = self.nodes[0]
        names = node.read([("ACL", "CAT")])[0]
        if isinstance(names, Fault):
            raise UserError([not_allowed("acl|cat", names, self.where, self.user)])
        some = texts(names)
        answers = node.read([("ACL", "CAT", name) for name in some])
        return Table({name: frozenset(texts(answer)) for name, answer in zip(some, answers, strict=True)})

    @cached_property
    def service_users(self) -> Mapping[str, str] | None:
        """The users of replication and Sentinels, by what they are for; None where no server tells."""
        return logins.find(self.nodes)

    def settings(self, pattern: str) -> Mapping[str, str]:
        """The server's settings whose names match, read once; none where the caller may not ask for them."""
        known = self._settings.get(pattern)
        if known is None:
            reply = self.masters[0].send([("CONFIG", "GET", pattern)])[0]
            known = self._settings[pattern] = {} if isinstance(reply, Fault) else pairs(reply)
        return known

    @cached_property
    def limits_databases(self) -> bool:
        """Whether users can be held to some databases: where they can, the server says so of each (Valkey 9.1)."""
        reply = self.nodes[0].send([("ACL", "GETUSER", self.user)])[0]
        return not isinstance(reply, Fault) and "databases" in pairs(reply)

    def knows(self, command: str) -> bool:
        """Tell whether every master knows a command, which decides what can be set; not the version does."""
        answers = [node.read([("COMMAND", "INFO", command)])[0] for node in self.masters]
        return all(isinstance(answer, list) and bool(answer) and bool(answer[0]) for answer in answers)

    def keyed(self, some: Sequence[Keyed]) -> list[list[Reply]]:
        """Send commands to the servers of their keys, all at once; one list of replies per key, in order."""
        replies: dict[int, list[Reply]] = {}
        todo = {number: self._home(key) for number, (key, _) in enumerate(some)}
        for _ in range(_REDIRECTS):
            by_node: dict[str, list[int]] = {}
            for number, (name, _asking) in todo.items():
                by_node.setdefault(name, []).append(number)
            again: dict[int, tuple[str, bool]] = {}
            for name, numbers in by_node.items():
                for number, answer in zip(numbers, self._send(name, numbers, some, todo), strict=True):
                    replies[number] = answer
                    moved = next((reply for reply in answer if isinstance(reply, Moved)), None)
                    if moved is not None:
                        again[number] = (moved.name, moved.once)
            if not again:
                break
            if any(not once for _, once in again.values()):
                self.relocate()
            todo = again
        return [self._final(replies[number]) for number in range(len(some))]

    def read_keyed(self, some: Sequence[tuple[str, Call]]) -> list[Reply]:
        """Send one reading command per key.

        Raises:
            UserError: a server did not answer, or can't serve now.
        """
        replies = [answer[0] for answer in self.keyed([(key, (call,)) for key, call in some])]
        for (key, _), reply in zip(some, replies, strict=True):
            if isinstance(reply, Fault) and (reply.lost or reply.retry):
                raise self._node(self._home(key)[0]).unreadable(reply)
        return replies

    def home(self, key: str) -> Node:
        """The server that takes writes of a key, as far as is known."""
        return self._node(self._home(key)[0])

    def relocate(self) -> None:
        """Find out anew where keys live, after a server said that one has moved.

        Raises:
            UserError: nobody tells.
        """
        self.slots = self.locate()

    def close(self) -> None:
        """Drop the connections."""
        for node in self.nodes:
            node.close()

    def _home(self, key: str) -> tuple[str, bool]:
        if not self.slots:
            return self.masters[0].name, False
        return self.slots.get(slot_of(key), self.masters[0].name), False

    def _node(self, name: str) -> Node:
        return next((node for node in self.nodes if node.name == name), self.masters[0])

    def _send(
        self, name: str, numbers: Sequence[int], some: Sequence[Keyed], todo: Mapping[int, tuple[str, bool]]
    ) -> list[list[Reply]]:
        calls: list[Call] = []
        for number in numbers:
            if todo[number][1]:
                calls.append(("ASKING",))
            calls += some[number][1]
        flat = iter(self._node(name).send(calls))
        answers = []
        for number in numbers:
            if todo[number][1]:
                next(flat)
            answers.append([next(flat) for _ in some[number][1]])
        return answers

    @staticmethod
    def _final(answer: list[Reply]) -> list[Reply]:
        return [
            Fault("the slot keeps moving", Meaning.RETRY) if isinstance(reply, Moved) else reply for reply in answer
        ]
