"""Sending one call that writes topics, and saying what came of it per topic."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.errors import Bug
from mqinfra.providers.base.request import Accepted, Refused, Request, Result
from mqinfra.providers.kafka.api.faults import EXISTS, KafkaFault, result_of
from mqinfra.providers.kafka.topics.requests import ASSIGN, CONFIGURE, CREATE, DELETE, GROW

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

Bodies = Mapping[str, Mapping[str, JsonValue]]


def run(client: "KafkaClient", request: Request) -> dict[Address, Result]:
    """Send a request. Deletes are only begun when this returns: read the topics until they are gone.

    Replicas are only begun to be moved: `replicas.go_on` has to be called until that is over.
    """
    if request.api == ASSIGN:
        from mqinfra.providers.kafka.topics.replicas import begun  # noqa: PLC0415 - few plans move replicas

        return begun(client, request)
    faults = send(client, request.api, {address.name: body for address, body in request.body.items()})
    return {
        address: _result(client, request, address, body, faults[address.name]) for address, body in request.body.items()
    }


def send(client: "KafkaClient", api: str, bodies: Bodies, *, dry_run: bool = False) -> dict[str, KafkaFault | None]:
    """Send a call; cut it in two when the broker refuses the whole of it for its size alone."""
    faults = _send_once(client, api, bodies, dry_run=dry_run)
    if len(bodies) > 1 and all(fault is not None and fault.batch_too_large for fault in faults.values()):
        names = list(bodies)
        for half in (names[: len(names) // 2], names[len(names) // 2 :]):
            faults |= send(client, api, {name: bodies[name] for name in half}, dry_run=dry_run)
    return faults


def _send_once(client: "KafkaClient", api: str, bodies: Bodies, *, dry_run: bool) -> dict[str, KafkaFault | None]:
    match api:
        case "CreateTopics":
            return client.topics.create(bodies, dry_run=dry_run)
        case "CreatePartitions":
            return client.topics.grow(bodies, dry_run=dry_run)
        case "IncrementalAlterConfigs":
            return client.topics.configure(bodies, dry_run=dry_run)
        case "DeleteTopics" if not dry_run:
            return client.topics.delete(bodies)
    raise Bug(f"no way to send {api} with dry_run={dry_run}; known: {CREATE}, {GROW}, {CONFIGURE}, {DELETE}")


def _result(
    client: "KafkaClient", request: Request, address: Address, body: Mapping[str, JsonValue], fault: KafkaFault | None
) -> Result:
    if fault is None:
        return Accepted()
    if fault.name == EXISTS and "replaces" in body:
        return Refused(f"{fault.message} The one that it replaces is still being deleted", retry=True)
    return result_of(fault, request.api, address.name, client.peer.principal)
