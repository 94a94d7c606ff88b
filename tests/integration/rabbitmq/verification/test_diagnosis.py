"""Diagnoses of queues on a real RabbitMQ: what is done wrong is named first, and nothing is taken out."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pika import BlockingConnection, PlainCredentials
from pika.connection import ConnectionParameters

from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST

QUEUE = {"type": "classic", "deadLetter": True}


def filled(project: Project) -> BlockingConnection:
    project.declare({"vhosts": {VHOST: {"queues": {"mails": QUEUE}}}})
    project.apply()
    connection = connected(project)
    channel = connection.channel()
    channel.confirm_delivery()
    for number in range(50):
        channel.basic_publish("", "mails", str(number).encode())
    return connection


def connected(project: Project) -> BlockingConnection:
    server = project.server
    credentials = PlainCredentials(server.user, server.password)
    return BlockingConnection(ConnectionParameters(server.host, server.amqp_port, VHOST, credentials))


def diagnosed(project: Project, *arguments: str, name: str = "mails", code: int = 7) -> list[str]:
    ran = project.mq("verify", "-q", "--diagnose", name, "-o", "json", *arguments)
    assert ran.code == code, ran.text
    (one,) = json.loads(ran.out)["diagnoses"]
    return [f"{cause['suspect']} ({cause['likelihood']}): {cause['evidence']}" for cause in one["causes"]]


@contextmanager
def consuming(project: Project, prefetch: int, then: Callable[[Any, Any], None]) -> Iterator[None]:
    """A consumer in a thread of its own, seen by the server's statistics."""
    done, connection = threading.Event(), connected(project)

    def work() -> None:
        channel = connection.channel()
        if prefetch:
            channel.basic_qos(prefetch_count=prefetch)
        channel.basic_consume("mails", lambda channel, method, *_: then(channel, method))
        while not done.is_set():
            connection.process_data_events(time_limit=1)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        until = time.monotonic() + 15
        queue = ("queues", VHOST, "mails")
        while not project.server.management.get(*queue).get("consumer_details") and time.monotonic() < until:
            time.sleep(0.2)
        time.sleep(6)  # statistics of channels are renewed every five seconds
        yield
    finally:
        done.set()
        worker.join()


def test_a_queue_that_nobody_reads_says_so(project: Project) -> None:
    with filled(project):
        assert diagnosed(project)[0] == "nobody reads (seen): 50 messages wait, and nobody is connected"


def test_a_consumer_that_acknowledges_nothing_is_seen_by_what_it_holds(project: Project) -> None:
    with filled(project), consuming(project, 10, lambda *_: None):
        assert diagnosed(project)[0].startswith("readers hold all they may (seen): 10 held by ")


@pytest.mark.slow_faults
def test_a_message_that_is_requeued_for_ever_is_seen_by_redeliveries(project: Project) -> None:
    def requeue(channel: Any, method: Any) -> None:
        time.sleep(0.02)
        channel.basic_reject(method.delivery_tag, requeue=True)

    with filled(project), consuming(project, 1, requeue):
        causes = diagnosed(project)
    assert causes[0].startswith("a message that always fails (seen): ")
    assert any(cause.startswith("delivered more than once (probable): ") for cause in causes)


def test_letters_are_looked_into_on_request_and_stay(project: Project) -> None:
    with filled(project) as connection:
        channel = connection.channel()
        for _ in range(50):
            method, _properties, _body = channel.basic_get("mails")
            assert method is not None
            assert method.delivery_tag is not None
            channel.basic_reject(method.delivery_tag, requeue=False)
        assert diagnosed(project) == ["letters without a reason (possible): 50 letters; none was looked at"]
        causes = diagnosed(project, "--peek")
        assert causes == ["rejected (seen): 50 letters; 20 of 20 that were looked at: rejected, from `mails`"]
        assert diagnosed(project, "--peek", name="mails.dlq")[0] == causes[0]


@pytest.mark.parametrize("name", ["mail", "shop"])
def test_a_name_that_nobody_declares_is_refused_with_the_closest(project: Project, name: str) -> None:
    with filled(project):
        ran = project.mq("verify", "--diagnose", name)
    assert ran.code == 64
    assert "mails" in ran.err
