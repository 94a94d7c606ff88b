"""Where AMQP is, and counts of queues by it: how many messages are ready and how many consumers there are, by now.

The management API tells both as of its last round of statistics, five seconds ago by default, or longer.

Importing it brings in no client library, which a plan that counts nothing does without.
"""

import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, TypeVar

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.addresses import joined
from mqinfra.providers.base.connecting.codes import NOT_ALLOWED
from mqinfra.providers.rabbitmq.api.call import Counts, RabbitFault
from mqinfra.providers.rabbitmq.api.diagnosis import diagnose, login_refused
from mqinfra.providers.rabbitmq.api.faults import closed

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.api.conversation import Conversation, Introduction

C = TypeVar("C", bound="Conversation")
CONNECT = 10.0
"""Seconds at most until a vhost is entered."""
_AT_ONCE = 1_000
"""Queues whose counts must come within one timeout; a server answers as many in a second."""
_ACCESS_REFUSED, _NOT_ALLOWED = 403, 530


@dataclass(frozen=True, slots=True)
class Broker:
    """Where and as whom AMQP is spoken.

    Attributes:
        host: name or address of the node that is asked first.
        port: its port.
        context: TLS; None without.
        login: user and password.
        where: alias and address, for messages.
        timeout: seconds for the counts of up to 1,000 queues.
        lock_vhost: vhost in which applies take their lock.
        others: hosts and ports of further nodes, for when it is down; each knows all queues.
    """

    host: str
    port: int
    context: ssl.SSLContext | None
    login: tuple[str, str] = field(repr=False)
    where: str
    timeout: float
    lock_vhost: str = "/"
    others: tuple[tuple[str, int], ...] = ()

    @property
    def address(self) -> str:
        """`host:port`."""
        return joined(self.host, self.port)

    def converse(self, vhost: str, end: float, introduction: "Introduction | None" = None) -> "Conversation":
        """Enter a vhost through the first node that answers; see `enter`.

        Raises:
            OSError: none answers; what is said is of the first.
            ClosedError: one refused the login or the vhost.
            AMQPError: the vhost's name is no text that AMQP can carry.
        """
        from mqinfra.providers.rabbitmq.api.conversation import Conversation  # noqa: PLC0415 - brings in the client

        return self.enter(Conversation, vhost, end, introduction)

    def enter(self, kind: type[C], vhost: str, end: float, introduction: "Introduction | None" = None) -> C:
        """Enter a vhost through the first node that answers.

        Args:
            kind: what is made of the connection.
            vhost: the vhost.
            end: deadline; while there are further nodes, one has its share of what is left.
            introduction: what is said of us; None for little.

        Raises:
            OSError: none answers; what is said is of the first.
            ClosedError: one refused the login or the vhost.
            AMQPError: the vhost's name is no text that AMQP can carry.
        """
        from mqinfra.providers.rabbitmq.api.conversation import BRIEF, Door  # noqa: PLC0415 - as above

        first: OSError | None = None
        nodes = ((self.host, self.port), *self.others)
        for number, (host, port) in enumerate(nodes):
            now = time.monotonic()
            share = now + (end - now) / (len(nodes) - number)
            try:
                conversation = kind(Door(host, port, self.context, self.login), vhost, share, introduction or BRIEF)
            except OSError as error:
                first = first or error
            else:
                conversation.end = end
                return conversation
        raise first or TimeoutError

    def count(self, vhost: str, queues: Sequence[str]) -> Mapping[str, Counts | RabbitFault]:
        """Ask for each queue; nothing is raised, what can't be had is a fault."""
        from pika.exceptions import AMQPError  # noqa: PLC0415 - as above

        from mqinfra.providers.rabbitmq.api.conversation import ClosedError  # noqa: PLC0415 - as above

        try:
            conversation = self.converse(vhost, time.monotonic() + min(CONNECT, self.timeout))
        except (AMQPError, ClosedError, OSError, UnicodeError) as error:
            return dict.fromkeys(queues, self._fault(self.diagnose(error, vhost)))
        counts: dict[str, Counts | RabbitFault] = {}
        try:
            for number, queue in enumerate(queues):
                if number % _AT_ONCE == 0:
                    conversation.end = time.monotonic() + self.timeout
                counts[queue] = _count(conversation, queue)
        except (ClosedError, OSError) as error:
            fault = self._fault(self.diagnose(error, vhost))
            counts = {**dict.fromkeys(queues, fault), **counts}
        finally:
            conversation.close()
        return counts

    def diagnose(self, error: BaseException, vhost: str) -> Diagnostic:
        """Say why there is no conversation in a vhost, or no longer."""
        from mqinfra.providers.rabbitmq.api.conversation import ClosedError  # noqa: PLC0415 - as above

        user = self.login[0]
        code = error.code if isinstance(error, ClosedError) else 0
        if code == _ACCESS_REFUSED:
            detail = f"of `{user}` by AMQP, which the management API took"
            what_now = ("check that `amqp` and `url` lead to the same deployment",)
            return login_refused(self.address, detail, what_now, self.where)
        if code == _NOT_ALLOWED:
            return NOT_ALLOWED.at(
                f"`{user}` may not use vhost `{vhost}` by AMQP, or it does not exist",
                address=self.where,
                help=f"an administrator can grant it: `rabbitmqctl set_permissions -p {vhost} {user} '' '' ''`",
            )
        return diagnose(error, self.address, self.where, tls=self.context is not None, field="amqp")

    @staticmethod
    def _fault(found: Diagnostic) -> RabbitFault:
        return RabbitFault(found.message, help=found.help, finding=found)


def _count(conversation: "Conversation", queue: str) -> Counts | RabbitFault:
    from pika.exceptions import AMQPError  # noqa: PLC0415 - as above

    from mqinfra.providers.rabbitmq.api.conversation import ClosedError  # noqa: PLC0415 - as above

    if not queue:
        # To declare no name passively asks for the last queue of the channel, which is another one.
        return RabbitFault("a queue without a name can't be asked for")
    try:
        messages, consumers = conversation.declare_passively(queue)
    except ClosedError as error:
        if not error.only_channel:
            raise
        return closed(error.text, error.code)
    except (AMQPError, UnicodeError):
        return RabbitFault("a queue of this name can't be asked for by AMQP")
    return Counts(messages, consumers)
