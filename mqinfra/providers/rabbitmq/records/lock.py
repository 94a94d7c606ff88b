"""The lock of an apply: an exclusive queue, which the server deletes with the connection of its holder.

The holder consumes the queue, since a policy with `expires` deletes an idle one, and is told when it is deleted all the
same. Its connection lives in a thread of its own, which says that it is there while the apply waits for something else.
Who holds it stands among the queue's arguments: the management API knows those at once, and connections only after
its next round of statistics. The connection's name says it too, for whoever looks at connections.
"""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pika.exceptions import AMQPError
from pydantic import JsonValue

from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from mqinfra.providers.base import codes
from mqinfra.providers.base.records import Lock
from mqinfra.providers.rabbitmq.api.call import Call, RabbitFault
from mqinfra.providers.rabbitmq.api.conversation import CancelledError, ClosedError, Conversation, Introduction
from mqinfra.providers.rabbitmq.api.faults import is_down
from mqinfra.providers.rabbitmq.io.nodes import NODES, down_of
from mqinfra.providers.rabbitmq.records.names import lock_name

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_HEARTBEAT = 10
"""Seconds. A server lets go of a connection at which it has heard nothing for two of them."""
_BEAT = 4.0
"""Seconds between our signs of life; the server's own come every half heartbeat."""
_SILENCE = 12.0
"""Seconds without a sign of life after which we stop. What the server heard last is at most `_BEAT` older than what we
did, so that it holds the queue until then, and for some seconds more."""
_CONNECT = 10.0
_GOODBYE = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_RESOURCE_LOCKED, _ACCESS_REFUSED, _NOT_ALLOWED = 405, 403, 530
_TROUBLE = (AMQPError, ClosedError, OSError, UnicodeError)
_MOST_VANISHED = 3
"""How often a holder may end in the moment between our attempt and our question about it."""
_HOLDER = "mqinfra-holder"
_MOST_SHOWN = 300
_WITHOUT = "`--no-lock` applies without a lock"


