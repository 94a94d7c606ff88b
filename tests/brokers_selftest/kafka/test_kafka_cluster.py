"""The test brokers themselves: what other tests take for granted about them."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from tests.brokers import tls
from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.node import ADMIN, MECHANISMS, NodePorts
from tests.brokers.kafka.release import installed
from tests.brokers.ports import HOST, accepts, listened
from tests.brokers.process import is_process

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@pytest.fixture(autouse=True)
def _no_topics_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    for name in {"kafka", "kafka_4"} & set(request.fixturenames):
        request.getfixturevalue(name).wipe()


def admin(bootstrap: str, **more: Any) -> AdminClient:
    quiet = {"enable.metrics.push": False, "log_level": 0, "socket.timeout.ms": 10_000}
    return AdminClient({"bootstrap.servers": bootstrap, **quiet, **more})


def listed(client: AdminClient, timeout: float = 10) -> Any:
    return client.list_topics(timeout=timeout)


def create(client: AdminClient, name: str, **options: Any) -> None:
    client.create_topics([NewTopic(name, 1, 1)], **options)[name].result()


def test_both_lines_start_and_advertise_the_port_that_was_asked(kafka: KafkaCluster) -> None:
    assert kafka.version.startswith(kafka.line)
    for bootstrap in (kafka.bootstrap, kafka.proxied_bootstrap):
        metadata = listed(admin(bootstrap))
        assert metadata.cluster_id == kafka.cluster_id
        assert ",".join(f"{b.host}:{b.port}" for b in metadata.brokers.values()) == bootstrap


def test_the_recorder_sees_exactly_one_create(kafka: KafkaCluster) -> None:
    create(admin(kafka.proxied_bootstrap), "orders")
    assert [request.name for request in kafka.proxy.mutating()] == ["CreateTopics"]
    assert "orders" in listed(admin(kafka.bootstrap)).topics


def test_a_dry_run_is_no_mutation_and_writes_nothing(kafka: KafkaCluster) -> None:
    before = kafka.metadata_end_offset()
    create(admin(kafka.proxied_bootstrap), "orders", validate_only=True)
    time.sleep(1.2)  # longer than the interval of no-op records, were they on
    assert kafka.proxy.recorder.counts()["CreateTopics"] == 1
    assert kafka.proxy.mutating() == []
    assert kafka.metadata_end_offset() == before
    create(admin(kafka.proxied_bootstrap), "orders")
    assert kafka.metadata_end_offset() > before


def test_a_swallowed_reply_times_out_while_the_topic_exists(kafka_4: KafkaCluster) -> None:
    kafka_4.proxy.faults.swallow_reply(of="CreateTopics")
    with pytest.raises(KafkaException, match="_TIMED_OUT"):
        create(admin(kafka_4.proxied_bootstrap), "orders", request_timeout=2)
    assert "orders" in listed(admin(kafka_4.bootstrap)).topics


def test_a_dropped_request_never_reaches_the_broker(kafka_4: KafkaCluster) -> None:
    kafka_4.proxy.faults.drop_request(of="CreateTopics")
    with pytest.raises(KafkaException, match="_TIMED_OUT"):
        create(admin(kafka_4.proxied_bootstrap), "orders", request_timeout=2)
    assert "orders" not in listed(admin(kafka_4.bootstrap)).topics


def test_a_cut_connection_hides_what_the_broker_did(kafka_4: KafkaCluster) -> None:
    kafka_4.proxy.faults.cut_after(of="CreateTopics")
    with pytest.raises(KafkaException):
        create(admin(kafka_4.proxied_bootstrap), "orders", request_timeout=5)
    assert "orders" in listed(admin(kafka_4.bootstrap)).topics


def test_a_black_hole_accepts_and_stays_silent(kafka_4: KafkaCluster) -> None:
    kafka_4.proxy.faults.black_hole()
    with pytest.raises(KafkaException, match="_TRANSPORT"):
        listed(admin(kafka_4.proxied_bootstrap), timeout=1.5)
    assert kafka_4.proxy.recorder.requests
    kafka_4.proxy.faults.black_hole(on=False)
    assert listed(admin(kafka_4.proxied_bootstrap)).brokers


def test_callbacks_run_at_the_numbered_request_and_reply(kafka_4: KafkaCluster) -> None:
    seen: list[tuple[str, int, bool]] = []

    def note(when: str, number: int, api: str) -> None:
        if api == "CreateTopics":
            seen.append((when, number, "second" in listed(admin(kafka_4.bootstrap)).topics))

    kafka_4.proxy.on_request = lambda number, request: note("request", number, request.name)
    kafka_4.proxy.on_reply = lambda number, request: note("reply", number, request.name)
    client = admin(kafka_4.proxied_bootstrap)
    create(client, "first")
    create(client, "second")
    assert seen == [("request", 1, False), ("reply", 1, False), ("request", 2, False), ("reply", 2, True)]


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_scram_login_works_with_and_without_tls(kafka: KafkaCluster, mechanism: str) -> None:
    login = {"sasl.mechanism": mechanism, "sasl.username": ADMIN.name, "sasl.password": ADMIN.password}
    encrypted = {"security.protocol": "SASL_SSL", "ssl.ca.location": str(kafka.ca_file)}
    for client in (
        admin(kafka.sasl_bootstrap, **login, **{"security.protocol": "SASL_PLAINTEXT"}),
        admin(kafka.tls_bootstrap, **login, **encrypted),
    ):
        assert listed(client).cluster_id == kafka.cluster_id


def test_a_node_stops_starts_again_on_its_data_and_leaves_no_process(tmp_path: Path) -> None:
    cluster = KafkaCluster(installed("4"), tmp_path, Settings(properties={"delete.topic.enable": "false"}))
    try:
        cluster.start()
        create(admin(cluster.bootstrap), "kept")
        bootstrap, first = cluster.bootstrap, cluster.nodes[0].pid
        cluster.stop()
        assert first is not None
        assert not is_process(first, str(tmp_path))
        assert not accepts(cluster.nodes[0].ports.plaintext)
        cluster.start()
        assert cluster.bootstrap == bootstrap
        assert "kept" in listed(admin(cluster.bootstrap)).topics
        cluster.pause()
        with pytest.raises(KafkaException):
            listed(admin(cluster.bootstrap), timeout=0.5)
        cluster.resume()
        assert listed(admin(cluster.bootstrap)).topics
    finally:
        cluster.close()
    assert all(node.pid is None for node in cluster.nodes)


def test_a_broker_dies_with_the_interpreter_that_started_it(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, threading, os, signal\n"
        "from tests.brokers.process import Process\n"
        "started = []\n"
        "def start(): started.append(Process(['sleep', '600.25'], pathlib.Path(sys.argv[1])))\n"
        "thread = threading.Thread(target=start); thread.start(); thread.join()\n"
        "print(started[0].pid, started[0].running, flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "log")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    with parent.stdin, parent.stdout:
        pid, running = parent.stdout.readline().split()
        assert running == "True"
        parent.kill()
        parent.wait()
    deadline = time.monotonic() + 30
    while is_process(int(pid), "600.25") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_process(int(pid), "600.25")


def test_a_certificate_can_be_made_without_openssl(tmp_path: Path) -> None:
    identity = tls.with_keytool(tmp_path)
    assert identity.ca_file.read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert identity.properties("TLS")["listener.name.tls.ssl.keystore.type"] == "PKCS12"


def test_three_nodes_know_one_another(kafka_4_three: KafkaCluster) -> None:
    client = admin(kafka_4_three.proxied_bootstrap)
    client.create_topics([NewTopic("wide", 3, 3)])["wide"].result()
    assert len(listed(client).brokers) == 3
    assert len(kafka_4_three.proxy.mutating()) == 1
    before = kafka_4_three.metadata_end_offset()
    time.sleep(1.2)
    assert kafka_4_three.metadata_end_offset() == before
    kafka_4_three.wipe()


@pytest.mark.parametrize("listener", ["tls", "proxied"])
def test_a_node_that_lost_a_port_after_it_was_chosen_begins_with_others(
    listener: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose, taken = NodePorts.choose, socket.socket()

    def chosen(nodes: int, further: Sequence[str] = ()) -> list[NodePorts]:
        found = choose(nodes, further)
        if taken.getsockname()[1] == 0:
            taken.bind((HOST, getattr(found[0], listener)))
            taken.listen()
        return found

    monkeypatch.setattr(NodePorts, "choose", chosen)
    cluster = KafkaCluster(installed("4"), tmp_path)
    with taken:
        try:
            cluster.start()
            [node] = cluster.nodes
            assert getattr(node.ports, listener) != taken.getsockname()[1]
            assert set(node.listens) <= listened(node.pid or 0)
        finally:
            cluster.close()
