"""Who owns what on whole clusters: everything that is there, against the records of all projects."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from mqinfra.engine.inventory.belief import Seen, doubt
from mqinfra.engine.inventory.texts import Read, read_texts
from mqinfra.engine.survey import Opener
from mqinfra.model.address import Address
from mqinfra.model.cluster_owners import ClusterOwners
from mqinfra.model.errors import UserError
from mqinfra.model.reading import Reading
from mqinfra.model.record import Claimant, Owner
from mqinfra.model.scope import Owned
from mqinfra.providers.base.records import Stored
from mqinfra.providers.base.session import Session


def read_owners(aliases: Iterable[str], opener: Opener, owner: Owner) -> tuple[ClusterOwners, ...]:
    """Read everything that is on clusters, and everybody's records.

    Args:
        aliases: the clusters.
        opener: opens a session by alias.
        owner: who asks.
    """
    return tuple(_owners(alias, opener, owner) for alias in aliases)


def _owners(alias: str, opener: Opener, owner: Owner) -> ClusterOwners:
    try:
        with opener(alias) as session:
            reading = session.read(dict.fromkeys(session.kinds))
            read, unread = _records(session, owner)
    except UserError as error:
        return ClusterOwners(alias, unreachable=error.diagnostics[0].message)
    return ClusterOwners(
        alias,
        _claims(session, reading, read),
        {one: said.header.scope if said.header is not None else Owned() for one, said in sorted(read.items())},
        (*unread, *_unseen(session, reading)),
    )


def _records(session: Session, owner: Owner) -> tuple[Mapping[Owner, Read], list[str]]:
    """Everybody's records, and why some can't be read."""
    store = session.records(owner)
    if store is None:
        return {}, [session.unkept or "the cluster keeps no records"]
    read: dict[Owner, Read] = {}
    unread: list[str] = []
    held: dict[Owner, Stored] = {}
    try:
        held[owner] = store.load()
    except UserError as error:
        unread.append(f"records of `{owner}`: {error.diagnostics[0].message}")
    try:
        held |= store.load_others()
    except UserError as error:
        unread.append(f"records of other projects: {error.diagnostics[0].message}")
    for one, stored in sorted(held.items()):
        if one.kept or not stored.exists:
            continue  # of another cluster, which keeps its records here
        said = read_texts(stored.texts, session.alias)
        why = stored.unavailable or said.unreadable
        if why:
            unread.append(f"records of `{one}`: {why}")
        else:
            read[one] = said
    return read, unread


def _claims(session: Session, reading: Reading, read: Mapping[Owner, Read]) -> Mapping[Address, tuple[Claimant, ...]]:
    """Who claims each thing. A record of something else that had the same name claims nothing."""
    found: dict[Address, list[Claimant]] = defaultdict(list)
    for owner, said in sorted(read.items()):
        for address, record in said.records.items():
            live, kind = reading.resources.get(address), session.kinds.get(address.kind)
            if live is not None and kind is not None and doubt(record, Seen.of(live), kind, reading.facts.ids) is None:
                found[address].append(Claimant(owner, record.ours))
    return {
        address: tuple(found.get(address, ()))
        for address in sorted(reading.resources)
        if session.kinds[address.kind].internal(address) is None
    }


def _unseen(session: Session, reading: Reading) -> Iterator[str]:
    """Which part of the cluster could not be read."""
    for (kind, *within), why in sorted(reading.unseen.items()):
        yield f"{kind}{f' in `{within[0]}`' if within else ''}: {why}"
    for address, why in sorted(reading.denied.items()):
        if session.kinds[address.kind].internal(address) is None:
            yield f"`{address}`: {why}"
