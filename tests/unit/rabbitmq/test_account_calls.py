"""Calls of vhosts, users and parameters that no server at hand answers so: protection, plugins, missing rights."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.reading import Coverage, Facts
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.request import Accepted, Refused, Request
from mqinfra.providers.rabbitmq.api.amqp import Broker
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import answered
from mqinfra.providers.rabbitmq.api.http import Http
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.kinds.parameters import ParameterKind
from mqinfra.providers.rabbitmq.kinds.users import UserKind
from mqinfra.providers.rabbitmq.kinds.vhosts import VhostKind

FACTS = Facts(cluster_id="c", version="4.1.0")
SHOP = Address("rabbit", "vhosts", ("/shop",))
ME = Address("rabbit", "users", ("me",))
ABSENT = answered("Not Found", 404)


@dataclass
class Replies(Http):
    """Answers by method and path, and remembers what was asked; what it does not know is not there."""

    answers: Mapping[str, Answer | RabbitFault]
    calls: list[Call] = field(default_factory=list)

    def call(self, call: Call) -> Answer | RabbitFault:
        self.calls.append(call)
        return self.answers.get(str(call).partition("?")[0], ABSENT)

    @property
    def written(self) -> list[tuple[str, JsonValue]]:
        return [(str(call), call.body) for call in self.calls if call.method != "GET"]


def client(answers: Mapping[str, Answer | RabbitFault], version: str = "4.1.0") -> tuple[RabbitClient, Replies]:
    replies = Replies(answers)
    tags = frozenset({"administrator"})
    broker = Broker("127.0.0.1", 1, None, ("me", "secret"), "rabbit", 0.1)
    return RabbitClient("rabbit", replies, 1, "me", tags, version, frozenset(), frozenset(), broker), replies


def no_secrets(reference: SecretRef) -> SecretValue:
    raise AssertionError(f"{reference} was looked up")


CONTEXT = ClusterContext("rabbit", FACTS, no_secrets)


@pytest.mark.parametrize("version", ["3.10.8", "4.1.0"])
def test_a_put_says_what_it_does_not_change(version: str) -> None:
    key = "default_queue_type" if version == "4.1.0" else "defaultqueuetype"
    live: dict[str, JsonValue] = {"description": "d", "tags": ["b", "a"], "default_queue_type": "quorum"}
    caller, replies = client(
        {"GET /api/vhosts/%2Fshop": Answer(200, live), "PUT /api/vhosts/%2Fshop": Answer(204)}, version
    )
    request = Request("vhosts", "PUT /api/vhosts/{name}", {SHOP: {"tags": "c"}})
    assert VhostKind().run(caller, request, CONTEXT) == {SHOP: Accepted()}
    assert replies.written == [("PUT /api/vhosts/%2Fshop", {"description": "d", "tags": "c", key: "quorum"})]
    assert replies.calls[-1].timeout == 120


def test_a_vhost_that_can_not_be_read_is_not_overwritten() -> None:
    caller, replies = client({"GET /api/vhosts/%2Fshop": answered("not allowed", 401)})
    request = Request("vhosts", "PUT /api/vhosts/{name}", {SHOP: {"tags": "c"}})
    [result] = VhostKind().run(caller, request, CONTEXT).values()
    assert isinstance(result, Refused)
    assert replies.written == []


@pytest.mark.parametrize(
    ("api", "sent"),
    [
        ("POST /api/vhosts/{name}/deletion/protection", "POST /api/vhosts/%2Fshop/deletion/protection"),
        ("DELETE /api/vhosts/{name}/deletion/protection", "DELETE /api/vhosts/%2Fshop/deletion/protection"),
    ],
)
def test_protection_is_a_call_of_its_own(api: str, sent: str) -> None:
    caller, replies = client({sent: Answer(204)})
    assert VhostKind().run(caller, Request("vhosts", api, {SHOP: {}}), CONTEXT) == {SHOP: Accepted()}
    assert replies.written == [(sent, None)]


def test_a_protected_vhost_is_found_before_and_when_it_is_deleted() -> None:
    caller, replies = client(
        {
            "GET /api/vhosts/%2Fshop": Answer(200, {"name": "/shop", "protected_from_deletion": True}),
            "DELETE /api/vhosts/%2Fshop": answered("protected", 412, method="DELETE"),
        }
    )
    [objection] = VhostKind().dry_run(caller, [Change(SHOP, Action.DELETE, Reason.TOMBSTONE)], CONTEXT)
    assert "protected from deletion" in objection.problem.message
    [result] = VhostKind().run(caller, Request("vhosts", "DELETE /api/vhosts/{name}", {SHOP: {}}), CONTEXT).values()
    assert isinstance(result, Refused)
    assert "deletionProtection: false" in result.help[0]
    assert replies.calls[-1].timeout == 900


def test_the_callers_own_user_is_neither_deleted_nor_given_another_password() -> None:
    caller, replies = client({})
    kind = UserKind()
    bodies: list[tuple[str, dict[str, JsonValue]]] = [
        ("DELETE /api/users/{name}", {}),
        ("PUT /api/users/{name}", {"tags": "", "password": {"env": "X"}}),
    ]
    for api, body in bodies:
        [result] = kind.run(
            caller, Request("users", api, {ME: body}), replace(CONTEXT, secrets=lambda _: SecretValue("new"))
        ).values()
        assert isinstance(result, Refused)
        assert "as whom this is done" in result.message
    assert replies.written == []


def test_a_user_that_can_not_be_read_keeps_its_password() -> None:
    other = Address("rabbit", "users", ("other",))
    caller, replies = client({"GET /api/users/other": answered("not allowed", 401)})
    [result] = (
        UserKind().run(caller, Request("users", "PUT /api/users/{name}", {other: {"tags": ""}}), CONTEXT).values()
    )
    assert isinstance(result, Refused)
    assert replies.written == []


def test_a_component_whose_plugin_is_off_is_found_before() -> None:
    nodes: list[JsonValue] = [
        {"name": "one", "enabled_plugins": ["rabbitmq_shovel", "rabbitmq_federation"]},
        {"name": "two", "enabled_plugins": ["rabbitmq_shovel"]},
        {"name": "down"},
    ]
    caller, _ = client({"GET /api/nodes": Answer(200, nodes)})
    value: dict[str, JsonValue] = {"value": {"uri": "amqp://", "src-uri": "amqp://", "dest-uri": "amqp://"}}
    changes = [
        Change(Address("rabbit", "parameters", ("v", component, "x")), Action.CREATE, Reason.ABSENT, after=value)
        for component in ("shovel", "federation-upstream", "their-own")
    ]
    [objection] = ParameterKind().dry_run(caller, changes, CONTEXT)
    assert objection.address.path[1] == "federation-upstream"
    assert "the plugin `rabbitmq_federation` is not enabled" in objection.problem.message
    caller, _ = client({"GET /api/nodes": answered("not allowed", 401)})
    assert ParameterKind().dry_run(caller, changes, CONTEXT) == []


def test_who_may_not_look_sees_nothing_and_not_that_nothing_is_there() -> None:
    caller, _ = client({"GET /api/users": answered("not allowed", 401)})
    assert UserKind().read(caller, None, CONTEXT).coverage is Coverage.DENIED
    assert UserKind().read(caller, [ME], CONTEXT).denied == {ME: "not allowed"}
