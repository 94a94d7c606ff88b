"""What records justify: which of what is there is ours, so that it may go or be unset because nobody says it any more.

A record is believed only where everything fits: the cluster, the identity, what is there, the scope, and that nobody
else's record claims the same. Whatever does not fit means fewer deletes.
"""

from typing import Any

from mqinfra.engine.inventory.belief import Doubt, Seen, doubt
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address, AddressError
from mqinfra.model.claim import Claim
from mqinfra.model.reading import Coverage, Facts, Live, Reading
from mqinfra.model.record import Origin, Owner, Record
from mqinfra.providers.base.kind import Kind


def claim_of(state: Planning, record: Record) -> Claim:
    """What a plan says of a record that it rests on."""
    owner = Owner(state.desired.project, state.desired.environment)
    return Claim(str(owner), record.origin, record.makers, record.sugar)


def record_of(state: Planning, address: Address) -> Record | None:
    """Our record of a resource; None where there is none, or where records could not be read."""
    inventory = state.survey.inventories.get(address.cluster)
    return inventory.records.get(address) if inventory is not None and inventory.known else None


def unclaimed(state: Planning, address: Address, record: Record, live: Live, reading: Reading) -> str:
    """Say why our record of a live resource claims nothing, for people; empty when it claims it."""
    kind = state.kind(address)
    if kind is None:
        return "this cluster has no such kind"
    why = doubt_about(record, live, kind, reading.facts)
    if why:
        return why
    if record.origin is Origin.FOUND:
        return "it was there before this project"
    if reading.coverage.get(address.kind) is Coverage.DENIED:
        return f"not all {kind.name} can be seen"
    if not state.desired.scope.owns(reading.type, address):
        return "it is not in scope"
    return ""


def doubt_about(record: Record, live: Live, kind: Kind[Any], facts: Facts) -> str:
    """Say why a record is not of a live resource, for people; empty when it is."""
    why = doubt(record, Seen.of(live), kind, facts.ids)
    if why is Doubt.ELSEWHERE:
        return f"{why.value}, `{record.cluster[0]}`"
    return why.value if why is not None else ""


def foreign_owners(state: Planning, address: Address) -> tuple[Owner, ...]:
    """Other owners whose records claim a resource."""
    inventory = state.survey.inventories.get(address.cluster)
    return tuple(claimant.owner for claimant in inventory.foreign.get(address, ())) if inventory is not None else ()


def maker_address(alias: str, key: str) -> Address | None:
    """The address of an entry by the key in a record; None where it is none."""
    try:
        return Address.parse(f"{alias}/{key}")
    except AddressError:
        return None
