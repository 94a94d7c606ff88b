"""Healthy traffic, with consumers that are restarted and nodes that are, is never called bad."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pika import BlockingConnection, ConnectionParameters, PlainCredentials
from pika.exceptions import AMQPError

from tests.integration.beside import Work, beside
from tests.integration.healthy import LONG, ROLLING, SHORT, Length, coming_and_going, never_bad
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel

    from tests.brokers.rabbitmq.node import RabbitNode
    from tests.brokers.rabbitmq.server import RabbitServer

QUEUES = ("orders", "mails")
"""One on all nodes, and one that is away with its node."""
_AGAIN, _PACE, _PREFETCH = 0.5, 0.02, 50


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Clients of nodes that go say so at length."""
    log = logging.getLogger("pika")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    yield
    log.setLevel(before)


def again_and_again(server: RabbitServer, over: threading.Event, work: Callable[[BlockingChannel], None]) -> None:
    """Work on a connection to any node, and on another one when it is lost, until it is over."""
    login = PlainCredentials(server.user, server.password)
    nodes = [
        ConnectionParameters(server.host, node.ports.amqp, VHOST, login, heartbeat=10, socket_timeout=5)
        for node in server.nodes
    ]
    while not over.is_set():
        with suppress(AMQPError):
            connection = BlockingConnection(nodes)
            try:
                work(connection.channel())
            finally:
                with suppress(AMQPError):
                    connection.close()
        over.wait(_AGAIN)


def producing(server: RabbitServer, queue: str) -> Work:
    """Some fifty messages a second."""

    def work(over: threading.Event) -> None:
        def publish(channel: BlockingChannel) -> None:
            channel.confirm_delivery()
            while not over.wait(_PACE):
                channel.basic_publish("", queue, b"x")

        again_and_again(server, over, publish)

    return work


def consuming(server: RabbitServer, queue: str) -> Work:
    """Two consumers that acknowledge what they get, and go one after the other."""

    def consume(over: threading.Event) -> None:
        def take(channel: BlockingChannel) -> None:
            def got(on: BlockingChannel, method: Any, *_: object) -> None:
                on.basic_ack(method.delivery_tag)

            channel.basic_qos(prefetch_count=_PREFETCH)
            channel.basic_consume(queue, got)
            # The server cancels consumers of a queue whose node goes.
            while channel.consumer_tags and not over.is_set():
                channel.connection.process_data_events(time_limit=0.5)

        again_and_again(server, over, take)

    return coming_and_going(lambda _: beside(consume, f"consumer of {queue}"))


def watched(project: Project, length: Length, nodes: Sequence[RabbitNode] = ()) -> None:
    server = project.server
    kinds = zip(QUEUES, ("quorum", "classic"), strict=True)
    project.declare({"vhosts": {VHOST: {"queues": {name: {"type": kind, "deadLetter": True} for name, kind in kinds}}}})
    project.apply()
    work = [make(server, queue) for queue in QUEUES for make in (producing, consuming)]
    never_bad(length, work, nodes)


def test_restarts_of_consumers_are_never_called_bad(
    rabbitmq_3: RabbitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rabbitmq_3.wipe()
    watched(Project(tmp_path / "shop", rabbitmq_3, monkeypatch), SHORT)


@pytest.mark.slow_faults
def test_half_an_hour_with_a_rolling_restart_is_never_called_bad(
    rabbitmq_43_three: RabbitServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rabbitmq_43_three.wipe()
    watched(Project(tmp_path / "shop", rabbitmq_43_three, monkeypatch), LONG, rabbitmq_43_three.nodes)


@pytest.mark.slow_faults
def test_a_rolling_restart_of_an_older_cluster_is_never_called_bad(
    rabbitmq_3_three: RabbitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rabbitmq_3_three.wipe()
    watched(Project(tmp_path / "shop", rabbitmq_3_three, monkeypatch), ROLLING, rabbitmq_3_three.nodes)