class QueueLock(Lock):
    """A queue that is ours while its connection lasts."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._reason = ""
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._live, name="rabbitmq-lock", daemon=True)
        self._thread.start()

    def lost(self) -> str:
        """Say what the thread found out, or that it has heard nothing for too long: all of us may have been stopped."""
        if not self._reason and time.monotonic() - self._conversation.heard > _SILENCE:
            self._reason = f"RabbitMQ was not heard for {_SILENCE:.0f} s on the connection that holds the lock"
        return self._reason

    def release(self) -> None:
        """Give the queue back, and return once the server has deleted it, or does not answer."""
        self._wake.close()
        self._thread.join(_GOODBYE + _BEAT)
        self._reason = self._reason or "the lock was released"

    def _live(self) -> None:
        try:
            while not self._conversation.listen(_BEAT, until=self._woken) and not self.lost():
                self._conversation.end = time.monotonic() + _BEAT
                self._conversation.beat()
        except CancelledError:
            self._reason = "the queue of the lock was deleted"
        except ClosedError as error:
            self._reason = f"RabbitMQ closed the connection that holds the lock: {error.text}"
        except OSError as error:
            self._reason = f"the connection that holds the lock broke: {error}"
        self._conversation.close(0 if self._reason else _GOODBYE)
        self._woken.close()


@contextmanager
def queue_lock(client: "RabbitClient", owner: Owner, holder: str, timeout: float) -> Iterator[Lock]:
    """Hold the lock of an owner while the context lasts.

    Args:
        client: knows where AMQP is, and asks who holds the lock.
        owner: whose lock.
        holder: who we are, for others.
        timeout: seconds to wait for another holder.

    Raises:
        UserError: with exit code 6, somebody else holds it; with 1, it can't be taken.
    """
    attempt = _Attempt(client, owner, holder)
    lock = QueueLock(attempt.taken(time.monotonic() + timeout))
    client.lock_is_seen = attempt.is_seen
    try:
        yield lock
    finally:
        client.lock_is_seen = None
        lock.release()


class _Attempt:
    """Taking the lock, and saying why it can't be had."""

    def __init__(self, client: "RabbitClient", owner: Owner, holder: str) -> None:
        self._client, self._broker, self._owner = client, client.broker, owner
        self._vhost, self._queue = client.broker.lock_vhost, lock_name(owner)
        self._holder = _shown(holder)

    def taken(self, deadline: float) -> Conversation:
        """The conversation that holds the queue."""
        said = Introduction(f"mqinfra apply {self._owner}: {self._holder}", _HEARTBEAT)
        try:
            conversation = self._broker.converse(self._vhost, time.monotonic() + _CONNECT, said)
        except _TROUBLE as error:
            raise self._refused(error) from None
        try:
            self._declare(conversation, deadline)
            conversation.consume(self._queue)
        except BaseException as error:
            # A queue that may not be consumed was made all the same, and must be gone before somebody else tries.
            conversation.close(_GOODBYE if isinstance(error, ClosedError) else 0)
            if isinstance(error, _TROUBLE):
                raise self._refused(error) from None
            raise
        return conversation

    def is_seen(self) -> bool:
        """Whether the management API tells of the queue that we hold by AMQP."""
        arguments = (self._found() or {}).get("arguments")
        return isinstance(arguments, dict) and arguments.get(_HOLDER) == self._holder

    def _declare(self, conversation: Conversation, deadline: float) -> None:
        """Make the queue, or wait until the deadline for its holder to be gone."""
        arguments = {"x-queue-type": "classic", _HOLDER: self._holder}
        pause, vanished = _FIRST_PAUSE, 0
        while True:
            conversation.end = time.monotonic() + _CONNECT
            try:
                conversation.declare_exclusive(self._queue, arguments)
            except ClosedError as error:
                if not error.only_channel or not (error.code == _RESOURCE_LOCKED or is_down(error.text)):
                    raise
            else:
                return
            if pause == _FIRST_PAUSE:
                self._require_a_lock()
            rest = deadline - time.monotonic()
            if rest <= 0:
                found = self._found()
                if found is not None or vanished == _MOST_VANISHED:
                    raise self._held(found or {})
                vanished += 1
            time.sleep(max(0.0, min(pause, rest)))
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _found(self) -> Mapping[str, JsonValue] | None:
        """What the management API says of the queue: nothing where it may not be asked; None when it is gone."""
        [answer] = self._client.send([Call("GET", ("queues", self._vhost, self._queue), {"disable_stats": "true"})])
        if isinstance(answer, RabbitFault):
            return None if answer.absent else {}
        return answer.body if isinstance(answer.body, dict) else {}

    def _require_a_lock(self) -> None:
        """Refuse to wait for a queue that outlives its connection: it is in the way for good."""
        if (self._found() or {}).get("exclusive") is False:
            why = f"there is a queue `{self._queue}` in vhost `{self._vhost}` that is no lock of mqinfra's"
            raise self._no_lock(why, "delete it: an apply makes the queue itself, and it goes with the apply")

    def _held(self, queue: Mapping[str, JsonValue]) -> UserError:
        arguments = queue.get("arguments")
        said = arguments.get(_HOLDER) if isinstance(arguments, dict) else None
        holder, place = _shown(str(said or "unknown holder")), f"queue `{self._queue}` in vhost `{self._vhost}`"
        message = f"another apply of `{self._owner}` is running: {holder}"
        help_: tuple[str, ...] = (
            "wait for it, or give --lock-timeout more seconds",
            f"it holds the {place}, which goes with its connection",
        )
        if node := self._node_down(queue):
            message = f"the lock of `{self._owner}` is stuck on node `{node}`, which is down; {holder} held it"
            help_ = (
                f"start the node again: the {place} goes when it is back",
                f"or take it out of the cluster if it is lost for good: `rabbitmqctl forget_cluster_node {node}`",
                f"that apply has stopped, unless it still reaches the node; {_WITHOUT}",
            )
        return UserError([codes.LOCKED.at(message, address=self._client.where, help=help_)], ExitCode.LOCKED)

    def _node_down(self, queue: Mapping[str, JsonValue]) -> str:
        """The node of the queue, if it is down: from 4.3 on its exclusive queues stay until it is back."""
        [answer] = self._client.send([NODES])
        node = str(queue.get("node") or "")
        return node if node in down_of(answer) else ""

    def _refused(self, error: Exception) -> UserError:
        user, vhost = self._client.user, self._vhost
        grant = f"rabbitmqctl set_permissions -p {vhost} {user} '^mqinfra\\.lock\\.' '^$' '^mqinfra\\.lock\\.'"
        if isinstance(error, ClosedError) and error.only_channel:
            if error.code != _ACCESS_REFUSED:
                return self._no_lock(error.text)
            return self._no_lock(
                f"`{user}` needs `configure` and `read` on `{self._queue}` in vhost `{vhost}`",
                f"an administrator can add them to what `rabbitmqctl list_permissions -p {vhost}` shows, or grant "
                f"nothing else: `{grant}`",
                "or name another vhost as `lockVhost`",
            )
        if isinstance(error, ClosedError) and error.code == _NOT_ALLOWED:
            return self._no_lock(error.text, f"an administrator can grant it: `{grant}`", "or name another `lockVhost`")
        found = self._broker.diagnose(error, vhost)
        return self._no_lock(found.message, *found.help, "the lock needs AMQP, at the address `amqp` of the cluster")

    def _no_lock(self, why: str, *help_: str) -> UserError:
        message = f"the lock of `{self._owner}` can't be taken: {why}"
        return UserError([codes.LOCK_RIGHT.at(message, address=self._client.where, help=(*help_, _WITHOUT))])


def _shown(holder: str) -> str:
    """A holder as it can stand in any message, whoever wrote it."""
    return "".join(sign if sign.isprintable() else " " for sign in holder)[:_MOST_SHOWN]
