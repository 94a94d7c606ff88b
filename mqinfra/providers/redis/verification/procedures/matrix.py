"""What a user may do, cell by cell, asked of each server by ACL DRYRUN, which carries nothing out."""

from collections.abc import Iterator, Sequence
from typing import Literal

from mqinfra.model.errors import Bug
from mqinfra.model.frozen import dataclass
from mqinfra.model.judgement import Mode
from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.redis.acl.glob import matches
from mqinfra.providers.redis.acl.rights import Rights
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.resp import Call, Reply
from mqinfra.providers.redis.users.spec import Rules
from mqinfra.providers.redis.verification.connection import own
from mqinfra.providers.redis.verification.place import UserPlace
from mqinfra.providers.redis.verification.procedures.asking import client_of

_STREAMS = 50
"""Streams that a user is asked about at most; each has several cells on each server."""
_REFUSED = "has no permissions"
Access = Literal["R", "W", ""]


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing that a user may do or not.

    Attributes:
        command: as rules write it, `xgroup|create`.
        access: what it does to its key: reads, writes; empty without a key.
        call: the command.
        key: its key; empty for none.
    """

    command: str
    access: Access
    call: Call
    key: str = ""

    @property
    def subject(self) -> str:
        """Its name in a history."""
        return f"{self.command} {self.key}".strip()


def cells(streams: Sequence[str]) -> Iterator[Cell]:
    """What is asked: each stream and names beside it, read, written and deleted; and what is about the whole server."""
    for stream in streams[:_STREAMS]:
        for key in (stream, f"{stream}~", f"x{stream}"):
            yield Cell("xadd", "W", ("XADD", key, "*", "a", "b"), key)
            yield Cell("xreadgroup", "R", ("XREADGROUP", "GROUP", "g", "c", "STREAMS", key, ">"), key)
            yield Cell("xrange", "R", ("XRANGE", key, "-", "+"), key)
            yield Cell("xtrim", "W", ("XTRIM", key, "MAXLEN", "0"), key)
            yield Cell("del", "W", ("DEL", key), key)
    yield Cell("flushall", "", ("FLUSHALL",))
    yield Cell("config|set", "", ("CONFIG", "SET", "maxmemory", "0"))
    yield Cell("acl|setuser", "", ("ACL", "SETUSER", "x"))


def allows(rule_sets: Sequence[Rules], cell: Cell) -> bool:
    """Whether rules that are declared allow it."""
    return any(_allows(Rights.of(rules.commands, rules.keys), cell) for rules in rule_sets)


def _allows(rights: Rights, cell: Cell) -> bool:
    if cell.command not in rights.granted.commands:
        return False
    globs = (pattern.partition("~") for pattern in rights.keys)
    return not cell.key or any(matches(glob, cell.key) for flags, _, glob in globs if not flags or cell.access in flags)


class Matrix(Procedure):
    """Asks every cell of every server, for the user and, as a control, for this session."""

    name = "rights"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Ask, and write down beside each answer what is declared and whether this session may."""
        place, client = trial.place, client_of(trial)
        if not isinstance(place, UserPlace):
            raise Bug(f"rights of what is no user: {place.address}")
        some = list(cells(place.streams))
        declared = [allows(place.rule_sets, cell) for cell in some]
        for node in client.nodes:
            with own(node) as asked:
                answers = _asked(asked, place.name, some)
                controls = _asked(asked, client.user, some)
            for cell, answer, control, allowed in zip(some, answers, controls, declared, strict=True):
                known, error = _told(answer)
                subject = cell.subject if len(client.nodes) == 1 else f"{cell.subject} on {node.name}"
                seen = {"allowed": allowed, "control": control == "OK"}
                trial.notes.tried(subject, known, error, seen=seen)


def _asked(node: Node, user: str, some: Sequence[Cell]) -> list[Reply]:
    return node.read([("ACL", "DRYRUN", user, *cell.call) for cell in some])


def _told(answer: Reply) -> tuple[Known, str]:
    if answer == "OK":
        return Known.OK, ""
    if isinstance(answer, Fault):  # of ACL DRYRUN itself: no right to ask, no such user
        return Known.UNKNOWN, answer.message
    return (Known.FAILED if _REFUSED in str(answer) else Known.UNKNOWN), str(answer)
