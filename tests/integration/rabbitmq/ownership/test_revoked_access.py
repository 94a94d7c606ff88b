"""A user whose `access` is taken out of the manifest: what it may do after the next apply, new and connected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pika
import pytest
from pika.exceptions import AMQPError

from tests.integration.rabbitmq.e2e.amqp import allowed, connect, publish
from tests.ownership.topologies import SECRETS
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer
    from tests.ownership.workspace import Workspace

LOGIN = ("w", SECRETS["W"])
PERMISSION = "rabbitmq/permissions/%2Fshop/w"
NAMES = ("idle", "busy", "consuming")


def document(*, access: bool) -> dict[str, Any]:
    vhost: dict[str, Any] = {"exchanges": {"ev": {"type": "fanout"}}, "queues": {"q": {"type": "classic"}}}
    if access:
        vhost["access"] = {"w": {"consumes": ["q"], "publishes": ["ev"]}}
    return {"rabbitmq": {"users": {"w": {"password": {"env": "W"}}}, "vhosts": {"/shop": vhost}}}


@contextmanager
def clients(server: RabbitServer) -> Iterator[list[pika.BlockingConnection]]:
    """One that is idle, one that publishes and one that consumes, as the server lists them."""
    some = [connect(server, "/shop", name=name, login=LOGIN) for name in NAMES]
    try:
        publish(some[1].channel(), "ev", "")
        some[2].channel().basic_consume("q", lambda *_: None, auto_ack=True)
        until(
            lambda: sum(row.get("user") == "w" for row in server.management.get("connections")) == len(NAMES),
            "the server lists all connections",
        )
        yield some
    finally:
        for connection in some:
            with suppress(AMQPError):
                connection.close()


def closed(some: list[pika.BlockingConnection]) -> list[bool]:
    for connection in some:
        with suppress(AMQPError):
            connection.process_data_events(0.05)
    return [not connection.is_open for connection in some]


def test_what_is_new_is_refused_and_what_is_connected_is_named_and_can_be_closed(
    space: Workspace, rabbitmq_3: RabbitServer
) -> None:
    space.declare(t=document(access=True))
    space.apply()
    with clients(rabbitmq_3) as some:
        space.declare(t=document(access=False))
        [change] = space.plan()["changes"]
        assert (change["address"], change["action"]) == (PERMISSION, "delete")
        costs = " ".join(cost["text"] for cost in change["costs"])
        assert "3 connections keep what is taken until closed" in costs
        assert all(name in costs for name in NAMES)
        space.apply()
        assert closed(some) == [False] * len(NAMES)
        with pytest.raises(AMQPError):  # the server lets nobody into a vhost without a permission there
            connect(rabbitmq_3, "/shop", login=LOGIN)

        space.declare(t=document(access=True))
        space.apply()
        space.declare(t=document(access=False))
        ran = space.mq("apply", "--close-connections", "--expect", space.plan()["digest"])
        assert f"closed 3 connections for `{PERMISSION}`" in ran.text
        until(lambda: closed(some) == [True] * len(NAMES), "all connections are closed")


def test_of_rights_that_shrink_new_consumes_and_publishes_are_refused(
    space: Workspace, rabbitmq_3: RabbitServer
) -> None:
    space.declare(t=document(access=True))
    space.apply()

    def consumes() -> bool:
        return allowed(rabbitmq_3, "/shop", LOGIN, lambda line: line.basic_consume("q", lambda *_: None))

    def publishes() -> bool:
        return allowed(rabbitmq_3, "/shop", LOGIN, lambda line: publish(line, "ev", ""))

    assert consumes()
    assert publishes()
    less = document(access=True)
    less["rabbitmq"]["vhosts"]["/shop"]["access"]["w"] = {"publishes": ["ev"]}
    space.declare(t=less)
    space.apply()
    assert not consumes()
    assert publishes()
    less["rabbitmq"]["vhosts"]["/shop"]["access"]["w"] = {"consumes": ["q"]}
    space.declare(t=less)
    space.apply()
    assert consumes()
    assert not publishes()
