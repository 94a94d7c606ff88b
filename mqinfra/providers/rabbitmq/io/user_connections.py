"""Connections of users, which keep what they have: a consumer goes on after its permission is gone.

The server closes those of a user that is deleted itself. It checks other rights when something is begun, so that a
consumer gets messages for ever, and a channel publishes where it has published before.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.connection import ClientConnection
from mqinfra.providers.rabbitmq.api.call import Call, RabbitFault
from mqinfra.providers.rabbitmq.io.list_all import rows_of
from mqinfra.providers.rabbitmq.io.listing import Row

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_COLUMNS = "name,user,vhost,user_provided_name,client_properties,peer_host,peer_port"

Whose = tuple[str, str | None]
"""A user, and a vhost; None for all."""


def connections(
    client: "RabbitClient", wanted: Mapping[Address, Whose]
) -> dict[Address, tuple[ClientConnection, ...] | None]:
    """The open connections per change, but for mqinfra's own user; None where the caller may not see those of others.

    Raises:
        UserError: the server can't be read.
    """
    others = {address: whose for address, whose in wanted.items() if whose[0] != client.user}
    if not others:
        return {}
    answer = client.lists([Call("GET", ("connections",), {"columns": _COLUMNS})])[0]
    if isinstance(answer, RabbitFault) or not client.tags & {"administrator", "monitoring"}:
        return dict.fromkeys(others)
    rows = rows_of(answer.body)
    return {address: tuple(_of(rows, *whose)) for address, whose in others.items()}


def close(client: "RabbitClient", some: Sequence[ClientConnection]) -> dict[ClientConnection, str]:
    """Close connections, and say which are still there, and why; nothing is raised."""
    answers = client.send([Call("DELETE", ("connections", one.id)) for one in some])
    return {
        one: answer.message
        for one, answer in zip(some, answers, strict=True)
        if isinstance(answer, RabbitFault) and not answer.absent
    }


def _of(rows: Iterable[Row], user: str, vhost: str | None) -> list[ClientConnection]:
    found = [
        ClientConnection(str(row["name"]), _called(row))
        for row in rows
        if row.get("user") == user and vhost in (None, row.get("vhost")) and row.get("name")
    ]
    return sorted(found, key=lambda one: (one.text, one.id))


def _called(row: Row) -> str:
    properties = row.get("client_properties")
    given = properties.get("connection_name") if isinstance(properties, dict) else None
    host, port = row.get("peer_host"), row.get("peer_port")
    place = f"{row.get('user')}@{host}:{port}" if host and port else f"{row.get('user')}, {row.get('name')}"
    return f"{given or row.get('user_provided_name') or 'connection'} ({place})"
