"""The calls that changes to queues need. Pure.

`if-empty` and `if-unused` are one more hindrance to what comes between the last look and the delete, and no guard: both
look at ready messages and at consumers of now only, and delete a queue whose messages are all delivered. Only classic
queues honour them: quorum queues refuse such a call, and streams are deleted all the same (rabbit_stream_queue.erl
`delete/4`), so that they are sent for no other type.
"""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.providers.base.request import Request
from mqinfra.providers.rabbitmq.api.call import Call
from mqinfra.providers.rabbitmq.io.queue_reading import TYPE_ARGUMENT
from mqinfra.providers.rabbitmq.io.sending import declared_once
from mqinfra.providers.rabbitmq.spec.queue import KIND

PUT = "PUT /api/queues/{vhost}/{name}"
DELETE = "DELETE /api/queues/{vhost}/{name}"
_FLAGS = {"messages": "if-empty", "consumers": "if-unused"}


def requests_for(changes: Sequence[Change]) -> list[Request]:
    """Requests in order: declare, delete, and what is replaced is declared after its delete."""
    return declared_once(KIND, PUT, DELETE, changes, _declaration, _flags)


def call_of(api: str, address: Address, body: Mapping[str, JsonValue]) -> Call:
    """The call for one queue of a request."""
    segments = ("queues", address.path[0], address.name)
    if api == DELETE:
        return Call("DELETE", segments, {name: "true" for name, value in body.items() if value})
    return Call("PUT", segments, body=dict(body))


def _declaration(change: Change) -> Mapping[str, JsonValue]:
    """What a queue is declared with; `durable` is always said, since the server's own default is false."""
    wanted = change.after or {}
    given = wanted.get("arguments")
    arguments: dict[str, JsonValue] = dict(given) if isinstance(given, dict) else {}
    if wanted.get("type") is not None:
        arguments[TYPE_ARGUMENT] = wanted["type"]
    return {
        "durable": wanted.get("durable", True),
        "auto_delete": wanted.get("autoDelete", False),
        "arguments": arguments,
    }


def _flags(change: Change) -> Mapping[str, JsonValue]:
    if (change.before or {}).get("type") != "classic":
        return {}
    return {flag: True for what, flag in _FLAGS.items() if change.guard.get(what) == "none"}
