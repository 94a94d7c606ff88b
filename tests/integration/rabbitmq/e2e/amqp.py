"""AMQP clients as applications have them: with a name, a login, and channels that may be lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pika
from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByBroker

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel

    from tests.brokers.rabbitmq.server import RabbitServer

ACCESS_REFUSED = 403
Login = tuple[str, str]
GUEST: Login = ("guest", "guest")


def connect(
    server: RabbitServer, vhost: str, *, name: str = "by-hand", login: Login = GUEST
) -> pika.BlockingConnection:
    """Open a connection that calls itself `name`."""
    return pika.BlockingConnection(
        pika.ConnectionParameters(
            server.host,
            server.amqp_port,
            vhost,
            pika.PlainCredentials(*login),
            heartbeat=0,
            client_properties={"connection_name": name},
        )
    )


@contextmanager
def channel(
    server: RabbitServer, vhost: str, *, name: str = "by-hand", login: Login = GUEST
) -> Iterator[BlockingChannel]:
    """A channel with confirms on a connection of its own."""
    connection = connect(server, vhost, name=name, login=login)
    try:
        yield connection.channel()
    finally:
        if connection.is_open:
            connection.close()


def allowed(server: RabbitServer, vhost: str, login: Login, act: Callable[[BlockingChannel], object]) -> bool:
    """Tell whether somebody may do something; what fails for another reason than rights is an error."""
    try:
        with channel(server, vhost, login=login) as line:
            line.confirm_delivery()
            act(line)
    except (ChannelClosedByBroker, ConnectionClosedByBroker) as error:
        if error.reply_code == ACCESS_REFUSED:
            return False
        raise
    return True


def publish(line: BlockingChannel, exchange: str, key: str, body: bytes = b"x") -> None:
    """Publish, and wait for the confirm when the channel has them."""
    line.basic_publish(exchange, key, body, pika.BasicProperties(delivery_mode=2))


def depth(line: BlockingChannel, queue: str) -> int:
    """Messages that are ready."""
    return int(line.queue_declare(queue, passive=True).method.message_count)
