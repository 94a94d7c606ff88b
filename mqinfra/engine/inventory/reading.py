"""Reading the records of a cluster: beside the reading of the cluster itself, and never a reason for a plan to fail."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from mqinfra.engine.inventory.texts import read_texts
from mqinfra.model.address import Address
from mqinfra.model.errors import UserError
from mqinfra.model.record import Claimant, Inventory, Owner
from mqinfra.providers.base.records import RecordStore
from mqinfra.providers.base.session import Session


def read_inventory(session: Session, owner: Owner) -> Inventory:
    """Read what the project's records on a cluster say; why they can't be read stands in the inventory."""
    store = session.records(owner)
    if store is None:
        return Inventory()
    try:
        stored = store.load()
    except UserError as error:
        return Inventory(place=store.place, unavailable=error.diagnostics[0].message)
    read = read_texts(stored.texts, session.alias)
    return Inventory(
        store.place,
        stored.exists,
        read.records,
        header=read.header,
        runs=read.runs,
        uses=read.uses,
        unavailable=read.unreadable,
        begun=read.begun,
    )


def with_foreign(session: Session, owner: Owner, inventory: Inventory, asked: Collection[Address]) -> Inventory:
    """Add who else claims some resources. Where that can't be told, nothing is claimed: it might be somebody else's."""
    store = session.records(owner) if inventory.known and asked else None
    if store is None:
        return inventory
    try:
        return replace(inventory, foreign=foreign_claims(store, asked))
    except UserError as error:
        return replace(inventory, records={}, unavailable=error.diagnostics[0].message)


def foreign_claims(store: RecordStore, addresses: Collection[Address]) -> Mapping[Address, tuple[Claimant, ...]]:
    """Find other owners' claims on some resources. A record of theirs that can't be understood claims too.

    Raises:
        UserError: they can't be read.
    """
    by_key = {address.key: address for address in addresses}
    claims: dict[Address, list[Claimant]] = defaultdict(list)
    for owner, texts in store.others(by_key.keys()).items():
        for key in texts.keys() & by_key.keys():
            address = by_key[key]
            record = read_texts({key: texts[key]}, address.cluster).records.get(address)
            claims[address].append(Claimant(owner, record is not None and record.ours))
    return {address: tuple(sorted(some, key=lambda one: one.owner)) for address, some in claims.items()}
