"""What a reading came past, so that leftovers are told from what nobody looked at; and what goes by itself."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.holding import Holding
from mqinfra.model.reading import Facts
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.rabbitmq.api.amqp import Broker
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import answered
from mqinfra.providers.rabbitmq.api.http import Http
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.kinds.bindings import BindingKind
from mqinfra.providers.rabbitmq.kinds.exchanges import ExchangeKind
from mqinfra.providers.rabbitmq.kinds.parameters import ParameterKind
from mqinfra.providers.rabbitmq.kinds.permissions import PermissionKind
from mqinfra.providers.rabbitmq.kinds.policies import PolicyKind
from mqinfra.providers.rabbitmq.kinds.queues import QueueKind
from mqinfra.providers.rabbitmq.kinds.topic_permissions import TopicPermissionKind
from mqinfra.providers.rabbitmq.kinds.users import UserKind
from mqinfra.providers.rabbitmq.kinds.vhosts import VhostKind
from mqinfra.providers.rabbitmq.spec.binding import BindingSpec
from mqinfra.providers.rabbitmq.spec.permission import PermissionSpec, TopicPermissionSpec

A, HIDDEN = "/a", "/hidden"
QUEUE: Mapping[str, JsonValue] = {"type": "classic", "durable": True, "auto_delete": False, "arguments": {}}
ROWS: Mapping[str, JsonValue] = {
    "queues//a": [
        {**QUEUE, "name": "one"},
        {**QUEUE, "name": "two"},
        {**QUEUE, "name": "exclusive", "exclusive": True},
    ],
    "policies//a": [{"name": "p", "pattern": "^x", "apply-to": "all", "priority": 0, "definition": {}}],
    "operator-policies//a": [],
    "vhosts": [{"name": A}, {"name": "/b"}],
    "users": [{"name": "u", "tags": [], "limits": {}}, {"name": "v", "tags": [], "limits": {}}],
    "permissions": [{"vhost": A, "user": "u", "configure": "", "write": "", "read": ""}],
    "parameters": [{"vhost": A, "component": "shovel", "name": "s", "value": {}}],
}


class Lists(Http):
    """Gives lists of what there is, and refuses all of one vhost."""

    def __init__(self) -> None:
        pass

    def call(self, call: Call) -> Answer | RabbitFault:
        if HIDDEN in call.segments:
            return answered("not allowed", 401)
        return Answer(200, ROWS.get("/".join(call.segments), []))


def no_secrets(reference: SecretRef) -> SecretValue:
    raise AssertionError(f"{reference} was looked up")


def listed(kind: Kind[RabbitClient], *paths: tuple[str, ...], tag: str = "administrator") -> list[str] | None:
    at = Broker("127.0.0.1", 1, None, ("me", "secret"), "it", 1)
    client = RabbitClient("it", Lists(), 1, "me", frozenset({tag}), "4.1.0", frozenset(), frozenset(), at)
    context = ClusterContext("r", Facts(cluster_id="it", version="4.1.0"), no_secrets)
    found = kind.read(client, [Address("r", kind.name, path) for path in paths], context).listed
    return None if found is None else [address.name for address in found]


def test_what_lies_in_a_vhost_is_listed_whole_but_for_what_belongs_to_a_connection() -> None:
    assert listed(QueueKind(), (A, "one")) == ["one", "two"]
    assert listed(PolicyKind(), (A, "none")) == ["p"]


def test_what_could_not_be_read_is_not_listed() -> None:
    assert listed(QueueKind(), (HIDDEN, "one")) == []
    assert listed(ExchangeKind(), (HIDDEN, "one")) == []


@pytest.mark.parametrize(
    ("kind", "asked", "names"),
    [
        (UserKind(), ("u",), ["u", "v"]),
        (PermissionKind(), (A, "other"), ["u"]),
        (VhostKind(), (A,), [A, "/b"]),
        (ParameterKind(), (A, "shovel", "other"), ["s"]),
    ],
)
def test_what_one_list_has_is_listed_whole(kind: Any, asked: tuple[str, ...], names: list[str]) -> None:
    assert listed(kind, asked) == names
    assert listed(kind) is None


@pytest.mark.parametrize(("kind", "asked"), [(VhostKind(), (A,)), (ParameterKind(), (A, "shovel", "s"))])
def test_a_list_that_leaves_some_out_lists_nothing(kind: Any, asked: tuple[str, ...]) -> None:
    assert listed(kind, asked, tag="management") is None


def test_routes_and_rights_go_by_themselves() -> None:
    assert BindingKind.holding is Holding.ROUTE
    assert BindingKind().goes_by_itself(BindingSpec(exchange="x", queue="q"))
    assert PermissionKind.holding is TopicPermissionKind.holding is Holding.RIGHT
    assert PermissionKind().goes_by_itself(PermissionSpec(read=".*"))
    data: list[Kind[RabbitClient]] = [QueueKind(), VhostKind()]
    assert {kind.holding for kind in data} == {Holding.DATA}
    settings: list[Kind[RabbitClient]] = [ExchangeKind(), PolicyKind(), UserKind(), ParameterKind()]
    assert {kind.holding for kind in settings} == {Holding.SETTINGS}
    assert all(kind.holding.needs_line for kind in (*data, *settings))


def test_a_topic_permission_that_restricts_needs_a_line_because_its_end_opens_access() -> None:
    kind = TopicPermissionKind()
    assert not kind.goes_by_itself(TopicPermissionSpec(write="^orders", read=".*"))
    assert not kind.goes_by_itself(TopicPermissionSpec(write=".*"))
    assert not kind.goes_by_itself(TopicPermissionSpec())
    assert kind.goes_by_itself(TopicPermissionSpec(write=".*", read=".*"))
