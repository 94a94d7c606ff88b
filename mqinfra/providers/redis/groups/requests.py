"""The commands that apply changes of consumer groups. Pure."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.providers.base.request import Request
from mqinfra.providers.redis.addresses import GROUPS
from mqinfra.providers.redis.groups.spec import GroupSpec

CREATE = "XGROUP CREATE"
MOVE = "XGROUP SETID"
DELETE = "XGROUP DESTROY"
BATCH = 5_000

Body = Mapping[str, JsonValue]


def requests_for(changes: Sequence[Change]) -> list[Request]:
    """Requests in order: make, move, destroy."""
    by_api: dict[str, dict[Address, Body]] = {CREATE: {}, MOVE: {}, DELETE: {}}
    for change in changes:
        stream, group = change.address.path[0], change.address.name
        name: dict[str, JsonValue] = {"key": stream, "group": group}
        if change.action is Action.DELETE or change.after is None:
            by_api[DELETE][change.address] = name
            continue
        spec = change.wanted(GroupSpec)
        if change.action is Action.CREATE:
            # Where a new group is to be moved at once, it begins there.
            moved = spec.reset_to is not None and spec.reset_to.from_ is None
            start = spec.reset_to.to if moved and spec.reset_to is not None else spec.start_at or "0"
            by_api[CREATE][change.address] = name | {"id": start}
        elif spec.reset_to is not None:
            by_api[MOVE][change.address] = name | {"id": spec.reset_to.to}
    return [
        Request(GROUPS, api, dict(list(bodies.items())[start : start + BATCH]))
        for api, bodies in by_api.items()
        for start in range(0, len(bodies), BATCH)
    ]


def call_of(api: str, body: Body) -> tuple[str, list[tuple[str, ...]]]:
    """The key and the command of one resource of a request."""
    key = str(body["key"])
    last = (str(body["id"]),) if "id" in body else ()
    return key, [(*api.split(" "), key, str(body["group"]), *last)]
