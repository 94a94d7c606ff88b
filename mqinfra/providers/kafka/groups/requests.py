"""The calls that apply changes of groups: settings, offsets, deletes. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.providers.base.request import Request
from mqinfra.providers.kafka.groups.spec import KIND, GroupSpec
from mqinfra.providers.kafka.topics.requests import config_text

CONFIGURE = "IncrementalAlterConfigs"
COMMIT = "OffsetCommit"
FORGET = "OffsetDelete"
DELETE = "DeleteGroups"
BATCH = 100
"""Groups per request: each has a call of its own to commit, and an interrupt waits for all of them."""
_CONFIG, _OFFSETS, _RESET = "config", "offsets", "resetTo"

Body = Mapping[str, JsonValue]


def requests_for(changes: Sequence[Change]) -> list[Request]:
    """The calls, in order."""
    by_api: dict[str, dict[Address, Body]] = {CONFIGURE: {}, COMMIT: {}, FORGET: {}, DELETE: {}}
    for change in changes:
        settings = _settings(change)
        if settings:
            by_api[CONFIGURE][change.address] = settings
        if change.action is Action.DELETE or change.after is None:
            by_api[DELETE][change.address] = {}
            continue
        offsets = _offsets(change)
        if offsets:
            by_api[COMMIT][change.address] = {_OFFSETS: offsets}
        forgotten = _forgotten(change)
        if forgotten:
            by_api[FORGET][change.address] = {_OFFSETS: forgotten}
    return [Request(KIND, api, part) for api, bodies in by_api.items() for part in _parts(bodies)]


def topics_of(body: Body) -> dict[str, tuple[int | None, ...]]:
    """The offsets that a call commits or deletes, by topic."""
    offsets = body.get(_OFFSETS)
    return {topic: tuple(_numbers(some)) for topic, some in offsets.items()} if isinstance(offsets, dict) else {}


def _numbers(some: JsonValue) -> Iterator[int | None]:
    for one in some if isinstance(some, list | tuple) else ():
        yield one if isinstance(one, int) else None


def _offsets(change: Change) -> dict[str, JsonValue]:
    """What is moved; by a reset all that it is about, so that there is a call also where it stands there already."""
    if any(item.path == (_RESET,) for item in change.differences):
        wanted = change.wanted(GroupSpec).offsets
        return {topic: list(some) for topic, some in wanted.items() if some is not None}
    return {item.path[1]: item.after for item in change.differences if item.path[0] == _OFFSETS and item.after}


def _forgotten(change: Change) -> dict[str, JsonValue]:
    """Where the group is to have no offsets any more, and those that it has there."""
    return {
        item.path[1]: item.before
        for item in change.differences
        if item.path[0] == _OFFSETS and item.after is None and item.before
    }


def _settings(change: Change) -> Body:
    wanted: dict[str, JsonValue]
    if change.action is Action.DELETE or change.after is None:
        own = (change.before or {}).get(_CONFIG)
        wanted = dict.fromkeys(own) if isinstance(own, dict) else {}
    else:
        wanted = {item.path[1]: item.after for item in change.differences if item.path[0] == _CONFIG}
    if not wanted:
        return {}
    texts: dict[str, JsonValue] = {key: config_text(value) for key, value in wanted.items() if value is not None}
    return {"set": texts, "reset": [key for key in wanted if key not in texts]}


def _parts(bodies: Mapping[Address, Body]) -> Iterable[dict[Address, Body]]:
    listed = list(bodies.items())
    return (dict(listed[start : start + BATCH]) for start in range(0, len(listed), BATCH))
