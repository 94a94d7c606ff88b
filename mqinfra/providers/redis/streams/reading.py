"""Reading streams: XINFO STREAM of the named ones only, and SCAN where everything is asked for."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.reading import Coverage, Live
from mqinfra.model.span import Path
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.redis.api.faults import Fault
from mqinfra.providers.redis.api.replies import number, pairs, texts
from mqinfra.providers.redis.streams.entry_id import BEYOND
from mqinfra.providers.redis.streams.spec import KIND, StreamSpec

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient

_SCAN = "1000"
_PAGES = 1_000_000
"""Answers to SCAN from one server: a thousand million keys."""
_SPEC = StreamSpec()
"""What a stream has of its own settings: none. One for all, because a plan reads tens of thousands of streams."""
EMPTY: Mapping[Path, JsonValue] = {
    ("length",): 0,
    ("groups",): 0,
    ("trim", "maxLength"): 0,
    ("trim", "minId"): BEYOND,
}
"""What rules and comparisons look at, of a stream without entries."""


NO_LIST = "not allowed: this needs `+scan`"


def read(client: "RedisClient", wanted: Iterable[Address] | None, alias: str) -> KindReading:
    """Read streams. A key that holds something else is denied: it is in the way, and never touched."""
    everything = wanted is None
    names = all_streams(client) if wanted is None else [address.name for address in wanted]
    if isinstance(names, Fault):
        return KindReading({}, coverage=Coverage.DENIED, unseen={(): f"{NO_LIST} ({names.text})"})
    addresses = {name: Address(alias, KIND, (name,)) for name in names}
    replies = client.read_keyed([(name, ("XINFO", "STREAM", name)) for name in names])
    resources: dict[Address, Live] = {}
    faults: dict[str, Fault] = {}
    for name, reply in zip(names, replies, strict=True):
        if isinstance(reply, Fault):
            faults[name] = reply
        else:
            resources[addresses[name]] = _live(client, name, pairs(reply))
    denied = {addresses[name]: reason for name, reason in why_not(client, faults, "XINFO STREAM").items()}
    return KindReading(resources, denied, Coverage.COMPLETE if everything else Coverage.NAMED)


def why_not(client: "RedisClient", faults: Mapping[str, Fault], call: str) -> dict[str, str]:
    """Say why keys can't be read as streams; what is not there is no reason."""
    wrong = [name for name, fault in faults.items() if fault.meaning == "wrong type"]
    types = client.read_keyed([(name, ("TYPE", name)) for name in wrong])
    held = {
        name: "something else" if isinstance(reply, Fault) else f"a `{reply}`"
        for name, reply in zip(wrong, types, strict=True)
    }
    reasons = {name: f"the key holds {what}, not a stream; rename one of the two" for name, what in held.items()}
    right = call.lower().replace(" ", "|")
    for name, fault in faults.items():
        if fault.denied:
            reasons[name] = f"not allowed: this needs `+{right}` on `~{name}` ({fault.text})"
        elif fault.meaning == "refused":
            reasons[name] = fault.text
    return reasons


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


def _live(client: "RedisClient", name: str, info: Mapping[str, object]) -> Live:
    length = number(info.get("length")) or 0
    first = info.get("first-entry")
    kept = client.trimmed.get(name)
    inherited: dict[Path, JsonValue] = {
        ("length",): length,
        ("groups",): number(info.get("groups")) or 0,
        ("trim", "maxLength"): length if kept is None else min(length, kept),
        ("trim", "minId"): str(first[0]) if isinstance(first, list) and first else BEYOND,
    }
    duration, size = number(info.get("idmp-duration")), number(info.get("idmp-maxsize"))
    if duration is None or size is None:
        return Live(_SPEC, inherited=inherited)
    defaults = client.idempotence
    inherited |= {("idempotence", key): value for key, value in defaults.items()}
    # Redis keeps both with every stream and not whether somebody set them: what differs from the default was set.
    own: dict[str, int | None] = {"duration": duration * 1_000, "maxSize": size}
    own = {key: value for key, value in own.items() if value != defaults[key]}
    spec = StreamSpec.model_construct({"idempotence"}, idempotence=own) if own else _SPEC
    return Live(spec, inherited=inherited)
