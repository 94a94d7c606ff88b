"""Reading a kind in bulk: one list per vhost, and what it means when the server does not give one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mqinfra.model.address import Address, Pairs
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Coverage, Live
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.rabbitmq.api.call import Call, RabbitFault

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

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


def named(alias: str, kind: str, wanted: Iterable[Address] | None) -> Callable[[tuple[str, ...], Pairs], Address]:
    """Give things that are listed their addresses: those of them that are wanted, rather than others that are equal.

    A vhost has tens of thousands of things, nearly all of which are wanted, and making an address takes ten times as
    long as finding one; it is found in the plan by being the same one, without a look at its text.

    Args:
        alias: the cluster's alias.
        kind: what is listed.
        wanted: what was asked for; None for all there is.
    """
    known = {(address.path, address.pairs): address for address in wanted or ()}

    def address_of(path: tuple[str, ...], pairs: Pairs = ()) -> Address:
        found = known.get((path, pairs))
        return found if found is not None else Address(alias, kind, path, pairs)

    return address_of


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
    missing: list[str] = []
    for name, answer in zip(names, client.lists([call_of(name) for name in names]), strict=True):
        if not isinstance(answer, RabbitFault):
            rows[name] = [row for row in answer.body if isinstance(row, dict)] if isinstance(answer.body, list) else []
        elif answer.absent:
            missing.append(name)
        else:
            denied[name] = answer.message
    hidden = _hidden(client, missing)
    rows |= {name: [] for name in missing if name not in hidden}
    return Listing(rows, {**denied, **hidden})


def sees_all_vhosts(client: "RabbitClient") -> bool:
    """Whether the list of vhosts that the caller gets is whole (`rabbit_mgmt_util:list_visible_vhosts/1`)."""
    return bool(client.tags & {"administrator", "monitoring"})


def _hidden(client: "RabbitClient", missing: Sequence[str]) -> Mapping[str, str]:
    """Say why vhosts that were answered with 404 may be there all the same.

    From 4.3 the server answers so for those that the caller has no access to as well, and a tag such as `monitoring`
    gives none. Only a list of all vhosts that lacks one tells that it is absent.
    """
    if not missing:
        return {}
    if not sees_all_vhosts(client):
        why = (
            "it does not exist, or `{user}` has no access to it: RabbitMQ tells the two apart only for users with the "
            "tag `monitoring`"
        )
        return dict.fromkeys(missing, why.format(user=client.user))
    there = set(vhost_names(client))
    return {name: f"not allowed: `{client.user}` may not look into vhost `{name}`" for name in missing if name in there}


def inaccessible(client: "RabbitClient", vhosts: Iterable[str]) -> Mapping[str, str]:
    """The vhosts among some whose contents the caller may not see, with the reason.

    Raises:
        UserError: the server can't be read.
    """
    # Policies are few; whoever has access to a vhost may list them.
    return list_vhosts(client, vhosts, lambda name: Call("GET", ("policies", name))).denied


def with_unseen(
    client: "RabbitClient", wanted: Sequence[Address] | None, found: KindReading, *, whole: bool
) -> KindReading:
    """What a list of all vhosts gave, without taking for absent what the server leaves out of it.

    Args:
        client: talks to the server.
        wanted: what was asked for; None for all there is.
        found: what the list gave.
        whole: whether the caller gets all of it.

    Raises:
        UserError: the server can't be read.
    """
    if whole:
        return found
    found = replace(found, listed=None)
    if wanted is None:
        return replace(found, coverage=Coverage.NAMED) if found.coverage is Coverage.COMPLETE else found
    missing = [address for address in wanted if address not in found.resources and address not in found.denied]
    unseen = inaccessible(client, {address.path[0] for address in missing})
    hidden = {address: unseen[address.path[0]] for address in missing if address.path[0] in unseen}
    return replace(found, denied={**found.denied, **hidden})


def read_by_vhost(
    client: "RabbitClient",
    wanted: Iterable[Address] | None,
    call_of: Callable[[str], Call],
    found_in: Callable[[str, list[Row]], Iterable[tuple[Address, Live | str]]],
    *,
    with_neighbours: bool = False,
) -> KindReading:
    """Read a kind that lives in vhosts.

    Args:
        client: talks to the server.
        wanted: what was asked for; None for all there is.
        call_of: the call that lists the kind in a vhost.
        found_in: turns the list of a vhost into resources; a text instead of one says why it is out of reach.
        with_neighbours: whether what nobody asked for is kept for rules, and all of it is listed.

    Raises:
        UserError: the server can't be read.
    """
    asked = None if wanted is None else set(wanted)
    vhosts = vhost_names(client) if asked is None else {address.path[0] for address in asked if address.path}
    listing = list_vhosts(client, vhosts, call_of)
    resources: dict[Address, Live] = {}
    denied: dict[Address, str] = {}
    neighbours: dict[Address, Live] = {}
    for vhost, rows in listing.rows.items():
        for address, live in found_in(vhost, rows):
            mine = asked is None or address in asked
            if isinstance(live, str):
                if mine:
                    denied[address] = live
            elif mine:
                resources[address] = live
            elif with_neighbours:
                neighbours[address] = live
    if asked is None:
        whole = sees_all_vhosts(client) and not listing.denied
        unseen: dict[tuple[str, ...], str] = {(vhost,): why for vhost, why in listing.denied.items()}
        coverage = Coverage.COMPLETE if whole else Coverage.NAMED
        return KindReading(resources, coverage=coverage, unseen=unseen, listed=tuple(resources))
    if listing.denied:
        denied |= {address: listing.denied[address.path[0]] for address in asked if address.path[0] in listing.denied}
    listed = (*resources, *neighbours) if with_neighbours else None
    return KindReading(resources, denied, Coverage.NAMED, neighbours, listed=listed)
