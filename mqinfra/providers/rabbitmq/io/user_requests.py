"""Which calls bring changes of users about. Pure: passwords stand in them as references."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.span import Path
from mqinfra.providers.base.request import Request
from mqinfra.providers.rabbitmq.io.sending import BATCH
from mqinfra.providers.rabbitmq.settings.tags import joined
from mqinfra.providers.rabbitmq.spec.user import KIND, LIMITS

PUT = "PUT /api/users/{name}"
DELETE = "DELETE /api/users/{name}"
PUT_LIMIT = "PUT /api/user-limits/{user}/"
DELETE_LIMIT = "DELETE /api/user-limits/{user}/"

Body = Mapping[str, JsonValue]


def requests_for(changes: Sequence[Change]) -> list[Request]:
    """Make and change users, then limits; deletes last."""
    apis = [PUT, *(verb + name for name in LIMITS.names() for verb in (PUT_LIMIT, DELETE_LIMIT)), DELETE]
    by_api: dict[str, dict[Address, Body]] = {api: {} for api in apis}
    for change in changes:
        for api, body in _calls(change):
            by_api[api][change.address] = body
    return [
        Request(KIND, api, dict(list(bodies.items())[start : start + BATCH]))
        for api, bodies in by_api.items()
        for start in range(0, len(bodies), BATCH)
    ]


def _calls(change: Change) -> list[tuple[str, Body]]:
    if change.action is Action.DELETE or change.after is None:
        return [(DELETE, {})]
    wanted: dict[Path, JsonValue] = {item.path: item.after for item in change.differences}
    calls: list[tuple[str, Body]] = []
    if change.action is not Action.UPDATE or ("tags",) in wanted or ("password",) in wanted:
        body: dict[str, JsonValue] = {"tags": joined(change.after.get("tags"))}
        # Without a word about it `run` sends the present password's hash again: a PUT without one takes it away.
        if ("password",) in wanted:
            body["password"] = wanted["password",]
        calls.append((PUT, body))
    for path, value in sorted(wanted.items()):
        if path[0] == "limits" and value is None:
            calls.append((DELETE_LIMIT + path[1], {}))
        elif path[0] == "limits":
            calls.append((PUT_LIMIT + path[1], {"value": value}))
    return calls
