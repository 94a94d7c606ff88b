"""The calls that changes to quotas need. Pure."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.change import Action, Change
from mqinfra.providers.base.request import Request
from mqinfra.providers.kafka.quotas.spec import KIND

ALTER = "AlterClientQuotas"
MOST = 1_000
"""Each takes a few of the 10,000 records that a controller writes at once."""


def requests_for(changes: Sequence[Change]) -> list[Request]:
    """AlterClientQuotas with the limits to set, and those to remove as null."""
    bodies = [(change.address, operations(change)) for change in changes]
    return [Request(KIND, ALTER, dict(bodies[start : start + MOST])) for start in range(0, len(bodies), MOST)]


def operations(change: Change) -> Mapping[str, JsonValue]:
    """What a change sets and removes, by key."""
    if change.action in (Action.DELETE, Action.REPLACE):
        held = (change.before or {}).get("limits")
        gone: dict[str, JsonValue] = dict.fromkeys(held) if isinstance(held, dict) else {}
        return gone | _set(change)
    if change.action is Action.CREATE:
        return _set(change)
    return {item.path[1]: item.after for item in change.differences if len(item.path) == 2}


def _set(change: Change) -> dict[str, JsonValue]:
    wanted = (change.after or {}).get("limits")
    return {key: value for key, value in wanted.items() if value is not None} if isinstance(wanted, dict) else {}
