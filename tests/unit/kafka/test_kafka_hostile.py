"""Brokers that mean harm: they hold a client up, flood it, or advertise listeners that its password shall go to."""

import gc
import time
from pathlib import Path
from typing import Any

import pytest

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.kafka.api.advertised import advertised
from mqinfra.providers.kafka.api.connection import KafkaConnection
from tests.brokers.ports import free_ports
from tests.late import LATE
from tests.loopback import Loopback, Talk, drips, floods
from tests.unit.kafka.fake import FakeKafka

PLAIN = {"mechanism": "PLAIN", "username": "admin", "password": {"env": "KAFKA_PASSWORD"}}
ELSEWHERE = "203.0.113.7:9092"
"""An address that leads nowhere (RFC 5737)."""


def secrets(_: SecretRef) -> SecretValue:
    return SecretValue("planted-secret-of-the-deployer")


def refused(server: Loopback, timeout: float = 2.0, **block: Any) -> Diagnostic:
    """The finding with which opening a session ends, in time."""
    connection = KafkaConnection.model_validate({"bootstrap": [server.address], **block})
    started = time.monotonic()
    with pytest.raises(UserError) as error:
        installed().providers["kafka"].connect(Cluster("kafka", connection), secrets, timeout)
    assert time.monotonic() - started < timeout + LATE
    [found] = error.value.diagnostics
    assert found.help
    return found


HOSTILE: dict[str, Talk] = {
    "an answer by bytes": drips(b"\0\0\0\x64" + b"\0" * 90),
    "an answer too large": floods(b"\x7f\xff\xff\xff"),
    "less than nothing": floods(b"\xff\xff\xff\xff"),
    "no answer of ours": floods(b"\0\0\0\x08\x7f\0\0\0\0\0\0\0"),
    "a web server": floods(b"HTTP/1.1 400 Bad Request\r\n"),
}


def test_who_keeps_the_error_of_a_cluster_that_is_down_keeps_no_client_with_its_threads() -> None:
    connection = KafkaConnection.model_validate({"bootstrap": [f"127.0.0.1:{free_ports(1)[0]}"]})
    threads, kept = Path("/proc/self/task"), []
    before = len(list(threads.iterdir()))
    gc.disable()
    try:
        for _ in range(3):
            with pytest.raises(UserError) as error:
                installed().providers["kafka"].connect(Cluster("kafka", connection), secrets, 2.0)
            kept.append(error.value)
        assert len(list(threads.iterdir())) <= before
    finally:
        gc.enable()
    assert all(error.__traceback__ for error in kept)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_broker_that_holds_up_or_floods_is_left_in_time(name: str) -> None:
    with Loopback(HOSTILE[name]) as server:
        assert refused(server).code in ("MQ330", "MQ414", "MQ415", "MQ416", "MQ454")


def test_no_password_goes_to_an_advertised_listener_in_plain_text() -> None:
    with FakeKafka([ELSEWHERE]) as server:
        found = refused(server, security={"sasl": PLAIN})
    assert (found.code, "anyone can read it" in found.message, ELSEWHERE in found.message) == ("MQ770", True, True)
    assert len(server.logins) == server.connections == 1


def test_advertised_listeners_may_be_listed() -> None:
    with FakeKafka() as other, FakeKafka([other.address]) as server:
        found = refused(server, security={"sasl": PLAIN}, announced=["broker-*", "127.0.0.1:1"])
        assert (found.code, "`announced` does not list it" in found.message) == ("MQ770", True)
        assert other.connections == 0
        connection = KafkaConnection.model_validate(
            {"bootstrap": [server.address], "security": {"sasl": PLAIN}, "announced": ["127.0.0.*"]}
        )
        with installed().providers["kafka"].connect(Cluster("kafka", connection), secrets, 2.0) as session:
            assert session.facts.brokers == 2


@pytest.mark.parametrize(
    "talk",
    [
        drips(b"\0\0\0\x64" + b"\0" * 90),
        floods(b"\x7f\xff\xff\xff"),
        floods(b"\0\0\0\x04\0\0\0\x11"),
        floods(b"\0\0\0\x06\0\0\0\x11\0\x21"),
        lambda connection: connection.close(),
    ],
    ids=["drips", "floods", "too short", "no login", "closes the connection"],
)
def test_listeners_that_can_not_be_had_are_left_to_the_real_connection(talk: Talk) -> None:
    started = time.monotonic()
    with Loopback(talk) as server:
        assert advertised([server.address], ("u", "p"), 0.5) == []
        assert time.monotonic() - started < 0.5 + LATE


def test_listeners_are_asked_of_the_first_broker_that_answers() -> None:
    with FakeKafka(["fd00::1:9092", "broker-2:9093"]) as server:
        closed = f"127.0.0.1:{free_ports(1)[0]}"
        found = advertised([closed, server.address], ("u", "p"), 2.0)
    assert found == [server.address, "[fd00::1]:9092", "broker-2:9093"]
