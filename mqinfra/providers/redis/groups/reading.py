"""Reading consumer groups: XINFO GROUPS once per stream, and their consumers only where a delete asks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mqinfra.model.address import Address
from mqinfra.model.reading import Coverage, Figures, Live
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.redis.addresses import GROUPS
from mqinfra.providers.redis.api.replies import number, pairs
from mqinfra.providers.redis.api.stream_calls import ACTIVE_MS, NO_LIST, all_streams, consumers_of, why_not
from mqinfra.providers.redis.groups.spec import GroupSpec

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient


def read(client: "RedisClient", wanted: Iterable[Address] | None, alias: str) -> KindReading:
    """Read the named groups, or all of all streams."""
    asked = None if wanted is None else [address for address in wanted if len(address.path) == 2]
    streams = all_streams(client) if asked is None else list(dict.fromkeys(address.path[0] for address in asked))
    if isinstance(streams, Fault):
        return KindReading({}, coverage=Coverage.DENIED, unseen={(): f"{NO_LIST} ({streams.message})"})
    found, reasons = _groups(client, streams)
    listed = [Address(alias, GROUPS, path) for path in found]
    if asked is None:
        everything = {address: _live(found[path]) for address, path in zip(listed, found, strict=True)}
        unseen: dict[tuple[str, ...], str] = {(stream,): why for stream, why in reasons.items()}
        return KindReading(
            everything, coverage=Coverage.NAMED if unseen else Coverage.COMPLETE, unseen=unseen, listed=listed
        )
    resources = {
        address: _live(found[address.path[0], address.name])
        for address in asked
        if (address.path[0], address.name) in found
    }
    denied = {address: reasons[address.path[0]] for address in asked if address.path[0] in reasons}
    return KindReading(resources, denied, listed=listed)


def _groups(
    client: "RedisClient", streams: Sequence[str]
) -> tuple[dict[tuple[str, str], Mapping[str, Any]], dict[str, str]]:
    """The groups of streams by stream and name, and why some streams can't be seen."""
    replies = client.read_keyed([(name, ("XINFO", "GROUPS", name)) for name in streams])
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    faults: dict[str, Fault] = {}
    for name, reply in zip(streams, replies, strict=True):
        if isinstance(reply, Fault):
            faults[name] = reply
            continue
        for item in reply:
            info = pairs(item)
            found[name, str(info.get("name"))] = info
    return found, why_not(client, faults, "XINFO GROUPS")


_SPEC = GroupSpec.model_construct()
"""What a group has of its own settings: none. One for all, because a plan reads tens of thousands of groups."""


def _live(info: Mapping[str, Any]) -> Live:
    return Live(
        _SPEC,
        inherited={
            ("resetTo",): str(info.get("last-delivered-id")),
            ("pending",): number(info.get("pending")),
            ("consumers",): number(info.get("consumers")),
            ("entriesRead",): number(info.get("entries-read")),
            ("lag",): number(info.get("lag")),
        },
    )


def figures(client: "RedisClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
    """Read the figures of groups: entries that were delivered and not acknowledged, and active consumers."""
    found, reasons = _groups(client, list(dict.fromkeys(address.path[0] for address in addresses)))
    there = [(address.path[0], address.name) for address in addresses if (address.path[0], address.name) in found]
    consumers = consumers_of(client, there)
    result: dict[Address, Figures] = {}
    for address in addresses:
        path = address.path[0], address.name
        if path in found:
            some = consumers[path]
            active = None if some is None else tuple(one.name for one in some if one.idle < ACTIVE_MS)
            result[address] = Figures(number(found[path].get("pending")), active)
        else:
            result[address] = Figures() if address.path[0] in reasons else Figures(0, ())
    return result
