"""Connections of users, which keep what they have.

Redis holds every command against the rights of the moment, ends the connections of a user that is deleted, and those
that are subscribed to channels which a user may no longer read. What stays is a login, with a password that is no
longer the user's, or of a user that is off; and a command that waits, such as XREADGROUP with BLOCK, may still be
answered.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.connection import ClientConnection
from mqinfra.providers.base.connecting.fault import Fault

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient

_LOGIN = ("passwords", "nopass", "enabled")
_RIGHTS = ("commands", "keys", "selectors", "databases")
_WAITS = "b"
"""Flag of a client in a blocking command."""


def connections(client: "RedisClient", changes: Sequence[Change]) -> dict[Address, tuple[ClientConnection, ...] | None]:
    """The connections that keep what changes take, on every node; None where the caller may not list them.

    Raises:
        UserError: a server can't be read.
    """
    taking = {
        change.address: only_waiting
        for change in changes
        if change.action is Action.UPDATE
        and change.address.name != client.user
        and (only_waiting := _only_waiting(change)) is not None
    }
    if not taking:
        return {}
    found: dict[str, list[tuple[ClientConnection, bool]]] = {}
    for node in client.nodes:
        reply = node.read([("CLIENT", "LIST")])[0]
        if isinstance(reply, Fault):
            return dict.fromkeys(taking)
        for line in str(reply).splitlines():
            parts = dict(part.partition("=")[::2] for part in line.split(" "))
            user, name = parts.get("user", ""), parts.get("name") or "connection"
            one = ClientConnection(f"{node.name} {parts.get('id', '')}", f"{name} ({user}@{parts.get('addr', '')})")
            found.setdefault(user, []).append((one, _WAITS in parts.get("flags", "")))
    return {
        address: tuple(
            sorted(
                (one for one, waits in found.get(address.name, ()) if waits or not only_waiting),
                key=lambda one: (one.text, one.id),
            )
        )
        for address, only_waiting in taking.items()
    }


def close(client: "RedisClient", some: Sequence[ClientConnection]) -> Mapping[ClientConnection, str]:
    """Close connections, and say which are still there, and why; nothing is raised."""
    left: dict[ClientConnection, str] = {}
    for node in client.nodes:
        mine = [one for one in some if one.id.startswith(f"{node.name} ")]
        replies = node.send([("CLIENT", "KILL", "ID", one.id.rpartition(" ")[2]) for one in mine])
        for one, reply in zip(mine, replies, strict=True):
            if isinstance(reply, Fault):
                left[one] = reply.message
    return left


def _only_waiting(change: Change) -> bool | None:
    """Whether only commands that wait keep what a change takes, and not every login; None where it takes nothing."""
    fields = {item.path[0] for item in change.differences}
    if not fields.isdisjoint(_LOGIN):
        return False
    return None if fields.isdisjoint(_RIGHTS) else True
