"""Reading exchanges: one list per vhost, without statistics; and what an exchange's end would cost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.reading import Figures, Live
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.rabbitmq.api.call import Call, RabbitFault
from mqinfra.providers.rabbitmq.io.binding_reading import attached_to
from mqinfra.providers.rabbitmq.io.list_all import rows_of
from mqinfra.providers.rabbitmq.io.listing import Row, named, read_by_vhost
from mqinfra.providers.rabbitmq.spec.exchange import KIND, ExchangeSpec
from mqinfra.providers.rabbitmq.spec.permission import TOPIC_KIND, TOPIC_PERMISSION_NEEDS_EXCHANGE

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_QUERY = {"disable_stats": "true", "columns": "name,type,durable,auto_delete,internal,arguments"}
_FIELDS = {"type", "durable", "auto_delete", "internal", "arguments"}


def read(client: "RabbitClient", wanted: Iterable[Address] | None, alias: str) -> KindReading:
    """Read the named exchanges, or all of all vhosts; neighbours that nobody declared are kept for rules.

    Raises:
        UserError: the server can't be read.
    """
    asked = None if wanted is None else list(wanted)
    address_of = named(alias, KIND, asked)

    def found_in(vhost: str, rows: list[Row]) -> Iterator[tuple[Address, Live]]:
        for row in rows:
            name = str(row["name"])
            yield address_of((vhost, name), ()), Live(_spec_of(row), private=name)

    return read_by_vhost(client, asked, list_call, found_in, with_neighbours=True)


def list_call(vhost: str) -> Call:
    """The call that lists the exchanges of a vhost."""
    return Call("GET", ("exchanges", vhost), _QUERY)


def figures(client: "RabbitClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
    """The bindings on both sides and the topic permissions that go with exchanges; these hold no messages."""
    found: dict[Address, Figures] = {}
    granted = _granted(client, addresses)
    for address, bound in zip(addresses, attached_to(client, addresses, "exchange"), strict=True):
        details = [] if bound is not None else ["its bindings can't be read"]
        if granted is None:
            details.append("its topic permissions, which are deleted with it, can't be read")
        found[address] = Figures(0, (), tuple(details), (*(bound or ()), *(granted or {}).get(address, ())))
    return found


def _granted(client: "RabbitClient", addresses: Sequence[Address]) -> Mapping[Address, list[Address]] | None:
    """The topic permissions on exchanges; None where they can't be read, and none where they outlive the exchange."""
    found: dict[Address, list[Address]] = {address: [] for address in addresses}
    if client.version_tuple < TOPIC_PERMISSION_NEEDS_EXCHANGE:
        return found
    rows = client.get("topic-permissions")
    if isinstance(rows, RabbitFault):
        return None
    alias = addresses[0].cluster if addresses else ""
    for row in rows_of(rows):
        vhost, user, exchange = (str(row[part]) for part in ("vhost", "user", "exchange"))
        on = Address(alias, KIND, (vhost, exchange))
        if on in found:
            found[on].append(Address(alias, TOPIC_KIND, (vhost, user, exchange)))
    return found


def _spec_of(row: Row) -> ExchangeSpec:
    return ExchangeSpec.model_construct(
        _FIELDS,
        type=row["type"],
        durable=row["durable"],
        auto_delete=row["auto_delete"],
        internal=row["internal"],
        arguments=row.get("arguments") or {},
    )
