"""What lives on nodes that are down is not judged: neither absent, nor empty, nor as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.reading import Facts
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.rabbitmq.api.amqp import Broker
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import answered
from mqinfra.providers.rabbitmq.api.http import Http
from mqinfra.providers.rabbitmq.io import binding_reading, queue_reading, vhost_reading
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.io.queue_statistics import TOTALS
from mqinfra.providers.rabbitmq.provider import RabbitProvider
from mqinfra.providers.rabbitmq.session import RabbitSession

V = "/shop"
QUEUE: Mapping[str, JsonValue] = {"durable": True, "auto_delete": False, "arguments": {}}
THREE: JsonValue = ["rabbit@a", "rabbit@b", "rabbit@c"]
CLASSIC: Mapping[str, JsonValue] = {**QUEUE, "type": "classic", "node": "rabbit@c"}
QUORUM: Mapping[str, JsonValue] = {**QUEUE, "type": "quorum", "members": THREE}
STREAM: Mapping[str, JsonValue] = {**QUEUE, "type": "stream", "node": "rabbit@b"}
ONE, TWO = frozenset({"rabbit@c"}), frozenset({"rabbit@b", "rabbit@c"})


@dataclass
class Lists(Http):
    """A cluster that holds some queues and a binding to each that is not down, as RabbitMQ 3.10 lists them."""

    queues: Sequence[Mapping[str, JsonValue]]
    down: frozenset[str] = frozenset()
    asked: list[Call] = field(default_factory=list)

    def call(self, call: Call) -> Answer | RabbitFault:
        self.asked.append(call)
        if call.segments == ("queues", V):
            columns = call.query.get("columns", "").split(",")
            shown = [queue for queue in self.queues if call.query != TOTALS or queue.get("state") != "down"]
            return Answer(200, [{k: v for k, v in queue.items() if columns == [""] or k in columns} for queue in shown])
        if call.segments == ("bindings", V):
            there = [queue["name"] for queue in self.queues if queue.get("state") != "down"]
            return Answer(200, [route(name) for name in there])
        if call.segments == ("nodes",):
            return Answer(200, [{"name": name, "running": name not in self.down} for name in ("rabbit@a", "rabbit@c")])
        if call.segments[0] == "health":
            return Answer(200, {"status": "ok"})
        return answered("Not Found", 404) if call.segments[0] == "queues" else Answer(200, [])


def route(queue: JsonValue) -> dict[str, JsonValue]:
    return {"source": "x", "destination": queue, "destination_type": "queue", "routing_key": "", "arguments": {}}


def client_of(lists: Lists, down: frozenset[str] | None) -> RabbitClient:
    at, nothing = Broker("127.0.0.1", 1, None, ("me", "secret"), "it", 0.1), frozenset[str]()
    return RabbitClient("it", lists, 1, "me", frozenset({"administrator"}), "3.10.8", nothing, nothing, at, down=down)


def queue(name: str) -> Address:
    return Address("r", "queues", (V, name))


def binding(name: str) -> Address:
    return Address("r", "bindings", (V,), (("exchange", "x"), ("queue", name)))


@pytest.mark.parametrize(
    ("row", "down", "why"),
    [
        ({**CLASSIC, "state": "down"}, None, "its node `rabbit@c` is down"),
        ({**QUORUM, "state": "minority"}, None, "most of the nodes that hold it are down"),
        ({**QUORUM, "state": "down", "node": "rabbit@c"}, None, "its node `rabbit@c` is down"),
        ({**QUORUM, "state": "live"}, TWO, "2 of the 3 nodes that hold it are down"),
        ({**STREAM, "state": "live"}, TWO, "its node `rabbit@b` is down"),
    ],
)
def test_a_queue_that_can_not_be_used_can_not_be_seen_and_stays_in_sight_of_rules(
    row: Mapping[str, JsonValue], down: frozenset[str] | None, why: str
) -> None:
    client = client_of(Lists([{**row, "name": "q"}, {**CLASSIC, "name": "other", "state": "live"}]), down)
    found = queue_reading.read(client, [queue("q"), queue("other")], "r")
    assert (found.denied, list(found.resources)) == ({queue("q"): why}, [queue("other")])
    assert queue("q") in found.neighbours
    assert queue_reading.look(client, [queue("q")], "r") == KindReading({}, {queue("q"): why})


@pytest.mark.parametrize(
    ("row", "down"),
    [
        ({**CLASSIC, "state": "running"}, ONE),
        ({**QUORUM, "state": "live"}, ONE),
        ({**QUORUM, "state": "down", "node": "rabbit@c"}, ONE),
        ({**STREAM, "state": "live"}, ONE),
        ({**QUORUM, "state": "live"}, frozenset()),
    ],
)
def test_a_queue_with_a_majority_is_seen(row: Mapping[str, JsonValue], down: frozenset[str]) -> None:
    lists = Lists([{**row, "name": "q"}])
    found = queue_reading.look(client_of(lists, down), [queue("q")], "r")
    assert (list(found.resources), found.denied) == ([queue("q")], {})
    assert len(lists.asked) == (2 if down and row["type"] != "classic" else 1)


def test_a_binding_that_is_not_listed_while_its_queue_s_node_is_down_is_not_absent() -> None:
    rows = [{**CLASSIC, "name": "gone", "state": "down"}, {**CLASSIC, "name": "there", "state": "live"}]
    why = {binding("gone"): "queue `gone` can't be used: its node `rabbit@c` is down"}
    asked = [binding("gone"), binding("there"), binding("new")]
    for down in (ONE, None):
        for read in (binding_reading.read, binding_reading.look):
            found = read(client_of(Lists(rows), down), asked, "r")
            assert found.denied == why
    lists = Lists(rows)
    assert binding_reading.read(client_of(lists, frozenset()), asked, "r").denied == {}
    assert len(lists.asked) == 1


def test_a_vhost_with_a_queue_that_can_not_be_used_is_not_empty() -> None:
    rows = [{**CLASSIC, "name": "gone", "state": "down"}]
    address = Address("r", "vhosts", (V,))
    found = vhost_reading.figures(client_of(Lists(rows), ONE), [address])[address]
    assert found.messages is None
    assert "what queue `gone` holds can't be told: its node `rabbit@c` is down" in found.details


def test_a_node_that_is_down_makes_a_cluster_unwell() -> None:
    for down, said in ((frozenset[str](), ()), (ONE, ("node `rabbit@c` is down",))):
        client = client_of(Lists([], down), down)
        session = RabbitSession("r", "rabbitmq", RabbitProvider().kinds, client, Facts(cluster_id="it"), _none, _end)
        assert session.health() == said


def _none(reference: SecretRef) -> SecretValue:
    raise AssertionError(reference)


def _end() -> None:
    """Leave nothing open, since nothing was opened."""
