"""Which connections keep what a change of a user takes, as CLIENT LIST of each node shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.connection import ClientConnection
from mqinfra.providers.base.connecting.fault import Fault, Meaning
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.api.resp import Call, Reply
from mqinfra.providers.redis.users.connections import close, connections


class Server:
    """A node with some clients."""

    def __init__(self, name: str, reply: Reply) -> None:
        self.name, self.reply, self.sent = name, reply, list[Call]()

    def read(self, _calls: Sequence[Call]) -> list[Reply]:
        return [self.reply]

    def send(self, calls: Sequence[Call]) -> list[Reply]:
        self.sent += calls
        return [Fault("No such client", Meaning.REFUSED) if call[-1] == "7" else 1 for call in calls]


class Deployment:
    """Nodes, and as whom mqinfra is logged in."""

    user = "me"

    def __init__(self, *nodes: Server) -> None:
        self.nodes = nodes


FIRST = (
    "id=3 addr=h:3 name=idle flags=N user=feed cmd=ping\n"
    "id=4 addr=h:4 name=api flags=N user=api cmd=get\n"
    "id=5 addr=h:5 name= flags=b user=feed cmd=xreadgroup\n"
    "id=6 addr=h:6 name=tool flags=N user=me cmd=client\n"
)
SECOND = "id=7 addr=h:7 name=busy flags=N user=feed cmd=get\n"


def update(user: str, *fields: str, action: Action = Action.UPDATE) -> Change:
    differences = tuple(FieldDifference((name,)) for name in fields)
    return Change(Address("redis", "users", (user,)), action, Reason.DIFFERS, differences)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (update("feed", "passwords"), ["busy (feed@h:7)", "connection (feed@h:5)", "idle (feed@h:3)"]),
        (update("feed", "enabled", "keys"), ["busy (feed@h:7)", "connection (feed@h:5)", "idle (feed@h:3)"]),
        (update("feed", "keys"), ["connection (feed@h:5)"]),
        (update("api", "commands"), []),
        (update("feed", "channels"), None),
        (update("feed", "passwords", action=Action.CREATE), None),
        (update("feed", action=Action.DELETE), None),
        (update("me", "passwords"), None),
    ],
)
def test_logins_outlive_a_password_and_waiting_commands_outlive_a_right(
    change: Change, names: list[str] | None
) -> None:
    deployment = Deployment(Server("a:1", FIRST), Server("b:1", SECOND))
    found = connections(cast("RedisClient", deployment), [change])
    some = found.get(change.address, ())
    assert some is not None
    assert ([one.text for one in some] if change.address in found else None) == names


def test_who_may_not_list_clients_can_not_tell() -> None:
    change = update("feed", "passwords")
    deployment = Deployment(Server("a:1", Fault("NOPERM", Meaning.DENIED)))
    assert connections(cast("RedisClient", deployment), [change]) == {change.address: None}


def test_each_connection_is_closed_on_its_node_and_what_is_refused_is_said() -> None:
    first, second = Server("a:1", FIRST), Server("b:1", SECOND)
    some = [ClientConnection("a:1 3", "idle"), ClientConnection("b:1 7", "busy")]
    assert close(cast("RedisClient", Deployment(first, second)), some) == {some[1]: "No such client"}
    assert (first.sent, second.sent) == ([("CLIENT", "KILL", "ID", "3")], [("CLIENT", "KILL", "ID", "7")])
