"""Which connections keep what a change takes, as the management API lists them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.connection import ClientConnection
from mqinfra.model.reading import Facts
from mqinfra.model.secret import SecretResolver
from mqinfra.providers.base.connecting.fault import Meaning
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.io import user_connections
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.kinds.permissions import PermissionKind
from mqinfra.providers.rabbitmq.kinds.topic_permissions import TopicPermissionKind

CONTEXT = ClusterContext("mq", Facts(cluster_id="c"), cast("SecretResolver", None))
ROWS = [
    {
        "name": "h:1 -> s:2",
        "user": "w",
        "vhost": "/a",
        "user_provided_name": "worker",
        "peer_host": "h",
        "peer_port": 1,
    },
    {"name": "h:3 -> s:2", "user": "w", "vhost": "/b", "client_properties": {}},
    {"name": "h:4 -> s:2", "user": "me", "vhost": "/a"},
]


class Server:
    """A server with connections in two vhosts."""

    user = "me"

    def __init__(self, *tags: str, answers: Sequence[object] = ()) -> None:
        self.tags, self.answers, self.sent = frozenset(tags), answers, list[Call]()

    def lists(self, calls: Sequence[Call]) -> list[Answer]:
        return [Answer(200, cast("Any", ROWS)) for _ in calls]

    def send(self, calls: Sequence[Call]) -> list[object]:
        self.sent += calls
        return list(self.answers)


def permission(user: str, action: Action, *before: str) -> Change:
    differences = tuple(
        FieldDifference((name,), old, "^x$") for name, old in zip(("read", "write"), before, strict=False)
    )
    return Change(Address("mq", "permissions", ("/a", user)), action, Reason.DIFFERS, differences)


def named(server: Server, change: Change) -> list[str] | None:
    found = PermissionKind().connections(cast("RabbitClient", server), [change], CONTEXT)
    if change.address not in found:
        return []
    some = found[change.address]
    return None if some is None else [one.text for one in some]


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (permission("w", Action.DELETE), ["worker (w@h:1)"]),
        (permission("w", Action.UPDATE, "^jobs$"), ["worker (w@h:1)"]),
        (permission("w", Action.UPDATE, "", ""), []),
        (permission("w", Action.CREATE), []),
        (permission("me", Action.DELETE), []),
    ],
)
def test_connections_to_the_vhost_keep_a_permission_that_is_taken(change: Change, names: list[str]) -> None:
    assert named(Server("administrator"), change) == names


def test_who_sees_only_own_connections_can_not_tell() -> None:
    assert named(Server("management"), permission("w", Action.DELETE)) is None


def test_what_is_gone_is_closed_and_what_is_refused_is_not() -> None:
    gone = RabbitFault("Not Found", Meaning.ABSENT, status=404)
    refused = RabbitFault("not an administrator", Meaning.DENIED, status=401)
    server = Server(answers=[Answer(204), gone, refused])
    some = [ClientConnection(f"c{number} -> s", f"c{number}") for number in range(3)]
    assert user_connections.close(cast("RabbitClient", server), some) == {some[2]: "not an administrator"}
    assert [call.path for call in server.sent] == [f"/api/connections/c{number}%20-%3E%20s" for number in range(3)]


NARROW, WIDE = {"write": "^a$", "read": ".*"}, {"write": ".*", "read": ".*"}


@pytest.mark.parametrize(
    ("before", "after", "keeps"),
    [
        (None, NARROW, True),
        (None, WIDE, False),
        (WIDE, NARROW, True),
        (NARROW, NARROW | {"write": "^b$"}, True),
        (NARROW, WIDE, False),
        (NARROW, None, False),
    ],
    ids=["first", "first of all", "narrowed", "other keys", "opened", "deleted"],
)
def test_channels_keep_routing_keys_that_a_topic_permission_takes(
    before: dict[str, str] | None, after: dict[str, str] | None, *, keeps: bool
) -> None:
    address = Address("mq", "topicPermissions", ("/a", "w", "ev"))
    action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
    change = Change(address, action, Reason.DIFFERS, before=before, after=after)
    server = cast("RabbitClient", Server("administrator"))
    found = TopicPermissionKind().connections(server, [change], CONTEXT)
    assert [one.text for one in found.get(address) or ()] == (["worker (w@h:1)"] if keeps else [])
