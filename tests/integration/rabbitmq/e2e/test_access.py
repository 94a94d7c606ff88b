"""`access` gives a client what it needs and nothing else: real clients try, with each right and without it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.rabbitmq.e2e.amqp import Login, allowed, publish
from tests.integration.rabbitmq.e2e.project import Project

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel

    from tests.brokers.rabbitmq.server import RabbitServer

VHOST = "/shop"
USER = "mailer"
# Names with all that means something in a regular expression, and plain ones; each with neighbours nearly alike.
QUEUES = {
    "orders": ("orders2", "my-orders", "orders.dlq2"),
    "a.b+c(d)|e": ("aXb+c(d)|e", "e", "a.b+c(d)"),
    "^$": ("$", "x"),
}
Act = Callable[["BlockingChannel"], object]


def consuming(queue: str) -> Act:
    return lambda line: line.basic_get(queue)


def publishing(exchange: str) -> Act:
    # An internal error would come with the confirm; what may not be published closes the channel.
    return lambda line: publish(line, exchange, "key")


def declaring(queue: str) -> Act:
    return lambda line: line.queue_declare(queue, durable=True)


def binding(queue: str, exchange: str) -> Act:
    return lambda line: line.queue_bind(queue, exchange, "key")


def prepare(project: Project, queue: str) -> Login:
    """A user that reads one queue, publishes to one exchange, and makes another queue and exchange itself."""
    login = (USER, secrets.token_hex(8))
    project.secret("MAILER", login[1])
    own, exchange = f"{queue}.own", f"{queue}.in"
    near: dict[str, Any] = {name: {} for name in QUEUES[queue]}
    access = {"user": USER, "consumes": [queue], "publishes": [exchange], "configures": [own, f"{own}.in"]}
    exchanges = {name: {"type": "topic"} for name in (exchange, f"{exchange}2", f"my-{exchange}")}
    shop: dict[str, Any] = {
        "exchanges": exchanges,
        "queues": {queue: {"deadLetter": True}, **near},
        "access": {USER: access},
    }
    project.declare({"users": {USER: {"password": {"env": "MAILER"}}}, "vhosts": {VHOST: shop}})
    project.converge()
    return login


def works(queue: str) -> dict[str, Act]:
    """What the user needs, by the right that it needs for it."""
    return {
        "configure: own queue": declaring(f"{queue}.own"),
        "configure: own exchange": lambda line: line.exchange_declare(f"{queue}.own.in", "topic", durable=True),
        "write: exchange": publishing(f"{queue}.in"),
        "read: queue": consuming(queue),
        "read: dead letters": consuming(f"{queue}.dlq"),
        "read: own queue": consuming(f"{queue}.own"),
        "read: own exchange, write: own queue": binding(f"{queue}.own", f"{queue}.own.in"),
        "write: own exchange": publishing(f"{queue}.own.in"),
    }


@pytest.mark.parametrize("queue", QUEUES)
def test_a_client_can_do_its_work_and_nothing_beside_it(queue: str, project: Project, cell: set[str]) -> None:
    login = prepare(project, queue)
    server = project.server
    for what, act in works(queue).items():
        assert allowed(server, VHOST, login, act), what
    beside: dict[str, Act] = {
        **{f"read {name}": consuming(name) for name in QUEUES[queue]},
        **{f"declare {name}": declaring(f"{name}-new") for name in (queue, *QUEUES[queue])},
        "declare the queue": lambda line: line.queue_delete(queue),
        "publish to a neighbour": publishing(f"{queue}.in2"),
        "publish to another": publishing(f"my-{queue}.in"),
        "publish past exchanges": lambda line: publish(line, "", queue),
        "bind the queue": binding(queue, f"{queue}.in"),
    }
    for what, act in beside.items():
        assert not allowed(server, VHOST, login, act), what
    cell.add(f"rabbitmq-{server.line}/permissions/e2e-access-is-exact")


def alternatives(pattern: str) -> list[str]:
    """The whole names that an exact pattern lists, each as a pattern of its own."""
    assert pattern.startswith("^")
    assert pattern.endswith("$")
    inner = pattern.removeprefix("^").removesuffix("$")
    if not inner.startswith("(?:"):
        return [pattern]
    parts: list[str] = [""]
    escaped = False
    for sign in inner.removeprefix("(?:").removesuffix(")"):
        if sign == "|" and not escaped:
            parts.append("")
        else:
            parts[-1] += sign
        escaped = sign == "\\" and not escaped
    return [f"^(?:{part})$" for part in parts]


def test_each_right_taken_away_makes_something_fail(project: Project, cell: set[str]) -> None:
    login = prepare(project, "orders")
    server = project.server
    given = {
        right: server.management.get("permissions", VHOST, USER)[right] for right in ("configure", "write", "read")
    }
    for what, act in works("orders").items():
        assert allowed(server, VHOST, login, act), what
    failures: dict[str, list[str]] = {}
    for right, pattern in given.items():
        for taken in alternatives(pattern):
            rest = [part for part in alternatives(pattern) if part != taken]
            put(server, {**given, right: "|".join(rest)})
            failures[f"{right}: {taken}"] = [
                what for what, act in works("orders").items() if not allowed(server, VHOST, login, act)
            ]
    put(server, given)
    assert len(failures) == 2 + 3 + 4
    assert all(failures.values()), failures
    cell.add(f"rabbitmq-{server.line}/permissions/e2e-access-is-needed")


def put(server: RabbitServer, rights: dict[str, str]) -> None:
    server.management.call("PUT", "permissions", VHOST, USER, body=rights)
