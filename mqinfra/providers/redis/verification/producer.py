"""A producer of a stream: XADD in a pipeline, each message once."""

from collections.abc import Sequence

from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.ground import Producer
from mqinfra.providers.base.verification.message import Message, Sent
from mqinfra.providers.redis.api.node import Moved, Node
from mqinfra.providers.redis.api.resp import Reply
from mqinfra.providers.redis.verification.entry import fields_of, position

LIFE = "600"
"""Seconds after which what a run made is gone, whatever became of the run."""

_BOUND = ("MAXLEN", "~", "200000")
"""How producers keep a copy from filling the server's memory, whatever is sent; consumers are never that far behind."""


class StreamProducer(Producer):
    """Adds entries to one stream, and puts off its end.

    Args:
        node: a connection of its own to the stream's server.
        stream: the key.
        trim: words for XADD by which producers keep the stream short.
    """

    def __init__(self, node: Node, stream: str, trim: Sequence[str] = _BOUND) -> None:
        self.node, self._stream, self._trim = node, stream, tuple(trim)

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        """Add entries; a connection that broke leaves those without an answer unknown."""
        calls = [("XADD", self._stream, *self._trim, "*", *fields_of(message)) for message in messages]
        replies = self.node.send([*calls, ("EXPIRE", self._stream, LIFE)], timeout)
        return [self._sent(reply) for reply in replies[: len(messages)]]

    def close(self) -> None:
        """Hang up."""
        self.node.close()

    def _sent(self, reply: Reply) -> Sent:
        if isinstance(reply, Moved):
            return Sent(Known.FAILED, error=f"the slot moved to `{reply.name}`")
        if isinstance(reply, Fault):
            return Sent(Known.UNKNOWN if reply.lost else Known.FAILED, error=reply.message)
        return Sent(Known.OK, lane=self._stream, position=position(str(reply)))
