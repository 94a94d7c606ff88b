"""Reading queues: one list per vhost, without statistics, whose cost grows with them tenfold."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.reading import Live
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.rabbitmq.api.call import Call
from mqinfra.providers.rabbitmq.io import queue_availability
from mqinfra.providers.rabbitmq.io.listing import Row, list_vhosts, named, read_by_vhost
from mqinfra.providers.rabbitmq.io.policy_reading import in_vhosts
from mqinfra.providers.rabbitmq.spec.queue import KIND, QueueSpec

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

TYPE_ARGUMENT = "x-queue-type"
_QUERY = {"disable_stats": "true", "columns": "name,type,durable,auto_delete,exclusive,arguments,node,state"}
"""All of them are among `BASIC_COLUMNS` of rabbit_mgmt_wm_queues.erl; any other would make the server collect figures.

Servers before `disable_stats` leave it aside.
"""
_FIELDS = {"type", "durable", "auto_delete", "arguments"}
_EXCLUSIVE = "it is exclusive: it belongs to one connection and is deleted with it"


def read(client: "RabbitClient", wanted: Iterable[Address] | None, alias: str) -> KindReading:
    """Read the named queues, or all of all vhosts; exclusive ones are out of reach, as are some while nodes are down.

    The policies of the vhosts are read along, whether they are declared or not: they are in force on the queues.

    Raises:
        UserError: the server can't be read.
    """
    asked = None if wanted is None else list(wanted)
    found = _read(client, asked, alias, with_neighbours=True)
    if not asked:
        return found
    policies = in_vhosts(client, (address.path[0] for address in asked), alias)
    return replace(found, neighbours={**found.neighbours, **policies})


def look(client: "RabbitClient", wanted: Sequence[Address], alias: str) -> KindReading:
    """Read the named queues alone.

    Raises:
        UserError: the server can't be read.
    """
    return _read(client, wanted, alias, with_neighbours=False)


def _read(
    client: "RabbitClient", wanted: Sequence[Address] | None, alias: str, *, with_neighbours: bool
) -> KindReading:
    """Read; what is asked for by name and can't be used is denied, and stays in sight of rules."""
    unusable: dict[Address, str] = {}
    resource_of = found_in(alias, wanted)

    def found(vhost: str, rows: list[Row]) -> Iterator[tuple[Address, Live | str]]:
        if wanted is not None:
            some = queue_availability.unusable(client, vhost, rows)
            unusable.update((Address(alias, KIND, (vhost, name)), why) for name, why in some.items())
        return resource_of(vhost, rows)

    reading = read_by_vhost(client, wanted, list_call, found, with_neighbours=with_neighbours)
    hidden = {address: live for address, live in reading.resources.items() if address in unusable}
    if not hidden:
        return reading
    return replace(
        reading,
        resources={address: live for address, live in reading.resources.items() if address not in hidden},
        denied={**reading.denied, **{address: unusable[address] for address in hidden}},
        neighbours={**reading.neighbours, **hidden} if with_neighbours else reading.neighbours,
    )


def all_in(client: "RabbitClient", vhosts: Iterable[str], alias: str) -> dict[Address, Live]:
    """The queues of some vhosts, as far as the caller may see them, without exclusive ones.

    Raises:
        UserError: the server can't be read.
    """
    found = found_in(alias)
    return {
        address: live
        for vhost, rows in list_vhosts(client, vhosts, list_call).rows.items()
        for address, live in found(vhost, rows)
        if isinstance(live, Live)
    }


def found_in(
    alias: str, wanted: Iterable[Address] | None = None
) -> Callable[[str, list[Row]], Iterator[tuple[Address, Live | str]]]:
    """Make resources of what is listed, of which some may be wanted."""
    address_of = named(alias, KIND, wanted)

    def found(vhost: str, rows: list[Row]) -> Iterator[tuple[Address, Live | str]]:
        for row in rows:
            name = str(row["name"])
            address = address_of((vhost, name), ())
            yield address, _EXCLUSIVE if row.get("exclusive") else Live(spec_of(row), private=name)

    return found


def list_call(vhost: str) -> Call:
    """The call that lists the queues of a vhost."""
    return Call("GET", ("queues", vhost), _QUERY)


def spec_of(row: Row) -> QueueSpec:
    """A listed queue as it would be declared: its type is a field of its own, whether the server injected it or not."""
    arguments = row.get("arguments") or {}
    if TYPE_ARGUMENT in arguments:
        arguments = {name: value for name, value in arguments.items() if name != TYPE_ARGUMENT}
    values = {
        "type": row.get("type") or "classic",
        "durable": row["durable"],
        "auto_delete": row["auto_delete"],
        "arguments": arguments,
    }
    return QueueSpec.of_sound(_FIELDS, values)
