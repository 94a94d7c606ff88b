"""Calls about streams and their groups that several kinds make: which there are, why some can't be seen, consumers."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.fault import Fault, Meaning
from mqinfra.providers.redis.api.faults import is_wrong_type
from mqinfra.providers.redis.api.replies import number, pairs, texts

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient

NO_LIST = "not allowed: this needs `+scan`"
ACTIVE_MS = 300_000
"""A consumer that asked for entries, or read some, within five minutes counts as one at work."""
_SCAN = "1000"
_PAGES = 1_000_000
"""Answers to SCAN from one server: a thousand million keys."""
GroupPath = tuple[str, str]
"""A stream and one of its groups."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """A consumer of a group (XINFO CONSUMERS).

    Attributes:
        name: `GROUP/CONSUMER`.
        pending: entries it got and did not acknowledge.
        idle: milliseconds since it last asked for entries.
    """

    name: str
    pending: int
    idle: int


def all_streams(client: "RedisClient") -> list[str] | Fault:
    """Names of all streams on all masters; a Fault when the caller may not look."""
    names: set[str] = set()
    for node in client.masters:
        cursor = "0"
        for _ in range(_PAGES):
            reply = node.read([("SCAN", cursor, "COUNT", _SCAN, "TYPE", "stream")])[0]
            if isinstance(reply, Fault):
                return reply
            if not isinstance(reply, list) or len(reply) != 2:
                raise node.unreadable(Fault("a page of keys that is none"))
            cursor = str(reply[0])
            names.update(texts(reply[1]))
            if cursor == "0":
                break
        else:
            raise node.unreadable(Fault("the list of keys does not end"))
    return sorted(names)


def why_not(client: "RedisClient", faults: Mapping[str, Fault], call: str) -> dict[str, str]:
    """Say why keys can't be read as streams; what is not there is no reason."""
    wrong = [name for name, fault in faults.items() if is_wrong_type(fault)]
    types = client.read_keyed([(name, ("TYPE", name)) for name in wrong])
    held = {
        name: "something else" if isinstance(reply, Fault) else f"a `{reply}`"
        for name, reply in zip(wrong, types, strict=True)
    }
    reasons = {name: f"the key holds {what}, not a stream; rename one of them" for name, what in held.items()}
    right = call.lower().replace(" ", "|")
    for name, fault in faults.items():
        if fault.denied:
            reasons[name] = f"not allowed: this needs `+{right}` on `~{name}` ({fault.message})"
        elif fault.meaning is Meaning.REFUSED and name not in held:
            reasons[name] = fault.message
    return reasons


def consumers_of(client: "RedisClient", groups: Sequence[GroupPath]) -> dict[GroupPath, tuple[Consumer, ...] | None]:
    """Consumers of groups; none of a group that is gone, and None where they can't be seen."""
    replies = client.read_keyed([(key, ("XINFO", "CONSUMERS", key, group)) for key, group in groups])
    found: dict[GroupPath, tuple[Consumer, ...] | None] = {}
    for (key, group), reply in zip(groups, replies, strict=True):
        if isinstance(reply, Fault):
            found[key, group] = () if reply.absent else None
            continue
        found[key, group] = tuple(
            Consumer(f"{group}/{one.get('name')}", number(one.get("pending")) or 0, number(one.get("idle")) or 0)
            for one in map(pairs, reply)
        )
    return found
