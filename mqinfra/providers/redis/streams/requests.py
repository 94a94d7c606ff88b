"""The commands that apply changes of streams. Pure but for `remember_trims`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.span import Path
from mqinfra.providers.base.request import Accepted, Lost, Request, Result
from mqinfra.providers.redis.addresses import STREAMS

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient

CREATE = "XGROUP CREATE MKSTREAM"
TRIM = "XTRIM"
CONFIGURE = "XCFGSET"
DELETE = "DEL"
BATCH = 2_000
"""Streams per request, so that an interrupt does not wait for all of them."""
_PASSING = "mqinfra:made-and-gone"
"""Group that makes an empty stream and goes in the same transaction. An entry that is added and trimmed would leave
traces: a last id and a count, which shift the lag that Redis works out for groups."""

Body = Mapping[str, JsonValue]
_WORDS = {"duration": "IDMP-DURATION", "maxSize": "IDMP-MAXSIZE"}


def requests_for(changes: Sequence[Change]) -> list[Request]:
    """Requests in order: make, then cut or configure, then delete."""
    by_api: dict[str, dict[Address, Body]] = {CREATE: {}, TRIM: {}, CONFIGURE: {}, DELETE: {}}
    for change in changes:
        name: dict[str, JsonValue] = {"key": change.address.name}
        if change.action is Action.DELETE or change.after is None:
            by_api[DELETE][change.address] = name
            continue
        wanted = {item.path: item.after for item in change.differences if item.after is not None}
        if change.action is Action.CREATE:
            by_api[CREATE][change.address] = name
        elif any(path[0] == "trim" for path in wanted):
            cuts = {path[1]: value for path, value in wanted.items() if path[0] == "trim"}
            by_api[TRIM][change.address] = name | cuts
        settings = {path[1]: value for path, value in _settings(change).items() if value is not None}
        if settings:
            by_api[CONFIGURE][change.address] = name | settings
    return [
        Request(STREAMS, api, dict(list(bodies.items())[start : start + BATCH]))
        for api, bodies in by_api.items()
        for start in range(0, len(bodies), BATCH)
    ]


def _settings(change: Change) -> dict[Path, JsonValue]:
    """Settings of idempotent producers; to reset one is to set the server's default, as Redis keeps a value anyway."""
    return {
        item.path: item.after if item.after is not None else item.inherited
        for item in change.differences
        if item.path[0] == "idempotence" and (item.after is not None or item.before is not None)
    }


def calls_of(api: str, body: Body) -> tuple[str, list[tuple[str, ...]]]:
    """The key and the commands of one resource of a request; several are one transaction."""
    key = str(body["key"])
    match api:
        case "XGROUP CREATE MKSTREAM":
            return key, [("XGROUP", "CREATE", key, _PASSING, "0", "MKSTREAM"), ("XGROUP", "DESTROY", key, _PASSING)]
        case "XTRIM":
            cuts: list[tuple[str, ...]] = []
            if "minId" in body:
                cuts.append(("XTRIM", key, "MINID", "=", str(body["minId"])))
            if "maxLength" in body:
                cuts.append(("XTRIM", key, "MAXLEN", "=", str(body["maxLength"])))
            return key, cuts
        case "XCFGSET":
            words = [
                part for name, value in body.items() if name in _WORDS for part in (_WORDS[name], _sent(name, value))
            ]
            return key, [("XCFGSET", key, *words)]
    return key, [(api, key)]


def _sent(name: str, value: JsonValue) -> str:
    return str(int(str(value)) // 1_000) if name == "duration" else str(value)


def remember_trims(client: "RedisClient", request: Request, results: Mapping[Address, Result]) -> None:
    """Keep in mind which streams were cut, because producers may have made them longer before they are read back."""
    if request.api == TRIM:
        for address, body in request.body.items():
            length = body.get("maxLength")
            if isinstance(results[address], Accepted) and isinstance(length, int):
                client.trimmed[address.name] = length


def remove_passing_groups(client: "RedisClient", request: Request, results: Mapping[Address, Result]) -> None:
    """Send the end of each creation once more where an answer is missing: all else of it may have come through.

    Which answer is missing nobody knows: the others close up, so that it is the last stream that seems to have none.
    What comes of this decides nothing, as the streams are read back in any case.
    """
    if request.api == CREATE and any(isinstance(result, Lost) for result in results.values()):
        keys = [address.name for address in request.body]
        client.keyed([(key, [("XGROUP", "DESTROY", key, _PASSING)]) for key in keys])
