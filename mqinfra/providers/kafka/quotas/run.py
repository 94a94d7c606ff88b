"""Sending changes of quotas, for good or as a dry run."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.setting import Problem
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.base.request import Accepted, Request, Result
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.rights import ALTER_CONFIGS
from mqinfra.providers.kafka.quotas.requests import ALTER, requests_for
from mqinfra.providers.kafka.quotas.spec import entity_of

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient


def run(client: "KafkaClient", request: Request) -> dict[Address, Result]:
    """Send a request."""
    faults = _sent(client, request, validate_only=False)
    return {
        address: ALTER_CONFIGS.result(fault, ALTER, client.peer.principal) if fault is not None else Accepted()
        for address, fault in faults.items()
    }


def objections(client: "KafkaClient", changes: Sequence[Change]) -> list[Objection]:
    """Ask with `validate_only`; who lacks the right is told by `Permitted`."""
    if not ALTER_CONFIGS.held_by(client.rights):
        return []
    found: list[Objection] = []
    for request in requests_for(changes):
        for address, fault in _sent(client, request, validate_only=True).items():
            if fault is not None:
                unchecked = fault.lost or fault.retry
                found.append(Objection(address, Problem(fault.message, "; ".join(fault.help)), unchecked=unchecked))
    return found


def _sent(client: "KafkaClient", request: Request, *, validate_only: bool) -> Mapping[Address, KafkaFault | None]:
    entities = {address: entity_of(address) for address in request.body}
    wanted = {
        entities[address]: {
            key: float(value) if isinstance(value, int | float) else None for key, value in body.items()
        }
        for address, body in request.body.items()
    }
    faults = client.quotas.alter(wanted, validate_only=validate_only)
    return {address: faults[entity] for address, entity in entities.items()}
