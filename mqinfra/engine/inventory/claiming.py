"""Claims that people make, drop and take over by name: `adopt`, `forget`, `adopt --from`. No resource is touched."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field, replace
from types import MappingProxyType

from mqinfra.engine.inventory.belief import Seen
from mqinfra.engine.inventory.entries import Declared
from mqinfra.engine.inventory.reading import foreign_claims
from mqinfra.engine.inventory.texts import FORMAT_VERSION, HEADER, Read, once_key, read_texts, use_key, written
from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Reading
from mqinfra.model.record import Header, Inventory, Origin, Owner, Record
from mqinfra.model.wording import each_named
from mqinfra.providers.base.records import RecordStore


@dataclass(frozen=True, slots=True)
class Claimed:
    """What came of it.

    Attributes:
        done: the resources whose claims were made, dropped or taken over.
        refused: the others, each with why.
    """

    done: tuple[Address, ...] = ()
    refused: Mapping[Address, str] = field(default_factory=lambda: MappingProxyType({}))


def adopt(
    store: RecordStore, inventory: Inventory, declared: Declared, reading: Reading, addresses: Collection[Address]
) -> Claimed:
    """Claim declared resources that were there before.

    Args:
        store: the project's records on a cluster.
        inventory: what they say, as read under the lock.
        declared: what records are made of.
        reading: what is there.
        addresses: the resources.

    Raises:
        UserError: the records can't be written.
    """
    known = {address: record for address, record in inventory.records.items() if address in reading.resources}
    foreign = foreign_claims(store, [address for address in addresses if address not in known])
    refused: dict[Address, str] = {}
    records: dict[Address, Record] = {}
    for address in sorted(addresses):
        live, before = reading.resources.get(address), known.get(address)
        if address not in declared.declarations:
            refused[address] = "no manifest declares it, so that it would go with the next apply; declare it first"
        elif live is None:
            refused[address] = reading.denied.get(address, "it does not exist; an apply creates it")
        elif foreign.get(address):
            refused[address] = (
                f"{each_named(foreign[address])} claims it; take its claims over with `--from`, or let it forget them"
            )
        elif before is None or not declared.believes(address, before, Seen.of(live)) or not before.ours:
            # What is live may differ: nothing was set by this project yet, so that no field is called its own.
            records[address] = replace(declared.record(address, Origin.ADOPTED, live.identity), spec={})
    _save(store, inventory, {address.key: written(record) for address, record in records.items()})
    return Claimed(tuple(records), refused)


def forget(store: RecordStore, inventory: Inventory, addresses: Iterable[Address]) -> Claimed:
    """Drop claims; the resources stay as they are.

    Raises:
        UserError: the records can't be written.
    """
    some = sorted(addresses)
    known = [address for address in some if address in inventory.records]
    if known:
        store.save({address.key: None for address in known})
    return Claimed(tuple(known), {address: "nothing is recorded of it" for address in some if address not in known})


def take_over(
    store: RecordStore, inventory: Inventory, other: RecordStore, alias: str, owns: Callable[[Address], bool]
) -> Claimed:
    """Take the claims of another owner over, and what it did once, as after a rename: ours come before theirs go.

    Args:
        store: the project's records on a cluster.
        inventory: what they say.
        other: the other owner's records there.
        alias: the cluster's alias.
        owns: tells whether the project may own a resource.

    Raises:
        UserError: records can't be read or written.
    """
    read = read_texts(other.load().texts, alias)
    theirs = read.records
    mine = {address: record for address, record in theirs.items() if owns(address)}
    better = {
        address: record
        for address, record in mine.items()
        if address not in inventory.records or not inventory.records[address].ours
    }
    records = {address.key: written(record) for address, record in better.items()}
    _save(store, inventory, {**records, **_done_once(read, inventory)})
    if mine:
        other.save({address.key: None for address in mine})
    outside = {address: "it lies outside the project's scope" for address in theirs if address not in mine}
    return Claimed(tuple(sorted(mine)), outside)


def _done_once(theirs: Read, mine: Inventory) -> dict[str, str]:
    """The lines that they used and what they began, which moved with the manifests; their runs have other numbers."""
    lines = {line: use for line, use in theirs.uses.items() if line not in mine.uses}
    begun = {what: run for what, run in theirs.begun.items() if what not in mine.begun}
    return {
        **{use_key(line): written(replace(use, run=0)) for line, use in lines.items()},
        **{once_key(what): written(replace(run, run=0)) for what, run in begun.items()},
    }


def parse_owner(text: str, environment: str) -> Owner | None:
    """Read `PROJECT` or `PROJECT/ENV`; None when it is neither."""
    project, slash, other = text.partition("/")
    if not project or "/" in other or (slash and not other):
        return None
    return Owner(project, other or environment)


def _save(store: RecordStore, inventory: Inventory, texts: Mapping[str, str]) -> None:
    if texts:
        header = {} if inventory.header is not None else {HEADER: written(Header(FORMAT_VERSION))}
        store.save({**header, **texts})
