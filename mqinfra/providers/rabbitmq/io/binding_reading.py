"""Reading bindings: one list per vhost, and of some queues or exchanges their own."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mqinfra.model.address import Address, Pairs
from mqinfra.model.reading import Live
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.base.placement import pair_text
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.io import queue_availability
from mqinfra.providers.rabbitmq.io.binding_requests import between
from mqinfra.providers.rabbitmq.io.listing import Row, inaccessible, named, read_by_vhost
from mqinfra.providers.rabbitmq.spec.binding import KIND, BindingSpec

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_QUERY = {"columns": "source,destination,destination_type,routing_key,arguments"}
"""What is looked at: a third less to send and to read than with the rest, which is said a second time in them."""
_FEW = 20
"""Bindings to look for one by one in any vhost: less than listing a small one costs."""
_DEARER = 10
"""How many times as long as in a list it takes to read a binding by itself, 16 at once (measured on RabbitMQ 3.10)."""


def read(client: "RabbitClient", wanted: Iterable[Address] | None, alias: str) -> KindReading:
    """Read the named bindings, or all of all vhosts; neighbours that nobody declared are kept for rules.

    Raises:
        UserError: the server can't be read.
    """
    return _read(client, wanted, alias, with_neighbours=True)


def look(client: "RabbitClient", wanted: Sequence[Address], alias: str) -> KindReading:
    """Read the named bindings alone; few of many by what they are between, since listing all of a vhost takes seconds.

    Raises:
        UserError: the server can't be read.
    """
    held = sum(client.bindings.get(vhost, 0) for vhost in {address.path[0] for address in wanted})
    if len(wanted) > max(_FEW, held // _DEARER):
        return _read(client, wanted, alias, with_neighbours=False)
    asked = set(wanted)
    address_of = named(alias, KIND, asked)
    places = list(dict.fromkeys(between(address) for address in wanted))
    answers = dict(zip(places, client.lists([Call("GET", place) for place in places]), strict=True))
    resources: dict[Address, Live] = {}
    for place, answer in answers.items():
        if not isinstance(answer, RabbitFault) and isinstance(answer.body, list):
            rows = [row for row in answer.body if isinstance(row, dict)]
            resources.update(item for item in listed(address_of, place[1], rows) if item[0] in asked)
    denied: dict[Address, str] = {}
    absent: list[Address] = []
    for address in wanted:
        said = answers[between(address)]
        if isinstance(said, RabbitFault) and said.absent:
            absent.append(address)
        elif isinstance(said, RabbitFault):
            denied[address] = said.message
    unseen = inaccessible(client, {address.path[0] for address in absent})
    denied |= {address: unseen[address.path[0]] for address in absent if address.path[0] in unseen}
    return _without_hidden(client, asked, KindReading(resources, denied))


def _read(
    client: "RabbitClient", wanted: Iterable[Address] | None, alias: str, *, with_neighbours: bool
) -> KindReading:
    asked = None if wanted is None else set(wanted)
    address_of = named(alias, KIND, asked)

    def found_in(vhost: str, rows: list[Row]) -> Iterator[tuple[Address, Live]]:
        client.bindings[vhost] = len(rows)
        return listed(address_of, vhost, rows)

    reading = read_by_vhost(client, asked, list_call, found_in, with_neighbours=with_neighbours)
    return reading if asked is None else _without_hidden(client, asked, reading)


def _without_hidden(client: "RabbitClient", asked: Collection[Address], reading: KindReading) -> KindReading:
    """Take no binding for absent whose queue can't be used: 3.10 lists none of a queue while its node is down.

    Where all nodes are up nothing is asked.
    """
    if client.down is not None and not client.down:
        return reading
    seen = reading.resources.keys() | reading.denied.keys()
    missing = {
        address: (address.path[0], dict(address.pairs).get("queue", "")) for address in asked if address not in seen
    }
    vhosts = {vhost for vhost, queue in missing.values() if queue}
    unusable = queue_availability.in_vhosts(client, vhosts) if vhosts else {}
    hidden = {
        address: f"queue `{place[1]}` can't be used: {unusable[place]}"
        for address, place in missing.items()
        if place in unusable
    }
    return replace(reading, denied={**reading.denied, **hidden}) if hidden else reading


def list_call(vhost: str) -> Call:
    """The call that lists the bindings of a vhost."""
    return Call("GET", ("bindings", vhost), _QUERY)


def listed(
    address_of: Callable[[tuple[str, ...], Pairs], Address], vhost: str, rows: Iterable[Row]
) -> Iterator[tuple[Address, Live]]:
    """Listed bindings, without those of the default exchange, which every queue has and nobody can undo.

    Args:
        address_of: gives them their addresses; see `named`.
        vhost: where they were listed.
        rows: the list.
    """
    path = (vhost,)
    for row in rows:
        if row["source"]:
            yield address_of(path, _pairs_of(row)), Live(_spec_of(row))


def _pairs_of(row: Row) -> Pairs:
    """The same as `address_of` makes of an entry; in the order of the keys, since a vhost has tens of thousands."""
    pairs = [("arguments", pair_text(row["arguments"]))] if row["arguments"] else []
    pairs.append(("exchange", row["source"]))
    to_queue = row["destination_type"] == "queue"
    if to_queue:
        pairs.append(("queue", row["destination"]))
    if row["routing_key"]:
        pairs.append(("routingKey", row["routing_key"]))
    if not to_queue:
        pairs.append(("toExchange", row["destination"]))
    return tuple(pairs)


def attached_to(client: "RabbitClient", addresses: Sequence[Address], title: str) -> list[tuple[Address, ...] | None]:
    """The bindings that go with queues or exchanges, in order; None where they can't be read.

    Args:
        client: talks to the server.
        addresses: the queues or exchanges.
        title: `queue` or `exchange`; an exchange has bindings on both its sides.
    """
    sides = [("bindings",)] if title == "queue" else [("bindings", "source"), ("bindings", "destination")]
    calls = [Call("GET", (f"{title}s", *address.path, *side)) for address in addresses for side in sides]
    answers = client.send(calls)
    return [
        _addresses(address, answers[number * len(sides) : (number + 1) * len(sides)])
        for number, address in enumerate(addresses)
    ]


def _addresses(address: Address, answers: Sequence[Answer | RabbitFault]) -> tuple[Address, ...] | None:
    found: dict[Address, None] = {}
    for answer in answers:
        if isinstance(answer, RabbitFault):
            if not answer.absent:
                return None
        elif isinstance(answer.body, list):
            rows = [row for row in answer.body if isinstance(row, dict)]
            some = listed(named(address.cluster, KIND, None), address.path[0], rows)
            found.update(dict.fromkeys(binding for binding, _ in some))
    return tuple(sorted(found))


def _spec_of(row: Row) -> BindingSpec:
    """A listed binding as a manifest has it; empty parts are left out."""
    to_queue = row["destination_type"] == "queue"
    given = {"exchange", "queue" if to_queue else "to_exchange"}
    if row["routing_key"]:
        given.add("routing_key")
    if row["arguments"]:
        given.add("arguments")
    values = {
        "exchange": row["source"],
        "queue": row["destination"] if to_queue else None,
        "to_exchange": None if to_queue else row["destination"],
        "routing_key": row["routing_key"],
        "arguments": row["arguments"],
    }
    return BindingSpec.of_sound(given, values)
