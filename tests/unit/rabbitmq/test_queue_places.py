"""Queues as places: what is asked of one depends on where its dead letters may end, and on how many nodes there are."""

from dataclasses import replace
from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Origin
from mqinfra.model.reading import Facts, Live, Reading
from mqinfra.model.span import Path, Span
from mqinfra.model.spec import Spec
from mqinfra.providers.base.verification.check import Asked
from mqinfra.providers.rabbitmq.spec.binding import BindingSpec, address_of
from mqinfra.providers.rabbitmq.spec.exchange import ExchangeSpec
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec
from mqinfra.providers.rabbitmq.verification.checks.full_graves import FullGravesKeep
from mqinfra.providers.rabbitmq.verification.checks.replicas import ReplicasInSync
from mqinfra.providers.rabbitmq.verification.place import QueuePlace, places

ORDERS = Address("r", "queues", ("v", "orders"))
FULL = {"x-max-length": 20}
THROUGH = {"x-dead-letter-exchange": "dead"}
DIRECTLY = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "letters"}


class _Nowhere:
    """Positions of an entry that nobody wrote."""

    def span(self, _path: Path) -> None: ...

    def key_span(self, _path: Path) -> None: ...

    def line(self, _span: Span) -> None: ...


def place(arguments: dict[str, Any], letters: dict[str, Any], *, bound: bool = True) -> QueuePlace:
    """The queue `orders`, whose dead letters may get to the queue `letters`."""
    specs: dict[Address, Spec] = {
        ORDERS: QueueSpec.model_validate({"type": "quorum", "arguments": arguments}),
        Address("r", "queues", ("v", "letters")): QueueSpec.model_validate(letters),
        Address("r", "exchanges", ("v", "dead")): ExchangeSpec.model_validate({"type": "fanout"}),
        Address("r", "exchanges", ("v", "later")): ExchangeSpec.model_validate({"type": "fanout"}),
    }
    for one in (
        ({"exchange": "dead", "toExchange": "later"}, {"exchange": "later", "queue": "letters"}) if bound else ()
    ):
        specs[address_of("r", "v", one)] = BindingSpec.model_validate(one)
    declared: dict[Address, Declaration] = {
        address: Declaration(spec, _Nowhere(), (Origin(Span("t.yaml", 1, 1)),)) for address, spec in specs.items()
    }
    live = {address: Live(spec) for address, spec in specs.items()}
    reading = Reading("r", "rabbitmq", Facts(cluster_id="c", version="4.3.0"), resources=live)
    [found] = [one for one in places(declared, reading) if one.address == ORDERS]
    assert isinstance(found, QueuePlace)
    return found


@pytest.mark.parametrize(
    ("arguments", "letters", "bound", "asked"),
    [
        (DIRECTLY, {"type": "classic", "arguments": FULL}, True, True),
        (DIRECTLY, {"type": "classic", "arguments": {"x-max-length-bytes": 1_000}}, True, True),
        (DIRECTLY, {"type": "classic"}, True, False),
        (DIRECTLY, {"type": "stream", "arguments": {"x-max-length-bytes": 1_000}}, True, False),
        (THROUGH, {"type": "classic", "arguments": FULL}, True, True),
        (THROUGH, {"type": "classic"}, True, False),
        (THROUGH, {"type": "classic", "arguments": FULL}, False, False),
        ({}, {"type": "classic", "arguments": FULL}, True, False),
    ],
)
def test_letters_beyond_a_limit_are_asked_for_only_where_there_is_one(
    arguments: dict[str, Any], letters: dict[str, Any], *, bound: bool, asked: bool
) -> None:
    found = FullGravesKeep().asked(place(arguments, letters, bound=bound))
    assert (found is not None) is asked


def test_one_node_is_not_asked_to_survive_its_own_loss() -> None:
    one = place({}, {"type": "classic"})
    assert ReplicasInSync().asked(replace(one, nodes=1)) == Asked("every replica is online")
    assert ReplicasInSync().asked(replace(one, nodes=3)) == Asked(
        "every replica is online, and the queue survives the loss of one"
    )
