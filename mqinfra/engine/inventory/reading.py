"""Reading the records of a cluster: beside the reading of the cluster itself, and never a reason for a plan to fail."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from mqinfra.engine.inventory.texts import read_texts
from mqinfra.model.address import Address
from mqinfra.model.errors import UserError
from mqinfra.model.overlap import added
from mqinfra.model.record import Claimant, Inventory, Owner
from mqinfra.model.scope import Owned
from mqinfra.providers.base.records import RecordStore
from mqinfra.providers.base.session import Session


def read_inventory(session: Session, owner: Owner, known: Iterable[Address] = ()) -> Inventory:
    """Read what the project's records on a cluster say; why they can't be read stands in the inventory.

    Args:
        session: the cluster.
        owner: whose records they are.
        known: addresses that records may be of; see `read_texts`.
    """
    store = session.records(owner)
    if store is None:
        return Inventory()
    try:
        stored = store.load()
    except UserError as error:
        return Inventory(place=store.place, unavailable=error.diagnostics[0].message)
    read = read_texts(stored.texts, session.alias, known)
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


def with_foreign(
    session: Session,
    owner: Owner,
    inventory: Inventory,
    contested: Collection[Address],
    passed: Collection[Address],
    scope: Owned,
) -> Inventory:
    """Add who else claims some resources.

    Args:
        session: the cluster.
        owner: whose inventory it is.
        inventory: what the project's records say.
        contested: resources of which the plan has to know. Where it can't be told, nothing is claimed: each of them
            might be somebody else's.
        passed: others that the project may own, of which it is as well to know.
        scope: what the project may own on the cluster. Where its header does not say so yet, or only one apply is
            recorded, others' scopes are added, to be held against it.
    """
    asked = {*contested, *passed}
    recorded = inventory.header.scope if inventory.header is not None else Owned()
    # Two that came at the same moment did not see each other; whoever has applied but once looks again.
    is_new = added(scope, recorded) != Owned() or len(inventory.runs) <= 1
    store = session.records(owner) if inventory.known and (asked or is_new) else None
    if store is None:
        return inventory
    try:
        if not is_new:
            return replace(inventory, foreign=foreign_claims(store, asked))
        others = {other: stored for other, stored in store.load_others().items() if not other.kept}
    except UserError as error:
        why = error.diagnostics[0].message
        if contested:
            return replace(inventory, records={}, unavailable=why)
        return replace(inventory, unread=(why,)) if is_new else inventory
    read = {other: read_texts(stored.texts, session.alias) for other, stored in others.items()}
    unread = {other: stored.unavailable or read[other].unreadable for other, stored in others.items()}
    return replace(
        inventory,
        foreign=_claims({other: stored.texts for other, stored in others.items()}, asked),
        # Whoever has no record of anything there owns nothing yet, or no more, as after a rename.
        neighbours={other: said.header.scope for other, said in read.items() if said.header and said.records},
        unread=tuple(f"the records of `{other}` can't be read: {why}" for other, why in sorted(unread.items()) if why),
    )


def foreign_claims(store: RecordStore, addresses: Collection[Address]) -> Mapping[Address, tuple[Claimant, ...]]:
    """Find other owners' claims on some resources. A record of theirs that can't be understood claims too.

    Raises:
        UserError: they can't be read.
    """
    return _claims(store.others([address.key for address in addresses]), addresses)


def _claims(
    held: Mapping[Owner, Mapping[str, str]], addresses: Collection[Address]
) -> Mapping[Address, tuple[Claimant, ...]]:
    """The claims on some resources among the texts of others."""
    by_key = {address.key: address for address in addresses}
    claims: dict[Address, list[Claimant]] = defaultdict(list)
    for owner, texts in held.items():
        for key in texts.keys() & by_key.keys():
            address = by_key[key]
            record = read_texts({key: texts[key]}, address.cluster).records.get(address)
            claims[address].append(Claimant(owner, record is not None and record.ours))
    return {address: tuple(sorted(some, key=lambda one: one.owner)) for address, some in claims.items()}
