"""The nodes behind a copy of a queue: who leads it, who has a replica, who is up, and what each has left."""

from collections.abc import Mapping

from pydantic import JsonValue

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.ground import Used
from mqinfra.providers.rabbitmq.api.call import RabbitFault
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.io.listing import Row

_LIMITS = {"file descriptors": ("fd_used", "fd_total"), "sockets": ("sockets_used", "sockets_total")}


def row_of(client: RabbitClient, vhost: str, queue: str) -> Row:
    """A queue by the management API; nothing where it can't be told now.

    Raises:
        UserError: the server does not answer.
    """
    row = client.get("queues", vhost, queue)
    return row if isinstance(row, dict) else {}


def leader(row: Row) -> str | None:
    """The node that answers for a queue: its leader, or the one that it lies on."""
    name = row.get("leader") or row.get("node")
    return str(name) if name else None


def settled(row: Row) -> bool:
    """Whether every replica of a queue is online, and it is led."""
    members, online = row.get("members"), row.get("online")
    if isinstance(members, list):
        return leader(row) is not None and isinstance(online, list) and set(members) <= set(online)
    return row.get("state") == "running"


def up(client: RabbitClient) -> list[str]:
    """Names of the nodes that run.

    Raises:
        UserError: the server does not answer, or the caller may not see nodes.
    """
    return [str(row.get("name")) for row in _rows(client, "name,running") if row.get("running") is True]


def limits(client: RabbitClient) -> Mapping[str, Used]:
    """What each node has of what connections take; what a release does not tell is left out.

    Raises:
        UserError: the server does not answer, or the caller may not see nodes.
    """
    columns = [column for pair in _LIMITS.values() for column in pair]
    found: dict[str, Used] = {}
    for row in _rows(client, ",".join(("name", *columns))):
        for what, (used, most) in _LIMITS.items():
            if isinstance(now := row.get(used), int) and isinstance(top := row.get(most), int):
                found[f"{what} of {row.get('name')}"] = Used(now, top)
    return found


def _rows(client: RabbitClient, columns: str) -> list[dict[str, JsonValue]]:
    rows = client.get("nodes", columns=columns)
    if isinstance(rows, RabbitFault):
        raise UserError([NOT_READ.at(f"nodes can't be read: {rows.message}", address=client.where, help=rows.help)])
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
