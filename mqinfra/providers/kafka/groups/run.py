"""Sending one call that changes groups, and saying what came of it per group."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.providers.base.request import Accepted, Lost, Refused, Request, Result
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.groups.forgetting import GONE, IN_USE, STOP, forget
from mqinfra.providers.kafka.groups.requests import COMMIT, CONFIGURE, FORGET, topics_of
from mqinfra.providers.kafka.groups.rights import right_for, right_to_read

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient


def run(client: "KafkaClient", request: Request) -> dict[Address, Result]:
    """Send a request."""
    if request.api == COMMIT:
        return _commit(client, request)
    if request.api == FORGET:
        return {address: forget(client, address.name, body) for address, body in request.body.items()}
    bodies = {address.name: body for address, body in request.body.items()}
    if request.api == CONFIGURE:
        faults = client.groups.configure(bodies)
    else:
        faults = {name: _unless_gone(fault) for name, fault in client.groups.delete(bodies).items()}
    return {address: _result(client, address.name, request.api, faults[address.name]) for address in request.body}


def _commit(client: "KafkaClient", request: Request) -> dict[Address, Result]:
    said = client.groups.commit({address.name: topics_of(body) for address, body in request.body.items()})
    return {address: _committed(client, address.name, said[address.name]) for address in request.body}


def _committed(client: "KafkaClient", name: str, said: Mapping[tuple[str, int], KafkaFault | None]) -> Result:
    """What became of all partitions of a group.

    A group that was moved may go on at once. So the brokers' word is enough, and a call without an answer is not sent
    a second time: it would take the group back from where its clients have come since.
    """
    faults = {place: fault for place, fault in said.items() if fault is not None}
    if not faults:
        return Accepted(proven=True)
    whole = len(faults) == len(said)
    (topic, _), fault = next(iter(faults.items()))
    if fault.lost:
        return Refused(
            f"no answer to {COMMIT} for group `{name}`: {fault.message}; it may have been moved, and is not sent again",
            (f"look where it stands: `kafka-consumer-groups --describe --group {name}`",),
        )
    if fault.name in IN_USE:
        return Refused(f"group `{name}` has members, and is not moved", STOP, untouched=whole)
    if fault.denied:
        right = right_for(COMMIT, name) if fault.name.startswith("GROUP") else right_to_read(topic)
        return Refused(right.missing, (right.grant(client.peer.principal),), untouched=whole)
    # A broker may not have heard yet of a topic that was made a moment ago.
    return Refused(fault.message, fault.help, retry=(fault.retry or fault.absent) and whole, untouched=whole)


def _unless_gone(fault: KafkaFault | None) -> KafkaFault | None:
    return None if fault is not None and fault.name == GONE else fault


def _result(client: "KafkaClient", name: str, api: str, fault: KafkaFault | None) -> Accepted | Refused | Lost:
    if fault is None:
        return Accepted()
    if fault.name in IN_USE:
        return fault.result(f"group `{name}` has members, and Kafka deletes none that has any", STOP)
    return right_for(api, name).result(fault, f"{api} for group `{name}`", client.peer.principal)
