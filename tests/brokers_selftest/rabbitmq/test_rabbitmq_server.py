"""The RabbitMQ test servers themselves: what other tests take for granted about them."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from dataclasses import asdict, astuple
from typing import TYPE_CHECKING

import pika
import pytest

from tests.brokers.ports import HOST, accepts, listened
from tests.brokers.process import is_process
from tests.brokers.rabbitmq.management import Management, Refused
from tests.brokers.rabbitmq.node import Ports
from tests.brokers.rabbitmq.release import DEFAULT, installed
from tests.brokers.rabbitmq.server import FAST_STATISTICS, RabbitServer, Settings
from tests.late import LATE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pika.adapters.blocking_connection import BlockingChannel

EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}


@contextmanager
def channel(server: RabbitServer, vhost: str = "/") -> Iterator[BlockingChannel]:
    login = pika.PlainCredentials(server.user, server.password)
    parameters = pika.ConnectionParameters(server.host, server.amqp_port, vhost, login)
    connection = pika.BlockingConnection(parameters)
    try:
        yield connection.channel()
    finally:
        if connection.is_open:
            connection.close()


def test_each_release_starts_and_is_what_it_says(rabbitmq: RabbitServer) -> None:
    overview = rabbitmq.management.get("overview")
    assert overview["rabbitmq_version"] == rabbitmq.version
    assert rabbitmq.since(rabbitmq.line)
    types = {each["name"] for each in overview["exchange_types"] if each["enabled"]}
    assert {"direct", "topic", "x-consistent-hash"} <= types
    assert rabbitmq.management.get("parameters", "shovel") == []
    assert rabbitmq.management.get("parameters", "federation-upstream") == []
    assert rabbitmq.http_url == f"http://{rabbitmq.host}:{rabbitmq.http_port}"


@pytest.mark.parametrize("kind", ["classic", "quorum", "stream"])
def test_messages_go_through_each_type_of_queue(rabbitmq: RabbitServer, kind: str) -> None:
    rabbitmq.wipe()
    with channel(rabbitmq) as open_channel:
        open_channel.confirm_delivery()
        open_channel.basic_qos(prefetch_count=1)
        arguments = {"x-queue-type": kind}
        open_channel.queue_declare("orders", durable=True, arguments=arguments)
        open_channel.basic_publish("", "orders", b"first")
        offset = {"x-stream-offset": "first"} if kind == "stream" else {}
        for method, _, body in open_channel.consume("orders", arguments=offset, inactivity_timeout=10):
            assert body == b"first"
            assert method is not None
            assert method.delivery_tag is not None
            open_channel.basic_ack(method.delivery_tag)
            break
        open_channel.cancel()


def test_wipe_leaves_what_a_fresh_server_has(rabbitmq: RabbitServer) -> None:
    management = rabbitmq.management
    rabbitmq.wipe()
    fresh = management.state(), _contents(management)
    management.call("PUT", "vhosts", "shop/eu", body={})
    management.call("PUT", "permissions", "shop/eu", "guest", body=EVERYTHING)
    management.call("PUT", "queues", "shop/eu", "orders", body={"durable": True})
    management.call("PUT", "users", "alice", body={"password": "secret", "tags": "monitoring"})
    management.call("PUT", "permissions", "/", "alice", body=EVERYTHING)
    management.call("PUT", "global-parameters", "mark", body={"value": {"by": "a test"}})
    management.call("PUT", "queues", "/", "orders", body={"durable": True, "arguments": {"x-queue-type": "quorum"}})
    management.call("PUT", "exchanges", "/", "events", body={"type": "topic", "durable": True})
    management.call("POST", "bindings", "/", "e", "events", "q", "orders", body={"routing_key": "#"})
    management.call("PUT", "policies", "/", "limit", body={"pattern": ".*", "definition": {"max-length": 10}})
    management.call("PUT", "operator-policies", "/", "limit", body={"pattern": ".*", "definition": {"max-length": 10}})
    upstream = {"value": {"uri": "amqp://localhost"}}
    management.call("PUT", "parameters", "federation-upstream", "/", "other", body=upstream)
    management.call("PUT", "vhost-limits", "/", "max-queues", body={"value": 100})
    management.call("PUT", "user-limits", "guest", "max-connections", body={"value": 100})
    management.call("PUT", "topic-permissions", "/", "guest", body={"exchange": "events", "write": "a", "read": "b"})
    assert (management.state(), _contents(management)) != fresh
    rabbitmq.wipe()
    assert (management.state(), _contents(management)) == fresh


def _contents(management: Management) -> dict[str, object]:
    kinds = ("users", "vhosts", "permissions", "topic-permissions", "queues", "exchanges", "bindings", "policies")
    more = ("operator-policies", "parameters", "global-parameters", "vhost-limits")
    unmeasured = {"users": "name", "vhosts": "name", "queues": "name", "exchanges": "name"}
    found: dict[str, object] = {}
    for kind in (*kinds, *more):
        rows = management.get(kind)
        found[kind] = sorted(row[unmeasured[kind]] for row in rows) if kind in unmeasured else rows
    return found


def test_wipe_makes_the_default_vhost_anew_when_a_test_deleted_it(rabbitmq_3: RabbitServer) -> None:
    rabbitmq_3.wipe()
    fresh = rabbitmq_3.management.state()
    rabbitmq_3.management.call("DELETE", "vhosts", "/")
    rabbitmq_3.wipe()
    assert rabbitmq_3.management.state() == fresh
    with channel(rabbitmq_3) as open_channel:
        open_channel.queue_declare("orders")
    rabbitmq_3.wipe()


def test_a_refusal_tells_its_status_and_reason(rabbitmq: RabbitServer) -> None:
    with pytest.raises(Refused, match="GET /api/queues/%2F/a%2Fb was answered with 404") as told:
        rabbitmq.management.get("queues", "/", "a/b")
    assert told.value.status == 404


def test_a_server_stops_and_starts_again_on_its_ports_and_data(rabbitmq: RabbitServer) -> None:
    rabbitmq.wipe()
    rabbitmq.management.call("PUT", "queues", "/", "kept", body={"durable": True})
    ports, pids, folder = rabbitmq.node.ports, rabbitmq.pids, str(rabbitmq.folder)
    assert len(pids) == 2
    assert all(is_process(pid, folder) for pid in pids)
    # The port for metrics is open where the plugin is enabled only.
    used = {name: port for name, port in asdict(ports).items() if accepts(port)}
    assert used.keys() >= {"amqp", "http"}
    rabbitmq.stop()
    assert not any(is_process(pid, folder) for pid in pids)
    assert not any(accepts(port) for port in astuple(ports))
    rabbitmq.start()
    assert rabbitmq.node.ports == ports
    assert [name for name, port in used.items() if not accepts(port, LATE)] == []
    assert [queue["name"] for queue in rabbitmq.management.get("queues")] == ["kept"]
    rabbitmq.wipe()


def test_wipe_gets_back_in_after_a_test_locked_everybody_out(rabbitmq: RabbitServer) -> None:
    rabbitmq.management.call("PUT", "users", "guest", body={"password": "other", "tags": ""})
    with pytest.raises(Refused, match="401"):
        rabbitmq.management.get("overview")
    rabbitmq.wipe()
    assert rabbitmq.management.get("queues") == []


def test_a_server_is_started_with_the_settings_asked_and_leaves_no_process(tmp_path: Path) -> None:
    settings = Settings(plugins=("rabbitmq_management",), config=FAST_STATISTICS)
    server = RabbitServer(installed(DEFAULT), tmp_path, settings)
    try:
        server.start()
        types = {each["name"] for each in server.management.get("overview")["exchange_types"] if each["enabled"]}
        assert types == {"direct", "fanout", "headers", "topic"}
        assert _counted(server) == 1
        pids = server.pids
    finally:
        server.close()
    assert not any(is_process(pid, str(tmp_path)) for pid in pids)


def _counted(server: RabbitServer) -> int:
    """How many messages the API tells of after one was published, once it tells of any; 0 if it lags as by default."""
    with channel(server) as open_channel:
        open_channel.confirm_delivery()
        open_channel.queue_declare("orders", durable=True)
        open_channel.basic_publish("", "orders", b"")
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            if count := server.management.get("queues", "/", "orders").get("messages"):
                return int(count)
            time.sleep(0.05)
    return 0


def test_a_node_that_lost_a_port_after_it_was_chosen_begins_with_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose, taken = Ports.choose, socket.socket()

    def chosen(nodes: int) -> list[Ports]:
        found = choose(nodes)
        if taken.getsockname()[1] == 0:
            taken.bind((HOST, found[0].amqp))
            taken.listen()
        return found

    monkeypatch.setattr(Ports, "choose", chosen)
    server = RabbitServer(installed(DEFAULT), tmp_path)
    with taken:
        try:
            server.start()
            assert server.amqp_port != taken.getsockname()[1]
            assert set(server.node.listens) <= listened(server.node.pid or 0)
        finally:
            server.close()
