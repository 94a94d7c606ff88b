"""The calls that changes to policies need: a PUT replaces a policy whole, so that it always says everything. Pure."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.providers.base.request import Request
from mqinfra.providers.rabbitmq.call import Call
from mqinfra.providers.rabbitmq.sending import batches


def requests_for(changes: Sequence[Change], *, kind: str, resource: str) -> list[Request]:
    """Requests in order: write, delete.

    Args:
        changes: the changes.
        kind: the kind's name.
        resource: what the management API calls it: `policies` or `operator-policies`.
    """
    made = [change for change in changes if change.action is not Action.DELETE]
    deleted = [change for change in changes if change.action is Action.DELETE]
    return [
        *batches(kind, _api("PUT", resource), made, _policy),
        *batches(kind, _api("DELETE", resource), deleted, lambda _: {}),
    ]


def call_of(api: str, resource: str, address: Address, body: Mapping[str, JsonValue]) -> Call:
    """The call for one policy of a request."""
    segments = (resource, address.path[0], address.name)
    return Call("DELETE", segments) if api == _api("DELETE", resource) else Call("PUT", segments, body=dict(body))


def _api(method: str, resource: str) -> str:
    return f"{method} /api/{resource}/{{vhost}}/{{name}}"


def _policy(change: Change) -> Mapping[str, JsonValue]:
    wanted = change.after or {}
    return {
        "pattern": wanted.get("pattern"),
        "apply-to": wanted.get("applyTo"),
        "priority": wanted.get("priority", 0),
        "definition": wanted.get("definition", {}),
    }
