"""Sending requests: one call per resource, side by side, and a result for each."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.rabbitmq.api.call import Call
from mqinfra.providers.rabbitmq.api.faults import to_result

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

BATCH = 1_000
"""Resources in one request: enough to keep all connections busy, few enough to be interrupted in good time."""

CallOf = Callable[[Address, Mapping[str, JsonValue]], Call]
"""Makes the call for a resource from what the request says about it."""


BodyOf = Callable[[Change], Mapping[str, JsonValue]]
"""What a call says about a resource."""


def batches(kind: str, api: str, changes: Sequence[Change], body_of: BodyOf) -> list[Request]:
    """Put changes that need the same call into requests."""
    return [
        Request(kind, api, {change.address: body_of(change) for change in changes[start : start + BATCH]})
        for start in range(0, len(changes), BATCH)
    ]


def declared_once(
    kind: str, put: str, delete: str, changes: Sequence[Change], declaration: BodyOf, deletion: BodyOf
) -> list[Request]:
    """Requests for what never changes once it is declared; what is replaced is declared after its delete.

    Args:
        kind: the kind's name.
        put: the call that declares one.
        delete: the call that deletes one.
        changes: the changes.
        declaration: what a declaration says.
        deletion: what a delete says.
    """
    made = [change for change in changes if change.action not in (Action.DELETE, Action.REPLACE)]
    replaced = [change for change in changes if change.action is Action.REPLACE]
    deleted = [change for change in changes if change.action is Action.DELETE]
    return [
        *batches(kind, put, made, declaration),
        *batches(kind, delete, replaced, deletion),
        *batches(kind, put, replaced, declaration),
        *batches(kind, delete, deleted, deletion),
    ]


def written_whole(kind: str, put: str, delete: str, changes: Sequence[Change], body_of: BodyOf) -> list[Request]:
    """Requests for what one and the same call makes and changes."""
    written = [change for change in changes if change.action is not Action.DELETE]
    gone = [change for change in changes if change.action is Action.DELETE]
    return [*batches(kind, put, written, body_of), *batches(kind, delete, gone, no_body)]


def no_body(_change: Change) -> Mapping[str, JsonValue]:
    """What a call says whose address says all."""
    return {}


def send(client: "RabbitClient", request: Request, call_of: CallOf, *, serially: bool = False) -> dict[Address, Result]:
    """Send a request, each resource's call once."""
    calls = [call_of(address, body) for address, body in request.body.items()]
    answers = client.serially(calls) if serially else client.declare(calls)
    return {address: to_result(answer) for address, answer in zip(request.body, answers, strict=True)}
