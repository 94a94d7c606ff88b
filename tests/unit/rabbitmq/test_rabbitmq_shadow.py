"""What is bound and sent through real exchanges, and which queues in use it would get to."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from mqinfra.model.address import Address
from mqinfra.providers.base.verification.canary import PREFIX, Run
from mqinfra.providers.rabbitmq.verification.live import LiveVhost
from mqinfra.providers.rabbitmq.verification.place import ExchangePlace
from mqinfra.providers.rabbitmq.verification.predict import UNROUTABLE, Probe
from mqinfra.providers.rabbitmq.verification.shadow import REST, RUN, TAKEN, reached, refusal, shadow_of
from tests.unit.rabbitmq.test_rabbitmq_predictions import vhost

RUN_ID = Run(datetime(2026, 11, 29, tzinfo=UTC), "abc123")


class FakeLive:
    """A vhost as it is now."""

    def __init__(self, exchanges: dict[str, dict[str, Any]], *bindings: tuple[str, str, str, str]) -> None:
        self.exchanges, self.bindings = exchanges, bindings
        self.policy: dict[str, Any] = {}

    def exchange(self, name: str) -> dict[str, Any] | None:
        one = self.exchanges.get(name)
        return None if one is None else {"name": name, **one}

    def bindings_from(self, exchange: str) -> Sequence[dict[str, Any]]:
        return [
            {"source": source, "destination": target, "destination_type": kind, "routing_key": key, "arguments": {}}
            for source, target, kind, key in self.bindings
            if source == exchange
        ]

    def alternate(self, row: dict[str, Any]) -> str:
        return str(row.get("alternate", ""))

    def reaching(self, *_: str) -> dict[str, Any]:
        return self.policy


def live(exchanges: dict[str, dict[str, Any]], *bindings: tuple[str, str, str, str]) -> LiveVhost:
    return cast("LiveVhost", FakeLive(exchanges, *bindings))


def place(kind: str, *bindings: dict[str, Any]) -> ExchangePlace:
    topology = vhost({"x": {"type": kind}}, *({"exchange": "x", "queue": "a", **one} for one in bindings))
    return ExchangePlace(Address("r", "exchanges", ("v", "x")), "x", vhost="v", type=kind, topology=topology)


def test_keys_of_a_topic_exchange_are_the_runs_own_and_near_misses_are_taken_by_the_rest() -> None:
    shadow = shadow_of(place("topic", {"routingKey": "order.*.eu"}), RUN_ID, returns=False)
    assert [one.routing_key for one in shadow.bound[TAKEN]] == [f"{RUN_ID.name('take')}.order.*.eu"]
    got = {one.probe.key.removeprefix(f"{RUN_ID.name('take')}."): one.queues for one in shadow.routes}
    assert got["order.some.eu"] == {TAKEN, REST}
    assert got["order.some.eux"] == {REST}
    assert all(one.probe.key.startswith(PREFIX) and one.probe.headers == {RUN: RUN_ID.id} for one in shadow.routes)


def test_keys_of_a_direct_exchange_are_each_bound() -> None:
    shadow = shadow_of(place("direct", {"routingKey": "orders"}), RUN_ID, returns=False)
    assert {one.queues for one in shadow.routes} == {frozenset({REST}), frozenset({TAKEN, REST})}


@pytest.mark.parametrize("how", ["all", "any"])
def test_headers_are_renamed_so_that_no_other_message_has_them(how: str) -> None:
    shadow = shadow_of(
        place("headers", {"arguments": {"x-match": how, "format": "pdf", "size": 4}}, {"arguments": {"x-match": how}}),
        RUN_ID,
        returns=False,
    )
    (taken,) = shadow.bound[TAKEN]
    assert taken.arguments == {"x-match": how, RUN_ID.name("format"): "pdf", RUN_ID.name("size"): 4}
    assert {one.queues for one in shadow.routes} == {frozenset({REST}), frozenset({TAKEN, REST})}


def test_what_no_binding_takes_is_sent_only_where_it_comes_back() -> None:
    some = {
        returns: list(shadow_of(place("topic", {"routingKey": "a"}), RUN_ID, returns=returns).routes)
        for returns in (True, False)
    }
    strange = [one for one in some[True] if one.probe.why == UNROUTABLE]
    assert [one.queues for one in strange] == [frozenset()]
    assert all(one.queues for one in some[False])


@pytest.mark.parametrize(
    ("bindings", "queues"),
    [
        ([("x", "a", "queue", "orders.*")], set()),
        ([("x", "a", "queue", "#")], {"a"}),
        ([("x", "y", "exchange", "#"), ("y", "b", "queue", "")], {"b"}),
        ([("x", "z", "exchange", "#"), ("z", "c", "queue", "other")], {"d"}),
        ([("x", "h", "exchange", "#"), ("h", "e", "queue", "7")], {"e"}),
    ],
)
def test_queues_in_use_are_found_over_exchanges_and_their_alternates(
    bindings: list[tuple[str, str, str, str]], queues: set[str]
) -> None:
    exchanges = {
        "x": {"type": "topic"},
        "y": {"type": "fanout"},
        "z": {"type": "direct", "alternate": "last"},
        "last": {"type": "fanout"},
        "h": {"type": "x-consistent-hash"},
    }
    found = live(exchanges, *bindings, ("last", "d", "queue", ""))
    assert reached(found, "x", Probe(f"{PREFIX}r.take.orders.eu")) == queues


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"type": "topic"}, ""),
        ({"type": "x-consistent-hash"}, "shares messages out"),
        ({"type": "x-random"}, "shares messages out"),
        ({"type": "x-recent-history"}, "shares messages out"),
        ({"type": "direct", "auto_delete": True}, "auto-delete"),
        ({"type": "direct", "internal": True}, "internal"),
    ],
)
def test_some_exchanges_are_left_alone(row: dict[str, Any], why: str) -> None:
    found = refusal(live({"x": row}), {"name": "x", **row})
    assert (why in found) if why else found == ""


def test_a_federated_exchange_is_left_alone() -> None:
    federated = FakeLive({})
    federated.policy = {"federation-upstream-set": "all"}
    assert "federated" in refusal(cast("LiveVhost", federated), {"name": "x", "type": "topic"})
