"""Which calls bring changes of vhosts about. Pure."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.span import Path
from mqinfra.providers.base.request import Request
from mqinfra.providers.rabbitmq.settings.tags import joined
from mqinfra.providers.rabbitmq.settings.typed import Version
from mqinfra.providers.rabbitmq.spec.vhost import KIND, LIMITS, TYPE_AT_ANY_TIME

PUT = "PUT /api/vhosts/{name}"
DELETE = "DELETE /api/vhosts/{name}"
PROTECT = "POST /api/vhosts/{name}/deletion/protection"
UNPROTECT = "DELETE /api/vhosts/{name}/deletion/protection"
PUT_LIMIT = "PUT /api/vhost-limits/{vhost}/"
DELETE_LIMIT = "DELETE /api/vhost-limits/{vhost}/"

Body = Mapping[str, JsonValue]
_WRITTEN_WHOLE = frozenset({"description", "tags", "defaultQueueType"})
_SLOW = 25
"""Vhosts in one request: each takes up to seconds, and an interrupt waits for the request on its way."""


def requests_for(changes: Sequence[Change], version: Version) -> list[Request]:
    """Make and change vhosts, then limits, then protection; deletes last."""
    apis = [PUT, *(verb + name for name in LIMITS.names() for verb in (PUT_LIMIT, DELETE_LIMIT))]
    by_api: dict[str, dict[Address, Body]] = {api: {} for api in (*apis, PROTECT, UNPROTECT, DELETE)}
    for change in changes:
        for api, body in _calls(change, version):
            by_api[api][change.address] = body
    return [
        Request(KIND, api, dict(list(bodies.items())[start : start + _SLOW]))
        for api, bodies in by_api.items()
        for start in range(0, len(bodies), _SLOW)
    ]


def _calls(change: Change, version: Version) -> list[tuple[str, Body]]:
    if change.action is Action.DELETE or change.after is None:
        return [(DELETE, {})]
    wanted: dict[Path, JsonValue] = {item.path: item.after for item in change.differences}
    calls: list[tuple[str, Body]] = []
    if change.action is not Action.UPDATE or any(path[0] in _WRITTEN_WHOLE for path in wanted):
        calls.append((PUT, body_of(change.after, version)))
    for path, value in sorted(wanted.items()):
        if path[0] == "limits" and value is None:
            calls.append((DELETE_LIMIT + path[1], {}))
        elif path[0] == "limits":
            calls.append((PUT_LIMIT + path[1], {"value": value}))
    protection = wanted.get(("deletionProtection",))
    if protection is True:
        calls.append((PROTECT, {}))
    elif protection is False and change.action is Action.UPDATE:
        calls.append((UNPROTECT, {}))
    return calls


def body_of(spec: Body, version: Version) -> dict[str, JsonValue]:
    """The declared part of a vhost as the management API names it."""
    body: dict[str, JsonValue] = {}
    if spec.get("description") is not None:
        body["description"] = spec["description"]
    if spec.get("tags") is not None:
        body["tags"] = joined(spec["tags"])
    if spec.get("defaultQueueType") is not None:
        body[type_key(version)] = spec["defaultQueueType"]
    return body


def type_key(version: Version) -> str:
    """What the management API calls the default queue type."""
    return "defaultqueuetype" if version and version < TYPE_AT_ANY_TIME else "default_queue_type"
