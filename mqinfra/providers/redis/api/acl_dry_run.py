"""Asking the server whether the caller may send commands, without sending them: ACL DRYRUN, of Redis 7.0 and later.

Each server has rules of its own, so each is asked about what would be sent to it. A caller who may do everything, as
ACL GETUSER says of it, is asked about no more.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import Problem
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.base.request import Request
from mqinfra.providers.redis.acl.glob import escaped
from mqinfra.providers.redis.acl.rules import ALL
from mqinfra.providers.redis.api.replies import pairs, texts
from mqinfra.providers.redis.api.resp import Call

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient
    from mqinfra.providers.redis.api.node import Node
    from mqinfra.providers.redis.api.run import CallsOf

_CONTAINERS = frozenset({"ACL", "CONFIG", "XGROUP", "XINFO"})
"""Commands whose second word is what they do, and has a right of its own."""
_TRANSACTION: tuple[Call, ...] = (("MULTI",), ("EXEC",))


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that the caller would send.

    Attributes:
        node: the server that it goes to.
        call: the command; secrets never stand in it.
        key: the key that it is about; empty for none.
    """

    node: "Node"
    call: Call
    key: str = ""

    @property
    def right(self) -> str:
        """The right as rules write it, `xgroup|create`."""
        words = self.call[:2] if self.call[0] in _CONTAINERS else self.call[:1]
        return "|".join(word.lower() for word in words)

    @property
    def rule(self) -> str:
        """The rule of ACL SETUSER that grants it, and nothing else."""
        return f"(~{escaped(self.key)} +{self.right})" if self.key else f"+{self.right}"


def about_keys(client: "RedisClient", requests: Iterable[Request], calls_of: "CallsOf") -> list[Objection]:
    """Ask about all that requests about keys send; several commands of one resource are a transaction."""
    some: list[tuple[Address, Asked]] = []
    for request in requests:
        for address, body in request.body.items():
            key, calls = calls_of(request.api, body)
            node = client.home(key)
            some += [(address, Asked(node, call, key)) for call in calls]
            if len(calls) > 1:
                some += [(address, Asked(node, call)) for call in _TRANSACTION]
    return lacking(client, some)


def lacking(client: "RedisClient", some: Sequence[tuple[Address, Asked]]) -> list[Objection]:
    """Say which commands the servers would refuse the caller, one objection per resource, or that nobody can tell."""
    refused = refusals(client, [one for _, one in some])
    if isinstance(refused, Problem):
        return [
            Objection(address, refused, unchecked=True) for address in dict.fromkeys(address for address, _ in some)
        ]
    found, against = set(refused), dict[Address, list[Asked]]()
    for address, one in some:
        if one in found:
            against.setdefault(address, []).append(one)
    return [_objection(client.user, address, mine) for address, mine in against.items()]


def refusals(client: "RedisClient", some: Iterable[Asked]) -> "list[Asked] | Problem":
    """The commands that would be refused; a problem where that can't be asked.

    Raises:
        UserError: a server does not answer.
    """
    by_node: dict[str, list[Asked]] = {}
    for one in some:
        by_node.setdefault(one.node.name, []).append(one)
    found: list[Asked] = []
    for asked in by_node.values():
        node = asked[0].node
        if _unlimited(client.user, node):
            continue
        calls = list(dict.fromkeys(one.call for one in asked))
        replies = dict(zip(calls, node.read([("ACL", "DRYRUN", client.user, *call) for call in calls]), strict=True))
        if any(isinstance(reply, Fault) and reply.denied for reply in replies.values()):
            return _untold(client.user)
        # An error is about the command itself, which this server may not know: whoever sends it is told.
        found += [one for one in asked if isinstance(reply := replies[one.call], str) and reply != "OK"]
    return found


def grant(user: str, some: Iterable[Asked]) -> str:
    """The command that an administrator grants rights with."""
    rules = " ".join(dict.fromkeys(one.rule for one in some))
    return f"an administrator can grant it: `ACL SETUSER {user} {rules}`"


def _objection(user: str, address: Address, some: Sequence[Asked]) -> Objection:
    names = " and ".join(dict.fromkeys(f"`{one.right}`" for one in some))
    where = f" on key `{some[0].key}`" if some[0].key else ""
    problem = Problem(f"not allowed: `{user}` may not run {names}{where}", grant(user, some))
    return Objection(address, problem, lacking=f"{names}{' on its key' if where else ''}")


def _unlimited(user: str, node: "Node") -> bool:
    reply = node.read([("ACL", "GETUSER", user)])[0]
    fields = {} if isinstance(reply, Fault) else pairs(reply)
    return (texts(fields.get("commands")), texts(fields.get("keys"))) == ([f"+{ALL}"], ["~*"])


def _untold(user: str) -> Problem:
    return Problem(
        f"not checked: whether `{user}` may do this can't be asked without `acl|dryrun`",
        f"an administrator can grant it: `ACL SETUSER {user} +acl|dryrun`",
    )
