"""The replication factor of topics: begun by a request, gone on with until it is reached, and what hinders it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.errors import UserError
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.base.request import Accepted, Lost, Refused, Request, Result, UnderWay
from mqinfra.providers.kafka.api.faults import KafkaFault, result_of
from mqinfra.providers.kafka.moves.steps import step
from mqinfra.providers.kafka.moves.weighing import hindrances
from mqinfra.providers.kafka.topics.fields import REPLICATION
from mqinfra.providers.kafka.topics.requests import CONFIGURE, factor_of, settings_after

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

Standing = UnderWay | Refused | Lost


def begun(client: "KafkaClient", request: Request) -> dict[Address, Result]:
    """Begin to move replicas."""
    factors = {address.name: int(str(body["replicationFactor"])) for address, body in request.body.items()}
    reason = client.replicas.unavailable()
    if reason:
        return dict.fromkeys(request.body, Refused(f"moving its replicas {reason}"))
    try:
        standings = step(client, factors)
    except UserError as error:
        return dict.fromkeys(request.body, Lost(str(error)))
    return {address: _begun(standings.get(address.name)) for address in request.body}


def _begun(standing: Standing | None) -> Result:
    return standing if isinstance(standing, Refused | Lost) else Accepted()


def go_on(client: "KafkaClient", changes: Sequence[Change]) -> dict[Address, Standing]:
    """Move replicas on, and give topics that have theirs the settings that had to wait for that.

    Raises:
        UserError: the cluster did not answer.
    """
    moved = {change.address: factor for change in changes if (factor := factor_of(change)) is not None}
    if not moved:
        return {}
    standings = step(client, {address.name: factor for address, factor in moved.items()})
    found = {address: standings[address.name] for address in moved if address.name in standings}
    waited = {
        change.address: then
        for change in changes
        if change.address in moved and change.address not in found and (then := settings_after(change)) is not None
    }
    return found | _settled(client, waited)


def _settled(client: "KafkaClient", waited: Mapping[Address, Mapping[str, object]]) -> dict[Address, Standing]:
    keys = sorted({key for body in waited.values() for key in _keys(body)})
    by_name = {address.name: address for address in waited}
    found: dict[Address, Standing] = {}
    for name, own in client.topics.own_settings(by_name, keys):
        address = by_name[name]
        body = waited[address]
        if isinstance(own, KafkaFault):
            found[address] = UnderWay(f"moved, and its settings can't be read: {own.message}", (), own.message)
        elif {key: own.get(key) for key in _keys(body)} != _keys(body):
            fault = client.topics.configure({name: body})[name]  # type: ignore[dict-item]
            if fault is not None:
                found[address] = result_of(fault, CONFIGURE, name, client.peer.principal)
    return found


def _keys(body: Mapping[str, object]) -> dict[str, str | None]:
    """What settings are to be; None where they are to be reset."""
    wanted, reset = body["set"], body["reset"]
    found: dict[str, str | None] = dict(wanted) if isinstance(wanted, dict) else {}
    return found | dict.fromkeys(reset if isinstance(reset, list) else ())


def objections(client: "KafkaClient", factors: Mapping[Address, int]) -> list[Objection]:
    """What keeps topics from getting their replication factors."""
    found = hindrances(client, {address.name: factor for address, factor in factors.items()}) if factors else {}
    return [
        Objection(address, why.problem, REPLICATION, lacking=why.lacking)
        for address in factors
        for why in found.get(address.name, ())
    ]
