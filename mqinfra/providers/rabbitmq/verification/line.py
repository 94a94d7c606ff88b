"""Connections of one verification in a vhost: each client has its own, which says whose it is."""

import time
from dataclasses import field

from pika.exceptions import AMQPError

from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.verification.ground import Client
from mqinfra.providers.rabbitmq.api.amqp import Broker
from mqinfra.providers.rabbitmq.api.channel import Channel
from mqinfra.providers.rabbitmq.api.conversation import ClosedError, Introduction

BROKEN = (AMQPError, ClosedError, OSError)
"""What a connection breaks with."""
CONNECT = 10.0
GOODBYE = 5.0


@dataclass(frozen=True, slots=True)
class Line:
    """Where clients connect to.

    Attributes:
        broker: where and as whom.
        vhost: the vhost.
        name: what people see the connections called.
    """

    broker: Broker = field(repr=False)
    vhost: str
    name: str

    def open(self, seconds: float = CONNECT) -> Channel:
        """Connect.

        Raises:
            AMQPError: the vhost's name can't be said.
            ClosedError: the server refuses.
            OSError: no node answers.
        """
        return self.broker.enter(Channel, self.vhost, time.monotonic() + seconds, Introduction(self.name))

    def opened(self, seconds: float = CONNECT) -> Channel:
        """Connect, for somebody who can't do without.

        Raises:
            UserError: no connection came about.
        """
        try:
            return self.open(seconds)
        except BROKEN as error:
            raise self.trouble(error) from None

    def trouble(self, error: Exception) -> UserError:
        """Why there is no connection, or no longer."""
        return UserError([self.broker.diagnose(error, self.vhost)])


class Held(Client):
    """A connection that is only there."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def close(self) -> None:
        """Say goodbye."""
        self._channel.close(GOODBYE)
