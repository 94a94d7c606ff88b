"""A cluster of three nodes: the others are used while one is down, and what can't be used is left as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.brokers.http_protocol import HttpRequest
from tests.brokers.rabbitmq.node import RabbitNode
from tests.brokers.rabbitmq.server import RabbitServer
from tests.days import SOON
from tests.integration.rabbitmq.e2e.project import Project

pytestmark = pytest.mark.slow_faults

V = "shop"
QUORUM = {"type": "quorum"}
CLASSIC = {"type": "classic"}
BOUND = {"bindings": [{"exchange": "orders", "routingKey": "order.paid"}]}
EXCHANGES = {"orders": {"type": "topic"}}


@pytest.fixture(scope="module", params=["rabbitmq_3_three", "rabbitmq_43_three"])
def cluster(request: pytest.FixtureRequest) -> Iterator[RabbitServer]:
    """Each release in turn; three nodes that nobody needs any more would cost the other tests time."""
    server: RabbitServer = request.getfixturevalue(request.param)
    yield server
    server.stop()


@pytest.fixture
def three(cluster: RabbitServer) -> Iterator[RabbitServer]:
    cluster.start()
    cluster.wipe()
    yield cluster
    cluster.start()


@pytest.fixture
def project(three: RabbitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(tmp_path / "shop", three, monkeypatch)


def shop(queues: Mapping[str, object], **more: object) -> dict[str, object]:
    return {"vhosts": {V: {"exchanges": EXCHANGES, "queues": dict(queues), **more}}}


def queues(server: RabbitServer) -> set[str]:
    return {row["name"] for row in server.management.get("queues", V, query="disable_stats=true")}


def exchanges(server: RabbitServer) -> set[str]:
    return {row["name"] for row in server.management.get("exchanges", V)}


def bindings(server: RabbitServer) -> set[str]:
    return {row["destination"] for row in server.management.get("bindings", V) if row["source"]}


def words(text: str) -> str:
    return " ".join(text.split())


def place(node: RabbitNode, name: str) -> None:
    """Make a classic queue by hand, with a message, whose home is this node."""
    node.management.call("PUT", "queues", V, name, body={"durable": True, "arguments": {"x-queue-type": "classic"}})
    message = {"properties": {"delivery_mode": 2}, "routing_key": name, "payload": "1", "payload_encoding": "string"}
    node.management.call("POST", "exchanges", V, "amq.default", "publish", body=message)


def lock_at(project: Project, node: RabbitNode) -> None:
    """Have applies hold their lock on one node, whichever they ask by HTTP."""
    path = project.root / "mqinfra.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    own = f"        amqp: amqp://127.0.0.1:{node.ports.amqp}"
    changed = [own if line.lstrip().startswith("amqp:") else line for line in lines]
    path.write_text("\n".join(changed) + "\n", encoding="utf-8")


def at_write(number: int, happens: Callable[[], None]) -> Callable[[int, HttpRequest], None]:
    """Let something happen when the n-th request comes that changes a resource."""
    left = number

    def at(_: int, request: HttpRequest) -> None:
        nonlocal left
        if request.mutating and "global-parameters" not in str(request):
            left -= 1
            if left == 0:
                happens()

    return at


def test_the_others_are_used_while_a_node_is_down_and_deletes_wait(project: Project, three: RabbitServer) -> None:
    old = {"exchanges": {**EXCHANGES, "old": {"type": "fanout"}}}
    project.declare(shop({"orders.email": {**QUORUM, **BOUND}}, **old))
    project.converge()
    project.declare(shop({"orders.email": {**QUORUM, **BOUND}, "orders.feed": QUORUM}, **old))
    project.plan("-o", "json=saved.json")
    # The one that is asked first, which the plan was made through, and by whose name the cluster went.
    three.nodes[0].kill()
    ran = project.mq("apply", "saved.json", "--auto-approve")
    assert ran.code == 0, ran.text
    project.settled()
    assert queues(three) == {"orders.email", "orders.feed"}
    project.declare(
        shop({"orders.email": {**QUORUM, **BOUND}, "orders.feed": QUORUM, "orders.new": QUORUM}),
        removed={f"rabbit/exchanges/{V}/old": {}},
    )
    ran = project.apply(code=3)
    assert "MQ210" in ran.err
    assert "node `rabbit@localhost` is down" in words(ran.err)
    assert "old" in exchanges(three)
    project.apply("--exclude", f"rabbit/exchanges/{V}/old")
    assert "orders.new" in queues(three)
    three.start()
    project.converge()
    assert "old" not in exchanges(three)


def test_a_queue_whose_node_is_down_is_neither_made_nor_deleted(project: Project, three: RabbitServer) -> None:
    declared = shop({"orders.email": {**CLASSIC, **BOUND}})
    project.declare(shop({}))
    project.apply()
    place(three.nodes[2], "orders.email")
    project.declare(declared)
    project.converge()
    assert bindings(three) == {"orders.email"}
    three.nodes[2].kill()
    for removed in (None, {f"rabbit/queues/{V}/orders.email": {"evenIf": ["messages"], "until": SOON}}):
        project.declare(shop({}) if removed else declared, removed=removed)
        for arguments in (("plan",), ("plan", "--degraded"), ("apply", "--auto-approve", "--degraded")):
            project.server.proxy.recorder.clear()
            ran = project.mq(*arguments)
            assert ran.code in (1, 3), ran.text
            assert "`orders.email` can't be seen: its node `rabbit2@localhost` is down" in words(ran.err)
            assert project.written() == []
    three.nodes[2].start()
    three.start()
    project.declare(declared)
    project.settled()
    assert bindings(three) == {"orders.email"}
    [row] = three.management.get("queues", V, query="disable_stats=true&enable_queue_totals=true")
    assert row["messages"] == 1


def test_a_quorum_queue_without_majority_is_left_as_it_is(project: Project, three: RabbitServer) -> None:
    project.declare(shop({"orders.email": {**QUORUM, **BOUND}}))
    project.converge()
    three.nodes[1].kill()
    project.settled()
    three.nodes[2].kill()
    for removed in (None, {f"rabbit/queues/{V}/orders.email": {"evenIf": ["messages"], "until": SOON}}):
        project.declare(shop({} if removed else {"orders.email": {**QUORUM, **BOUND}}), removed=removed)
        ran = project.mq("plan", "--degraded")
        assert ran.code in (1, 3), ran.text
        assert "`orders.email` can't be seen" in words(ran.err)
        assert "nodes that hold it are down" in words(ran.err)
    three.start()
    project.declare(shop({"orders.email": {**QUORUM, **BOUND}}))
    project.settled()


MANY = {f"orders.{number}": {**QUORUM, **BOUND} for number in range(6)}


@pytest.mark.parametrize("asked", [0, 2], ids=["only the lock is there", "everything goes through it"])
@pytest.mark.parametrize("number", [1, 5])
def test_an_apply_whose_lock_goes_with_its_node_stops_and_the_next_one_finishes(
    asked: int, number: int, project: Project, three: RabbitServer
) -> None:
    project.declare(shop({}))
    project.apply()
    project.declare(shop(MANY))
    dying = three.nodes[2 - asked]
    lock_at(project, dying)
    three.proxy.on_request = at_write(number, dying.kill)
    running = project.start("apply", "--auto-approve", "--timeout", "10")
    ran = running.end(90)
    three.forget_faults()
    assert ran.code != 0, ran.text
    assert bindings(three) == set(), "bindings come after all queues, and after the lock was lost"
    project.owns({"wholeCluster": True})
    stays = three.since("4.3")
    if stays:
        again = project.mq("apply", "--auto-approve", "--lock-timeout", "3")
        assert again.code == 6, again.text
        assert f"is stuck on node `{dying.name}`, which is down" in words(again.err)
        assert "--no-lock" in again.err
        three.start()
    project.apply("--lock-timeout", "30")
    three.start()
    project.settled()
    assert bindings(three) == set(MANY)
