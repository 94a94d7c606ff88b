"""What declares a queue, an exchange or a binding, as a method of AMQP. Pure.

The management API declares by the same methods in the caller's name (rabbit_mgmt_wm_queue.erl,
rabbit_mgmt_wm_exchange.erl, rabbit_mgmt_wm_bindings.erl), so that what is made, and which right it takes, is the same.
"""

import struct
from collections.abc import Mapping
from typing import Any

from pika import frame, spec
from pika.compat import long
from pika.exceptions import AMQPError
from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.providers.rabbitmq.api.call import Call
from mqinfra.providers.rabbitmq.api.conversation import CHANNEL

_UNSAYABLE = (AMQPError, ValueError, TypeError, struct.error)
"""What pika raises over names of more than 255 bytes, numbers of more than 64 bits, and text that is no Unicode."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A method that can be said again without harm: what stands as declared is left as it is.

    Attributes:
        data: its frame.
        answer: the method that says it is done.
    """

    data: bytes
    answer: type[Any]


def declaration_of(call: Call) -> Declaration | None:
    """The method that does what a call does; None where AMQP has none, or can't say it.

    Args:
        call: to the management API.
    """
    body = call.body
    # A queue without a name would get one of the server's, and what HTTP can't name could not be deleted either.
    if not isinstance(body, dict) or not call.addressable or not all(call.segments):
        return None
    try:
        found = _method(call, body)
        if found is None:
            return None
        method, answer = found
        return Declaration(bytes(frame.Method(CHANNEL, method).marshal()), answer)
    except _UNSAYABLE:
        return None


def _method(call: Call, body: Mapping[str, JsonValue]) -> tuple[Any, type[Any]] | None:
    given: dict[str, Any] = dict(body)
    arguments = _table(given.pop("arguments", None))
    match call.method, call.segments:
        case "PUT", ("queues", _, name):
            return spec.Queue.Declare(queue=name, arguments=arguments, **given), spec.Queue.DeclareOk
        case "PUT", ("exchanges", _, name):
            return spec.Exchange.Declare(exchange=name, arguments=arguments, **given), spec.Exchange.DeclareOk
        case "POST", ("bindings", _, "e", source, "q", queue):
            return spec.Queue.Bind(queue=queue, exchange=source, arguments=arguments, **given), spec.Queue.BindOk
        case "POST", ("bindings", _, "e", source, "e", exchange):
            bind = spec.Exchange.Bind(destination=exchange, source=source, arguments=arguments, **given)
            return bind, spec.Exchange.BindOk
    return None


def _table(value: JsonValue) -> dict[str, Any]:
    """Arguments with the types that the management API gives them (rabbit_misc.erl `to_amqp_table`).

    Raises:
        TypeError: they are no table.
    """
    if not isinstance(value, dict):
        raise TypeError("arguments are a table")
    return {name: _typed(item) for name, item in value.items()}


def _typed(value: JsonValue) -> Any:  # noqa: ANN401 - what pika takes has no type of its own
    if isinstance(value, dict):
        return _table(value)
    if isinstance(value, list):
        return [_typed(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return long(value)
    return value
