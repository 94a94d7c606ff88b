"""A producer of a stream: XADD in a pipeline, each message once."""

from collections.abc import Sequence

from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.blind import BlindProducer
from mqinfra.providers.base.verification.message import Message, Sent
from mqinfra.providers.redis.api.node import Moved, Node
from mqinfra.providers.redis.api.resp import Call, Reply
from mqinfra.providers.redis.verification.entry import fields_of, position

LIFE = "600"
"""Seconds after which what a run made is gone, whatever became of the run."""

_BOUND = ("MAXLEN", "~", "200000")
"""How producers keep a copy from filling the server's memory, whatever is sent; consumers are never that far behind."""


class StreamProducer(BlindProducer):
    """Adds entries to one stream, and puts off its end.

    Args:
        node: a connection of its own to the stream's server.
        stream: the key.
        trim: words for XADD by which producers keep the stream short.
        life: seconds after which the stream goes; empty for one that stays.
        who: the name by which the stream remembers what it was sent (Redis 8.6); empty where it should not.
    """

    def __init__(
        self, node: Node, stream: str, trim: Sequence[str] = _BOUND, *, life: str = LIFE, who: str = ""
    ) -> None:
        self.node, self._stream, self._trim, self._life, self._who = node, stream, tuple(trim), life, who

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        """Add entries; a connection that broke leaves those without an answer unknown."""
        replies = self.node.send(self._calls(messages), timeout)
        return [self._sent(reply) for reply in replies[: len(messages)]]

    def send_blindly(self, messages: Sequence[Message], timeout: float) -> None:
        """Add entries, and hang up with the answers unread."""
        self.node.send_unheard(self._calls(messages), timeout)

    def _calls(self, messages: Sequence[Message]) -> list[Call]:
        calls: list[Call] = []
        for message in messages:
            known = ("IDMP", self._who, message.uid) if self._who else ()
            calls.append(("XADD", self._stream, *known, *self._trim, "*", *fields_of(message)))
        return [*calls, ("EXPIRE", self._stream, self._life)] if self._life else calls

    def close(self) -> None:
        """Hang up."""
        self.node.close()

    def _sent(self, reply: Reply) -> Sent:
        if isinstance(reply, Moved):
            return Sent(Known.FAILED, error=f"the slot moved to `{reply.name}`")
        if isinstance(reply, Fault):
            return Sent(Known.UNKNOWN if reply.lost else Known.FAILED, error=reply.message)
        return Sent(Known.OK, lane=self._stream, position=position(str(reply)))
