"""The calls that changes to exchanges need. Pure."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.providers.base.request import Request
from mqinfra.providers.rabbitmq.api.call import Call
from mqinfra.providers.rabbitmq.io.sending import declared_once, no_body
from mqinfra.providers.rabbitmq.spec.exchange import KIND

PUT = "PUT /api/exchanges/{vhost}/{name}"
DELETE = "DELETE /api/exchanges/{vhost}/{name}"


def requests_for(changes: Sequence[Change]) -> list[Request]:
    """Requests in order: declare, delete, and what is replaced is declared after its delete."""
    return declared_once(KIND, PUT, DELETE, changes, _declaration, no_body)


def call_of(api: str, address: Address, body: Mapping[str, JsonValue]) -> Call:
    """The call for one exchange of a request."""
    segments = ("exchanges", address.path[0], address.name)
    return Call("DELETE", segments) if api == DELETE else Call("PUT", segments, body=dict(body))


def _declaration(change: Change) -> Mapping[str, JsonValue]:
    """What an exchange is declared with, everything said: left out, the server takes it for transient and `direct`."""
    wanted = change.after or {}
    return {
        "type": wanted.get("type"),
        "durable": wanted.get("durable", True),
        "auto_delete": wanted.get("autoDelete", False),
        "internal": wanted.get("internal", False),
        "arguments": wanted.get("arguments", {}),
    }
