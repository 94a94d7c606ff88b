"""Reading a kind by the one list that the server has of it, however many vhosts it is spread over.

Separate from `listing`, which asks vhost by vhost: users, permissions and parameters are few, and one call for all of
them costs less than one call for each of some vhosts.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.reading import Coverage, Live
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.rabbitmq.api.call import RabbitFault
from mqinfra.providers.rabbitmq.io.listing import Row

if TYPE_CHECKING:
    from pydantic import JsonValue

    from mqinfra.providers.rabbitmq.io.client import RabbitClient

Found = Iterable[tuple[Address, Live | str]]
"""Resources by address; a text says why one can't be shown."""


def rows_of(body: "JsonValue | RabbitFault") -> list[Row]:
    """The objects of a list; none of anything else, such as a fault."""
    return [row for row in body if isinstance(row, dict)] if isinstance(body, list) else []


def list_all(
    client: "RabbitClient",
    wanted: Iterable[Address] | None,
    segments: tuple[str, ...],
    found_in: Callable[[list[Row]], Found],
    callers: Callable[[Address], bool] = lambda _: False,
    **query: str,
) -> KindReading:
    """Read a kind with one call.

    Args:
        client: talks to the server.
        wanted: what was asked for; None for all there is.
        segments: path of the list.
        found_in: turns the list into resources.
        callers: tells what is the caller's own, which no plan deletes and none says is left over.
        query: parameters of the call.

    Raises:
        UserError: the server can't be read.
    """
    asked = None if wanted is None else set(wanted)
    if asked is not None and not asked:
        return KindReading({})
    body = client.get(*segments, **query)
    if isinstance(body, RabbitFault):
        if asked is None:
            return KindReading({}, coverage=Coverage.DENIED, unseen={(): body.message})
        return KindReading({}, dict.fromkeys(asked, body.message))
    resources: dict[Address, Live] = {}
    denied: dict[Address, str] = {}
    listed: list[Address] = []
    for address, live in found_in(rows_of(body)):
        if not callers(address):
            listed.append(address)
        if asked is not None and address not in asked:
            continue
        if isinstance(live, str):
            denied[address] = live
        else:
            resources[address] = live
    if asked is None:
        return KindReading(resources, coverage=Coverage.COMPLETE, listed=listed)
    return KindReading(resources, denied, listed=listed)


def limits_of(rows: Iterable[Row], named_by: str) -> Mapping[str, dict[str, int]]:
    """Limits by vhost or user; the server writes an empty object as a list (3.10)."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        value = row.get("value")
        if isinstance(value, dict) and value:
            found[str(row.get(named_by, ""))] = {str(key): int(item) for key, item in value.items()}
    return found


def tags_of(tags: object) -> tuple[str, ...]:
    """Tags, sorted: a list, or before RabbitMQ 3.9 one text with commas."""
    some = tags.split(",") if isinstance(tags, str) else tags if isinstance(tags, list) else []
    return tuple(sorted({str(tag).strip() for tag in some} - {""}))


def connection_names(rows: Iterable[Row]) -> tuple[str, ...]:
    """What people call connections: the name that the client gave, else the user and the peer."""
    names: list[str] = []
    for row in rows:
        properties = row.get("client_properties")
        given = properties.get("connection_name") if isinstance(properties, dict) else None
        given = given or row.get("user_provided_name")
        names.append(str(given or f"{row.get('user', 'unknown')} ({row.get('name', 'unnamed')})"))
    return tuple(sorted(names))
