"""Connections that keep what an apply takes are named in the plan, and closed by `--close-connections`."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pika
import pytest
from pika.exceptions import AMQPError

from mqinfra.model.address import Address
from tests.days import SOON
from tests.integration.rabbitmq.e2e.amqp import Login, connect, publish
from tests.integration.rabbitmq.e2e.project import Project
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

pytestmark = pytest.mark.newest

VHOST, USER = "/kept", "worker"
PERMISSION = Address("rabbit", "permissions", (VHOST, USER))


def prepare(project: Project) -> Login:
    login = (USER, secrets.token_hex(8))
    project.secret("WORKER", login[1])
    project.declare(topology(access=True))
    project.converge()
    return login


def topology(*, access: bool, revision: int = 1) -> dict[str, object]:
    queues = {"jobs": {"type": "classic"}}
    access_entries = {USER: {"user": USER, "consumes": ["jobs"], "publishes": [""]}} if access else {}
    users = {USER: {"password": {"env": "WORKER", "revision": revision}}}
    return {"users": users, "vhosts": {VHOST: {"queues": queues, "access": access_entries}}}


class Clients:
    """An idle, a publishing and a consuming client of the user."""

    def __init__(self, server: RabbitServer, login: Login) -> None:
        self.idle, self.busy, self.consuming = (
            connect(server, VHOST, name=name, login=login) for name in ("idle", "busy", "consuming")
        )
        self.line = self.busy.channel()
        self.got: list[bytes] = []
        self.send()
        consumer = self.consuming.channel()
        consumer.basic_consume("jobs", lambda _c, _m, _p, body: self.got.append(body), auto_ack=True)
        self.receive(1)

    @property
    def all(self) -> tuple[pika.BlockingConnection, ...]:
        return (self.idle, self.busy, self.consuming)

    def send(self) -> None:
        publish(self.line, "", "jobs")
        self.busy.process_data_events(0.05)

    def receive(self, number: int) -> None:
        until(lambda: self._looked() >= number, "the consumer gets messages")

    def _looked(self) -> int:
        self.consuming.process_data_events(0.05)
        return len(self.got)

    def ended(self) -> list[bool]:
        found: list[bool] = []
        for connection in self.all:
            with suppress(AMQPError):
                connection.process_data_events(0.05)
            found.append(not connection.is_open)
        return found


@contextmanager
def clients(server: RabbitServer, login: Login) -> Iterator[Clients]:
    some = Clients(server, login)
    try:
        until(
            lambda: len([row for row in server.management.get("connections") if row.get("user") == USER]) == 3,
            "the server lists all connections",
        )
        yield some
    finally:
        for connection in some.all:
            with suppress(AMQPError):
                if connection.is_open:
                    connection.close()


def test_a_permission_that_is_taken_is_kept_by_connections_until_they_are_closed(
    project: Project, cell: set[str]
) -> None:
    server = project.server
    login = prepare(project)
    with clients(server, login) as some:
        project.declare(topology(access=False), {str(PERMISSION): {}})
        planned = project.plan()
        assert "3 connections keep what is taken until closed: busy (worker@" in planned.out
        assert "`apply --close-connections` closes them" in planned.out
        project.apply()
        assert some.ended() == [False, False, False]
        with server_publishes(server):
            some.receive(2)  # goes on without any permission
        project.declare(topology(access=True))
        project.apply()
        project.declare(topology(access=False), {str(PERMISSION): {}})
        closed = project.apply("--close-connections")
        assert f"closed 3 connections for `{PERMISSION}`" in closed.text
        until(lambda: some.ended() == [True, True, True], "all connections are closed")
        with pytest.raises(AMQPError):
            connect(server, VHOST, login=login)
    cell.add(f"rabbitmq-{server.line}/permissions/e2e-kept-rights-are-closed")


@contextmanager
def server_publishes(server: RabbitServer) -> Iterator[None]:
    """Somebody else publishes a message."""
    connection = connect(server, VHOST)
    try:
        publish(connection.channel(), "", "jobs")
        yield
    finally:
        connection.close()


def test_the_server_closes_the_connections_of_a_user_that_is_deleted(project: Project) -> None:
    server = project.server
    login = prepare(project)
    user = str(Address("rabbit", "users", (USER,)))
    with clients(server, login) as some:
        vhosts = topology(access=False)["vhosts"]
        project.declare({"vhosts": vhosts}, {str(PERMISSION): {}, user: {"evenIf": ["consumers"], "until": SOON}})
        project.apply()
        until(lambda: some.ended() == [True, True, True], "all connections are closed")


def test_a_new_password_leaves_connections_until_they_are_closed(project: Project) -> None:
    server = project.server
    login = prepare(project)
    with clients(server, login) as some:
        project.secret("WORKER", secrets.token_hex(8))
        project.declare(topology(access=True, revision=2))
        assert "3 connections keep what is taken until closed" in project.plan().out
        project.apply("--close-connections")
        until(lambda: some.ended() == [True, True, True], "all connections are closed")
