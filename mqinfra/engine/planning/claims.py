"""What records justify: which of what is there is ours, so that it may go or be unset because nobody says it any more.

A record is believed only where everything fits: the cluster, the identity, what is there, the scope, and that nobody
else's record claims the same. Whatever does not fit means fewer deletes.
"""

from typing import Any

from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address, AddressError
from mqinfra.model.claim import Claim
from mqinfra.model.reading import Coverage, Facts, Live, Reading
from mqinfra.model.record import Origin, Owner, Record, Standing
from mqinfra.model.spec import flat
from mqinfra.providers.base.kind import Holding, Kind


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
    why = believed(record, live, kind, reading.facts)
    if why:
        return why
    if record.origin is Origin.FOUND:
        return "it was there before this project"
    if reading.coverage.get(address.kind) is Coverage.DENIED:
        return f"not all {kind.name} can be seen"
    if not state.desired.scope.owns(reading.type, address):
        return "it is not in scope"
    return claimed_by_others(state, address, kind)


def believed(record: Record, live: Live, kind: Kind[Any], facts: Facts) -> str:
    """Say why a record is not of a live resource; empty when it is."""
    if record.cluster and set(record.cluster).isdisjoint(facts.ids):
        return f"its record is of another cluster, `{record.cluster[0]}`"
    if record.identity and record.identity != live.identity:
        return "it was deleted and made again since its record was written"
    if record.standing is Standing.PENDING and not record.identity and not _as_recorded(record, live, kind):
        return "it is unclear who made it: its record is of an apply that did not end"
    return ""


def _as_recorded(record: Record, live: Live, kind: Kind[Any]) -> bool:
    """Whether what is there is what we would have made; secrets are not recorded, and so are not compared."""
    own = live.spec.fields()
    for path, value in flat(record.spec).items():
        if value is None or kind.spec.marker(path).secret:
            continue
        found = own.get(path)
        if found is None or not kind.same(path, value, found):
            return False
    return True


def claimed_by_others(state: Planning, address: Address, kind: Kind[Any]) -> str:
    """Say who else claims a resource, so that we don't delete it; empty when nobody does."""
    others = foreign_owners(state, address)
    if not others:
        return ""
    names = ", ".join(f"`{owner}`" for owner in others)
    return f"{kind.title} is claimed by {names} too" if shared(kind) else f"claimed by {names}"


def foreign_owners(state: Planning, address: Address) -> tuple[Owner, ...]:
    """Other owners whose records claim a resource."""
    inventory = state.survey.inventories.get(address.cluster)
    return inventory.foreign.get(address, ()) if inventory is not None else ()


def shared(kind: Kind[Any]) -> bool:
    """Whether several projects may claim a resource of a kind: those that are their own name, and so are alike."""
    return kind.holding is not Holding.DATA and bool(kind.placement.named_by)


def maker_address(alias: str, key: str) -> Address | None:
    """The address of an entry by the key in a record; None where it is none."""
    try:
        return Address.parse(f"{alias}/{key}")
    except AddressError:
        return None
