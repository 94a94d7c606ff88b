"""The calls that changes to policies need, and their sending.

A PUT replaces a policy whole, and a plan speaks only of what differs: what it leaves alone (`lifecycle.ignore`) must
outlive the change, so that an update is put together with what is there when it is sent.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.spec import nested
from mqinfra.providers.base.request import Refused, Request, Result
from mqinfra.providers.rabbitmq.api.call import Call, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import to_result
from mqinfra.providers.rabbitmq.io.sending import batches, send

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

Body = Mapping[str, JsonValue]
_FIELDS = {"pattern": "pattern", "applyTo": "apply-to", "priority": "priority", "definition": "definition"}
_OVER = ", with what is there"


def requests_for(changes: Sequence[Change], *, kind: str, resource: str) -> list[Request]:
    """Requests in order: make, change, delete.

    Args:
        changes: the changes.
        kind: the kind's name.
        resource: what the management API calls it: `policies` or `operator-policies`.
    """
    updated = [change for change in changes if change.action is Action.UPDATE]
    deleted = [change for change in changes if change.action is Action.DELETE]
    made = [change for change in changes if change.action not in (Action.UPDATE, Action.DELETE)]
    return [
        *batches(kind, _api("PUT", resource), made, lambda change: _named(change.after or {})),
        *batches(kind, _api("PUT", resource) + _OVER, updated, lambda change: _named(difference_of(change))),
        *batches(kind, _api("DELETE", resource), deleted, lambda _: {}),
    ]


def run(client: "RabbitClient", request: Request, resource: str) -> Mapping[Address, Result]:
    """Send one request, policies side by side."""
    if not request.api.endswith(_OVER):
        return send(client, request, lambda address, body: call_of(request.api, resource, address, body))
    results: dict[Address, Result] = {}
    calls: dict[Address, Call] = {}
    looks = [Call("GET", (resource, address.path[0], address.name)) for address in request.body]
    for (address, body), found in zip(request.body.items(), client.send(looks), strict=True):
        if isinstance(found, RabbitFault) or not isinstance(found.body, dict):
            words = found.message if isinstance(found, RabbitFault) else "its answer is not a policy"
            # Only a look was lost or refused: nothing was sent that changes anything.
            retry = isinstance(found, RabbitFault) and (found.retry or found.lost)
            results[address] = Refused(f"the policy can't be read: {words}", retry=retry)
            continue
        there = {name: found.body[name] for name in _FIELDS.values() if name in found.body}
        calls[address] = call_of(_api("PUT", resource), resource, address, merged(there, body))
    for address, sent in zip(calls, client.send(list(calls.values())), strict=True):
        results[address] = to_result(sent)
    return results


def call_of(api: str, resource: str, address: Address, body: Body) -> Call:
    """The call for one policy that needs no look at what is there."""
    segments = (resource, address.path[0], address.name)
    return Call("DELETE", segments) if api == _api("DELETE", resource) else Call("PUT", segments, body=dict(body))


def difference_of(change: Change) -> dict[str, JsonValue]:
    """What an update sets, in the shape of a spec; a key that goes is null."""
    return nested({item.path: item.after for item in change.differences})


def merged(there: Body, difference: Body) -> dict[str, JsonValue]:
    """Put a difference over what is there; null takes a key of a mapping away."""
    result = dict(there)
    for name, value in difference.items():
        old = result.get(name)
        if isinstance(value, dict) and isinstance(old, dict):
            result[name] = {key: item for key, item in {**old, **value}.items() if item is not None}
        else:
            result[name] = value
    return result


def _api(method: str, resource: str) -> str:
    return f"{method} /api/{resource}/{{vhost}}/{{name}}"


def _named(wanted: Body) -> dict[str, JsonValue]:
    """Fields under the names that the management API has for them."""
    return {theirs: wanted[ours] for ours, theirs in _FIELDS.items() if ours in wanted}
