"""Where messages get by declared bindings, and which near misses are sent to tell."""

from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.model.spec import Spec
from mqinfra.providers.rabbitmq.policy.planned_topology import Vhost, vhosts_of
from mqinfra.providers.rabbitmq.spec.binding import BindingSpec, address_of
from mqinfra.providers.rabbitmq.spec.exchange import ExchangeSpec
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec
from mqinfra.providers.rabbitmq.verification.predict import Probe, predicted, probes, takes_probe, unroutable


def vhost(exchanges: dict[str, dict[str, Any]], *bindings: dict[str, Any]) -> Vhost:
    specs: dict[Address, Spec] = {Address("r", "queues", ("v", name)): QueueSpec() for name in "abc"}
    for name, one in exchanges.items():
        specs[Address("r", "exchanges", ("v", name))] = ExchangeSpec.model_validate(one)
    for one in bindings:
        specs[address_of("r", "v", one)] = BindingSpec.model_validate(one)
    return vhosts_of(specs)["v"]


TOPIC = vhost(
    {"t": {"type": "topic", "arguments": {"alternate-exchange": "f"}}, "f": {"type": "fanout"}},
    {"exchange": "t", "queue": "a", "routingKey": "order.*.eu"},
    {"exchange": "t", "queue": "b", "routingKey": "order.#"},
    {"exchange": "f", "queue": "c"},
)


@pytest.mark.parametrize(
    ("key", "queues"),
    [("order.x.eu", {"a", "b"}), ("order", {"b"}), ("order.x.us", {"b"}), ("orders", {"c"}), ("", {"c"})],
)
def test_a_topic_exchange_and_its_alternate(key: str, queues: set[str]) -> None:
    assert predicted(TOPIC, "t", Probe(key)) == frozenset(queues)


@pytest.mark.parametrize(
    ("how", "headers", "taken"),
    [
        ({"x-match": "all", "f": "pdf", "n": 4}, {"f": "pdf", "n": 4, "more": 1}, True),
        ({"x-match": "all", "f": "pdf", "n": 4}, {"f": "pdf"}, False),
        ({"x-match": "all", "f": "pdf", "n": 4}, {"f": "pdf", "n": "4"}, False),
        ({"x-match": "any", "f": "pdf", "n": 4}, {"n": 4}, True),
        ({"x-match": "any", "f": "pdf"}, {}, False),
        ({"x-match": "all", "x-own": 1}, {}, True),
        ({"x-match": "all-with-x", "x-own": 1}, {}, False),
        ({"f": None}, {"f": "whatever"}, True),
    ],
)
def test_a_headers_exchange(how: dict[str, Any], headers: dict[str, Any], *, taken: bool) -> None:
    binding = BindingSpec.model_validate({"exchange": "h", "queue": "a", "arguments": how})
    assert takes_probe("headers", binding, Probe("", headers)) is taken


def test_each_binding_is_tried_and_missed_by_a_little() -> None:
    sent = {probe.key: predicted(TOPIC, "t", probe) for probe in probes(TOPIC, "t")}
    assert sent["order.some.eu"] == frozenset({"a", "b"})
    assert sent["order.any.number"] == frozenset({"b"})
    assert sent["before.order.some.eu"] == frozenset({"c"})
    assert sent["order.some.eux"] == frozenset({"b"})


def test_only_what_can_be_predicted_is_and_only_where_something_leads_nowhere_is_that_tried() -> None:
    hashed = vhost(
        {"t": {"type": "topic"}, "h": {"type": "x-consistent-hash"}, "f": {"type": "fanout"}},
        {"exchange": "t", "toExchange": "h", "routingKey": "#"},
        {"exchange": "h", "queue": "a", "routingKey": "1"},
        {"exchange": "f", "queue": "a"},
    )
    assert predicted(hashed, "t", Probe("x")) is None
    assert unroutable(hashed, "t") is None
    assert unroutable(hashed, "f") is None
    assert unroutable(TOPIC, "t") is not None
