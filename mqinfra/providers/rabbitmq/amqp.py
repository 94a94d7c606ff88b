"""Counts of queues by AMQP: how many messages are ready and how many consumers there are, at this moment.

The management API tells both as of its last round of statistics, five seconds ago by default, or longer.
"""

import logging
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import (
    AMQPError,
    ChannelClosedByBroker,
    IncompatibleProtocolError,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
)

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.rabbitmq.call import Counts, Fault
from mqinfra.providers.rabbitmq.codes import LOGIN_FAILED, NOT_ALLOWED
from mqinfra.providers.rabbitmq.diagnosis import diagnose, hangs_up

# pika logs every failed attempt with its whole address; what goes wrong here is said once, as a Fault.
logging.getLogger("pika").setLevel(logging.CRITICAL)

_CONNECT = 5.0


@dataclass(frozen=True, slots=True)
class Broker:
    """Where and as whom AMQP is spoken.

    Attributes:
        host: its name or address.
        port: its port.
        context: TLS; None without.
        login: user and password.
        where: alias and address, for messages.
        timeout: seconds of silence after which the connection counts as dead.
    """

    host: str
    port: int
    context: ssl.SSLContext | None
    login: tuple[str, str] = field(repr=False)
    where: str
    timeout: float

    @property
    def address(self) -> str:
        """`host:port`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def count(self, vhost: str, queues: Sequence[str]) -> Mapping[str, Counts | Fault]:
        """Ask for each queue; nothing is raised, what can't be had is a Fault."""
        try:
            connection = BlockingConnection(self._parameters(vhost))
        except (AMQPError, OSError) as error:
            return dict.fromkeys(queues, self._fault(self._diagnose(error, vhost)))
        counts: dict[str, Counts | Fault] = {}
        try:
            channel: BlockingChannel | None = None
            for queue in queues:
                if channel is None or not channel.is_open:
                    channel = connection.channel()
                counts[queue] = _count(channel, queue)
        except (AMQPError, OSError) as error:
            fault = self._fault(diagnose(error, self.address, self.where, tls=self.context is not None, field="amqp"))
            counts = {**dict.fromkeys(queues, fault), **counts}
        finally:
            if connection.is_open:
                connection.close()
        return counts

    def _parameters(self, vhost: str) -> pika.ConnectionParameters:
        wait = min(_CONNECT, self.timeout)
        return pika.ConnectionParameters(
            host=self.host,
            port=self.port,
            virtual_host=vhost,
            credentials=pika.PlainCredentials(*self.login, erase_on_connect=True),
            ssl_options=pika.SSLOptions(self.context, self.host) if self.context is not None else None,
            connection_attempts=1,
            socket_timeout=wait,
            stack_timeout=2 * wait,
            # A server that hangs is noticed by its missing heartbeats only: pika's calls have no time limit.
            heartbeat=max(2, int(self.timeout)),
            blocked_connection_timeout=self.timeout,
            client_properties={"connection_name": "mqinfra"},
        )

    def _diagnose(self, error: BaseException, vhost: str) -> Diagnostic:
        user = self.login[0]
        if isinstance(error, ProbableAuthenticationError) or "ACCESS_REFUSED" in str(error):
            return LOGIN_FAILED.at(
                f"`{self.address}` refused the login of `{user}` by AMQP, which the management API took",
                address=self.where,
                help="check that `amqp` and `url` lead to the same deployment",
            )
        if isinstance(error, ProbableAccessDeniedError) or "NOT_ALLOWED" in str(error):
            return NOT_ALLOWED.at(
                f"`{user}` may not use vhost `{vhost}` by AMQP, or there is none",
                address=self.where,
                help=f"an administrator can grant it: `rabbitmqctl set_permissions -p {vhost} {user} '' '' ''`",
            )
        if isinstance(error, IncompatibleProtocolError) and "[SSL" not in str(error):
            return hangs_up(self.address, self.where, tls=self.context is not None, field="amqp")
        return diagnose(error, self.address, self.where, tls=self.context is not None, field="amqp")

    @staticmethod
    def _fault(found: Diagnostic) -> Fault:
        return Fault(found.message, help=found.help, finding=found)


def _count(channel: BlockingChannel, queue: str) -> Counts | Fault:
    if not queue:
        # To declare no name passively asks for the last queue of the channel, which is another one.
        return Fault("a queue without a name can't be asked for")
    try:
        answer = channel.queue_declare(queue, passive=True).method
    except ChannelClosedByBroker as error:
        return Fault(error.reply_text, error.reply_code)
    return Counts(answer.message_count or 0, answer.consumer_count or 0)
