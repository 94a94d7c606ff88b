"""The replication factor of topics: begun by a request, gone on with until it is reached, and what hinders it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.errors import UserError
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.base.request import Accepted, Lost, Refused, Request, Result, UnderWay
from mqinfra.providers.kafka.api.faults import KafkaFault, result_of
from mqinfra.providers.kafka.moves.steps import Standing, step
from mqinfra.providers.kafka.moves.weighing import hindrances
from mqinfra.providers.kafka.topics.fields import REPLICATION
from mqinfra.providers.kafka.topics.requests import (
    CONFIGURE,
    MAX_RECORDS,
    Body,
    chunks,
    factor_of,
    factors_in,
    settings_after,
)

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient


def begun(client: "KafkaClient", request: Request) -> dict[Address, Result]:
    """Begin to move replicas."""
    factors = {address.name: factor for address, factor in factors_in(request).items()}
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


def _settled(client: "KafkaClient", waited: Mapping[Address, Body]) -> dict[Address, Standing]:
    keys = sorted({key for body in waited.values() for key in _keys(body)})
    by_name = {address.name: address for address in waited}
    found: dict[Address, Standing] = {}
    due: dict[Address, Body] = {}
    for name, own in client.topics.own_settings(by_name, keys):
        address = by_name[name]
        wanted = _keys(waited[address])
        if isinstance(own, KafkaFault):
            found[address] = UnderWay(f"moved, and its settings can't be read: {own.message}", (), own.message)
        elif {key: own.get(key) for key in wanted} != wanted:
            due[address] = waited[address]
    for part in chunks(due.items(), MAX_RECORDS):
        faults = client.topics.configure({address.name: body for address, body in part.items()})
        for name, fault in faults.items():
            if fault is not None:
                found[by_name[name]] = result_of(fault, CONFIGURE, name, client.peer.principal)
    return found


def _keys(body: Body) -> Mapping[str, JsonValue]:
    """What settings are to be; None where they are to be reset."""
    wanted, reset = body["set"], body["reset"]
    return {
        **dict.fromkeys(map(str, reset if isinstance(reset, list) else ())),
        **(wanted if isinstance(wanted, dict) else {}),
    }


def objections(client: "KafkaClient", factors: Mapping[Address, int]) -> list[Objection]:
    """What keeps topics from getting their replication factors."""
    found = hindrances(client, {address.name: factor for address, factor in factors.items()}) if factors else {}
    return [
        Objection(address, why.problem, REPLICATION, lacking=why.lacking)
        for address in factors
        for why in found.get(address.name, ())
    ]
