"""Reading streams: XINFO STREAM of the named ones only, and SCAN where everything is asked for."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.reading import Coverage, Live
from mqinfra.model.span import Path
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.redis.addresses import STREAMS
from mqinfra.providers.redis.api.entry_id import BEYOND
from mqinfra.providers.redis.api.replies import number, pairs
from mqinfra.providers.redis.api.stream_calls import NO_LIST, all_streams, why_not
from mqinfra.providers.redis.streams.spec import IDEMPOTENCE, StreamSpec

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient

_SPEC = StreamSpec.model_construct()
"""What a stream has of its own settings: none. One for all, because a plan reads tens of thousands of streams."""
EMPTY: Mapping[Path, JsonValue] = {
    ("length",): 0,
    ("groups",): 0,
    ("trim", "maxLength"): 0,
    ("trim", "minId"): BEYOND,
}
"""What rules and comparisons look at, of a stream without entries."""


def read(client: "RedisClient", wanted: Iterable[Address] | None, alias: str) -> KindReading:
    """Read streams. A key that holds something else is denied: it is in the way, and never touched."""
    everything = wanted is None
    names = all_streams(client) if wanted is None else [address.name for address in wanted]
    if isinstance(names, Fault):
        return KindReading({}, coverage=Coverage.DENIED, unseen={(): f"{NO_LIST} ({names.message})"})
    addresses = {name: Address(alias, STREAMS, (name,)) for name in names}
    replies = client.read_keyed([(name, ("XINFO", "STREAM", name)) for name in names])
    resources: dict[Address, Live] = {}
    faults: dict[str, Fault] = {}
    for name, reply in zip(names, replies, strict=True):
        if isinstance(reply, Fault):
            faults[name] = reply
        else:
            resources[addresses[name]] = _live(client, name, pairs(reply))
    denied = {addresses[name]: reason for name, reason in why_not(client, faults, "XINFO STREAM").items()}
    return KindReading(
        resources,
        denied,
        Coverage.COMPLETE if everything else Coverage.NAMED,
        listed=list(resources) if everything else None,  # more than the named ones would take a SCAN of all keys
    )


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
    defaults = _idempotence_defaults(client)
    inherited |= {("idempotence", key): value for key, value in defaults.items()}
    # Redis keeps both with every stream and not whether somebody set them: what differs from the default was set.
    own: dict[str, int | None] = {"duration": duration * 1_000, "maxSize": size}
    own = {key: value for key, value in own.items() if value != defaults[key]}
    spec = StreamSpec.model_construct({"idempotence"}, idempotence=own) if own else _SPEC
    return Live(spec, inherited=inherited)


def _idempotence_defaults(client: "RedisClient") -> dict[str, int]:
    """What a stream has whose settings of idempotent producers nobody set, in the words and units of manifests.

    The server's own defaults; those that Redis is built with where the caller may not ask for them.
    """
    known = client.settings("stream-idmp-*")
    duration, size = known.get("stream-idmp-duration"), known.get("stream-idmp-maxsize")
    built_in = {setting.name: int(str(setting.default)) for setting in IDEMPOTENCE}
    return {
        "duration": int(duration) * 1_000 if duration is not None else built_in["duration"],
        "maxSize": int(size) if size is not None else built_in["maxSize"],
    }
