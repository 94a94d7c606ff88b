"""The calls that changes of queues, exchanges, bindings and policies need, as plans show them and servers get them."""

from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.reading import Facts
from mqinfra.providers.rabbitmq.io import binding_requests, exchange_requests, policy_requests, queue_requests
from mqinfra.providers.rabbitmq.kinds.bindings import BindingKind
from mqinfra.providers.rabbitmq.kinds.exchanges import ExchangeKind
from mqinfra.providers.rabbitmq.kinds.operator_policies import OperatorPolicyKind
from mqinfra.providers.rabbitmq.kinds.policies import PolicyKind
from mqinfra.providers.rabbitmq.kinds.queues import QueueKind

FACTS = Facts(cluster_id="c", version="4.0")
QUEUE = Address("r", "queues", ("/shop", "a/b %~"))


def change(address: Address, action: Action, **rest: Any) -> Change:
    return Change(address, action, Reason.DIFFERS, **rest)


def test_a_queue_is_declared_whole() -> None:
    after = {"type": "quorum", "durable": True, "autoDelete": False, "arguments": {"x-max-length": 5}}
    [request] = QueueKind().requests([change(QUEUE, Action.CREATE, after=after)], FACTS)
    assert request.api == "PUT /api/queues/{vhost}/{name}"
    assert request.body == {
        QUEUE: {
            "durable": True,
            "auto_delete": False,
            "arguments": {"x-max-length": 5, "x-queue-type": "quorum"},
        }
    }
    call = queue_requests.call_of(request.api, QUEUE, request.body[QUEUE])
    assert (call.method, call.path) == ("PUT", "/api/queues/%2Fshop/a%2Fb%20%25~")


def test_a_queue_without_a_type_leaves_it_to_the_vhost() -> None:
    after = {"durable": True, "autoDelete": False}
    [request] = QueueKind().requests([change(QUEUE, Action.CREATE, after=after)], FACTS)
    assert request.body[QUEUE]["arguments"] == {}


@pytest.mark.parametrize(
    ("type_", "guard", "query"),
    [
        ("classic", {"messages": "none", "consumers": "none"}, {"if-empty": "true", "if-unused": "true"}),
        ("classic", {"messages": "none", "consumers": "some"}, {"if-empty": "true"}),
        ("classic", {"consumers": "none"}, {"if-unused": "true"}),
        ("classic", {}, {}),
        ("quorum", {"messages": "none", "consumers": "none"}, {}),
        ("stream", {"messages": "none", "consumers": "none"}, {}),
    ],
)
def test_a_delete_is_guarded_by_the_server_where_it_can_be(
    type_: str, guard: dict[str, str], query: dict[str, str]
) -> None:
    deleted = change(QUEUE, Action.DELETE, before={"type": type_}, guard=guard)
    [request] = QueueKind().requests([deleted], FACTS)
    call = queue_requests.call_of(request.api, QUEUE, request.body[QUEUE])
    assert (call.method, dict(call.query), call.body) == ("DELETE", query, None)


def test_a_replaced_queue_is_deleted_and_then_declared() -> None:
    replaced = change(QUEUE, Action.REPLACE, before={"type": "quorum"}, after={"type": "classic"})
    apis = [request.api for request in QueueKind().requests([replaced], FACTS)]
    assert apis == [queue_requests.DELETE, queue_requests.PUT]


def test_an_exchange_is_declared_whole() -> None:
    address = Address("r", "exchanges", ("/", "orders"))
    [request] = ExchangeKind().requests([change(address, Action.CREATE, after={"type": "topic"})], FACTS)
    body: dict[str, Any] = {"type": "topic", "durable": True, "auto_delete": False, "internal": False, "arguments": {}}
    assert request.body == {address: body}
    assert exchange_requests.call_of(request.api, address, body).body == body
    [request] = ExchangeKind().requests([change(address, Action.DELETE)], FACTS)
    assert exchange_requests.call_of(request.api, address, {}).method == "DELETE"


def test_bindings_are_made_before_others_are_undone() -> None:
    old = Address("r", "bindings", ("/",), (("exchange", "e"), ("queue", "q")))
    new = Address("r", "bindings", ("/",), (("exchange", "e"), ("queue", "q"), ("routingKey", "k")))
    requests = BindingKind().requests([change(old, Action.DELETE), change(new, Action.CREATE, after={})], FACTS)
    assert [request.api for request in requests] == [binding_requests.POST, binding_requests.DELETE]
    assert requests[0].body == {new: {"routing_key": "k", "arguments": {}}}


@pytest.mark.parametrize(
    ("kind", "resource"), [(PolicyKind(), "policies"), (OperatorPolicyKind(), "operator-policies")]
)
def test_a_policy_is_written_whole(kind: PolicyKind, resource: str) -> None:
    address = Address("r", kind.name, ("/", "a/b"))
    after = {"pattern": "^a", "applyTo": "queues", "priority": 2, "definition": {"max-length": 5}}
    [request] = kind.requests([change(address, Action.CREATE, after=after)], FACTS)
    body: dict[str, Any] = {"pattern": "^a", "apply-to": "queues", "priority": 2, "definition": {"max-length": 5}}
    assert request.body == {address: body}
    call = policy_requests.call_of(request.api, resource, address, body)
    assert (call.method, call.path) == ("PUT", f"/api/{resource}/%2F/a%2Fb")
    [request] = kind.requests([change(address, Action.DELETE)], FACTS)
    assert policy_requests.call_of(request.api, resource, address, {}).method == "DELETE"


def test_an_update_of_a_policy_says_what_differs_and_leaves_the_rest() -> None:
    address = Address("r", "policies", ("/", "p"))
    differences = (
        FieldDifference(("definition", "expires"), before=5),
        FieldDifference(("definition", "max-length"), before=1, after=2),
        FieldDifference(("applyTo",), before="all", after="queues"),
    )
    [request] = PolicyKind().requests([change(address, Action.UPDATE, after={}, differences=differences)], FACTS)
    assert request.api == "PUT /api/policies/{vhost}/{name}, with what is there"
    assert request.body == {address: {"apply-to": "queues", "definition": {"expires": None, "max-length": 2}}}
    there: dict[str, Any] = {
        "pattern": "x",
        "apply-to": "all",
        "priority": 3,
        "definition": {"expires": 5, "max-length": 1, "message-ttl": 9},
    }
    assert policy_requests.merged(there, request.body[address]) == {
        "pattern": "x",
        "apply-to": "queues",
        "priority": 3,
        "definition": {"max-length": 2, "message-ttl": 9},
    }
