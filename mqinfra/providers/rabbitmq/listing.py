"""Reading a kind in bulk: one list per vhost, and what it means when the server does not give one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mqinfra.model.address import Address
from mqinfra.model.reading import Coverage, Live
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.rabbitmq.call import Call, Fault

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.client import RabbitClient

Row = Mapping[str, Any]
"""One thing as the management API lists it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the vhosts hold of a kind.

    Attributes:
        rows: per vhost, what is listed; a vhost that does not exist has none.
        denied: per vhost, why nothing could be seen.
    """

    rows: Mapping[str, list[Row]]
    denied: Mapping[str, str]


def vhost_names(client: "RabbitClient") -> list[str]:
    """The vhosts that the caller may see, sorted.

    Raises:
        UserError: the server can't be read.
    """
    found = client.get("vhosts", columns="name")
    return sorted(str(row["name"]) for row in found if isinstance(row, dict)) if isinstance(found, list) else []


def list_vhosts(client: "RabbitClient", vhosts: Iterable[str], call_of: Callable[[str], Call]) -> Listing:
    """List a kind in each of some vhosts, side by side.

    Args:
        client: talks to the server.
        vhosts: the vhosts.
        call_of: the call that lists the kind in a vhost.

    Raises:
        UserError: the server can't be read.
    """
    names = sorted(set(vhosts))
    rows: dict[str, list[Row]] = {}
    denied: dict[str, str] = {}
    for name, answer in zip(names, client.lists([call_of(name) for name in names]), strict=True):
        if not isinstance(answer, Fault):
            rows[name] = [row for row in answer.body if isinstance(row, dict)] if isinstance(answer.body, list) else []
        elif answer.absent:
            rows[name] = []
        else:
            denied[name] = answer.message
    return Listing(rows, denied)


def read_by_vhost(
    client: "RabbitClient",
    wanted: Iterable[Address] | None,
    call_of: Callable[[str], Call],
    found_in: Callable[[str, list[Row]], Iterable[tuple[Address, Live | str]]],
    *,
    with_others: bool = False,
) -> KindReading:
    """Read a kind that lives in vhosts.

    Args:
        client: talks to the server.
        wanted: what was asked for; None for all there is.
        call_of: the call that lists the kind in a vhost.
        found_in: turns the list of a vhost into resources; a text instead of one says why it is out of reach.
        with_others: whether what nobody asked for is kept for rules.

    Raises:
        UserError: the server can't be read.
    """
    asked = None if wanted is None else set(wanted)
    vhosts = vhost_names(client) if asked is None else {address.path[0] for address in asked if address.path}
    listing = list_vhosts(client, vhosts, call_of)
    resources: dict[Address, Live] = {}
    denied: dict[Address, str] = {}
    others: dict[Address, Live] = {}
    for vhost, rows in listing.rows.items():
        for address, live in found_in(vhost, rows):
            mine = asked is None or address in asked
            if isinstance(live, str):
                if mine:
                    denied[address] = live
            elif mine:
                resources[address] = live
            elif with_others:
                others[address] = live
    if asked is None:
        return KindReading(resources, coverage=Coverage.COMPLETE if not listing.denied else Coverage.NAMED)
    if listing.denied:
        denied |= {address: listing.denied[address.path[0]] for address in asked if address.path[0] in listing.denied}
    return KindReading(resources, denied, Coverage.NAMED, others)
