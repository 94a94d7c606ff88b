"""The calls that changes to bindings need, and their sending: a delete has to look up first what the server calls it.

Arguments get into that name by a hash of Erlang's own (`properties_key` in rabbit_mgmt_format.erl), which is not
computed here; without them, and with a plain routing key, it is the routing key, and nothing is looked up.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.providers.base.request import Accepted, Refused, Request, Result
from mqinfra.providers.rabbitmq.api.call import Call, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import to_result
from mqinfra.providers.rabbitmq.io.sending import batches, send
from mqinfra.providers.rabbitmq.settings.typed import same_json
from mqinfra.providers.rabbitmq.spec.binding import KIND

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

POST = "POST /api/bindings/{vhost}/e/{exchange}/{q|e}/{destination}"
DELETE = "DELETE /api/bindings/{vhost}/e/{exchange}/{q|e}/{destination}/{properties_key}"
_PLAIN = re.compile(r"[A-Za-z0-9._*#-]+")
"""Routing keys that, without arguments, are what the server calls a binding, in the escapes of a URL."""
_GONE = Accepted("it was already gone")

Body = Mapping[str, JsonValue]


def requests_for(changes: Sequence[Change]) -> list[Request]:
    """Requests in order: bind, then unbind, so that an auto-delete exchange keeps a binding on the way."""
    made = [change for change in changes if change.action is not Action.DELETE]
    deleted = [change for change in changes if change.action is Action.DELETE]
    return [*batches(KIND, POST, made, body_of), *batches(KIND, DELETE, deleted, body_of)]


def body_of(change: Change) -> Body:
    """Routing key and arguments, which a delete needs as well to find the binding."""
    return parts_of(change.address)


def parts_of(address: Address) -> dict[str, JsonValue]:
    """Routing key and arguments by the address of a binding."""
    pairs = dict(address.pairs)
    return {"routing_key": pairs.get("routingKey", ""), "arguments": json.loads(pairs.get("arguments", "{}"))}


def between(address: Address) -> tuple[str, ...]:
    """The part of the path that all bindings between two things share."""
    pairs = dict(address.pairs)
    leads_to = ("q", pairs["queue"]) if "queue" in pairs else ("e", pairs["toExchange"])
    return ("bindings", address.path[0], "e", pairs["exchange"], *leads_to)


def run(client: "RabbitClient", request: Request) -> Mapping[Address, Result]:
    """Send one request, bindings side by side."""
    if request.api == POST:
        return send(client, request, lambda address, body: Call("POST", between(address), body=dict(body)))
    return _unbind(client, request)


def _unbind(client: "RabbitClient", request: Request) -> Mapping[Address, Result]:
    calls = {
        address: Call("DELETE", (*between(address), quote_plus(str(body["routing_key"]))))
        for address, body in request.body.items()
        if not body["arguments"] and _PLAIN.fullmatch(str(body["routing_key"]))
    }
    places = list(dict.fromkeys(between(address) for address in request.body if address not in calls))
    answers = dict(zip(places, client.send([Call("GET", place) for place in places]), strict=True))
    results: dict[Address, Result] = {}
    for address, body in request.body.items():
        if address in calls:
            continue
        place = between(address)
        answer = answers[place]
        if isinstance(answer, RabbitFault):
            # Only a look was lost or refused: nothing was sent that changes anything.
            refused = Refused(f"its bindings can't be looked up: {answer.message}", answer.help, retry=answer.retry)
            results[address] = _GONE if answer.absent else refused
            continue
        key = properties_key(answer.body, body)
        if key is None:
            results[address] = _GONE
        else:
            calls[address] = Call("DELETE", (*place, key))
    for address, sent in zip(calls, client.send(list(calls.values())), strict=True):
        results[address] = to_result(sent)
    return results


def properties_key(rows: JsonValue, wanted: Body) -> str | None:
    """What the server calls a binding, among those it lists; None when it is not among them."""
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and _is(row, wanted):
            return str(row["properties_key"])
    return None


def _is(row: Mapping[str, Any], wanted: Body) -> bool:
    return row["routing_key"] == wanted["routing_key"] and same_json(row["arguments"], wanted["arguments"])
