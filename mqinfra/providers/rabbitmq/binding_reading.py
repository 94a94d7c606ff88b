"""Reading bindings: one list per vhost, and of some queues or exchanges their own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.reading import Live
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.rabbitmq.binding_spec import BindingSpec, address_of
from mqinfra.providers.rabbitmq.call import Answer, Call, Fault
from mqinfra.providers.rabbitmq.listing import Row, read_by_vhost

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.client import RabbitClient


def read(client: "RabbitClient", wanted: Iterable[Address] | None, alias: str) -> KindReading:
    """Read the named bindings, or all of all vhosts; neighbours that nobody declared are kept for rules.

    Raises:
        UserError: the server can't be read.
    """

    def found_in(vhost: str, rows: list[Row]) -> Iterator[tuple[Address, Live]]:
        return listed(alias, vhost, rows)

    return read_by_vhost(client, wanted, list_call, found_in, with_others=True)


def list_call(vhost: str) -> Call:
    """The call that lists the bindings of a vhost."""
    return Call("GET", ("bindings", vhost))


def listed(alias: str, vhost: str, rows: Iterable[Row]) -> Iterator[tuple[Address, Live]]:
    """Listed bindings by address, without those of the default exchange, which every queue has and nobody can undo."""
    for row in rows:
        if row["source"]:
            data = entry_of(row)
            yield address_of(alias, vhost, data), Live(_spec_of(data))


def entry_of(row: Mapping[str, Any]) -> dict[str, JsonValue]:
    """A listed binding as a manifest has it; empty parts are left out."""
    leads_to = "queue" if row["destination_type"] == "queue" else "toExchange"
    data: dict[str, JsonValue] = {"exchange": row["source"], leads_to: row["destination"]}
    if row["routing_key"]:
        data["routingKey"] = row["routing_key"]
    if row["arguments"]:
        data["arguments"] = row["arguments"]
    return data


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


def _addresses(address: Address, answers: Sequence[Answer | Fault]) -> tuple[Address, ...] | None:
    found: dict[Address, None] = {}
    for answer in answers:
        if isinstance(answer, Fault):
            if not answer.absent:
                return None
        elif isinstance(answer.body, list):
            rows = [row for row in answer.body if isinstance(row, dict)]
            found.update(dict.fromkeys(binding for binding, _ in listed(address.cluster, address.path[0], rows)))
    return tuple(sorted(found))


_FIELDS = {"exchange": "exchange", "queue": "queue", "toExchange": "to_exchange", "routingKey": "routing_key"}


def _spec_of(data: Mapping[str, Any]) -> BindingSpec:
    given = {_FIELDS.get(name, name) for name in data}
    return BindingSpec.model_construct(
        given,
        exchange=data["exchange"],
        queue=data.get("queue"),
        to_exchange=data.get("toExchange"),
        routing_key=data.get("routingKey", ""),
        arguments=data.get("arguments", {}),
    )
