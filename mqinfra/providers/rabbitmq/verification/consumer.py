"""A consumer of a queue or stream that answers for every message."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from mqinfra.model.errors import Bug
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.verification.ground import Consumer
from mqinfra.providers.base.verification.message import Delivery
from mqinfra.providers.rabbitmq.api.channel import Came, Channel
from mqinfra.providers.rabbitmq.api.conversation import ClosedError
from mqinfra.providers.rabbitmq.verification.line import BROKEN, GOODBYE, Line

AHEAD = 500
"""Messages that a consumer may hold unanswered, unless something else is asked for."""
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Source:
    """What is consumed.

    Attributes:
        queue: the queue, by its own name.
        stream: whether it is a stream, which has offsets, and keeps what is read.
        made: makes a delivery of what came from it, with what its consumer answers by.
    """

    queue: str
    stream: bool
    made: Callable[[Came, object], Delivery]


class AnsweringConsumer(Consumer):
    """Consumes one queue. It connects anew when it is used after its connection broke.

    Args:
        line: where it connects to.
        source: what it consumes.
        ahead: how many messages it may hold unanswered.
        accepts_itself: messages are accepted as soon as they are here. RabbitMQ's own way, to count them as done when
            they are sent, would give such a consumer all at once, of which nobody could tell what it got.
        offsets: of a stream, the offset after the last that each group accepted.
        group: its group, which only streams know.
    """

    def __init__(
        self,
        line: Line,
        source: Source,
        *,
        ahead: int = AHEAD,
        accepts_itself: bool = False,
        offsets: dict[str, int] | None = None,
        group: str = "one",
    ) -> None:
        self._line, self._source, self._ahead, self._accepts_itself = line, source, ahead, accepts_itself
        self._offsets, self._group = offsets if offsets is not None else {}, group
        self._held: set[int] = set()  # tags of what was handed out by this connection, and not answered for
        self._channel: Channel | None = line.opened()
        try:
            self._attach(self._channel)
        except BROKEN as error:
            self._channel.cut()
            raise line.trouble(error) from None

    def receive(self, most: int, timeout: float) -> Sequence[Delivery]:
        """Take what comes; a connection that broke is made again, after which unanswered messages come again.

        Raises:
            UserError: the server refuses it the queue.
        """
        end = time.monotonic() + timeout
        came: list[Delivery] = []
        while len(came) < most:
            try:
                channel = self._connected(end)
                some = channel.deliveries(most - len(came), max(0.0, end - time.monotonic()))
            except ClosedError as error:
                self._drop()
                if error.only_channel:
                    raise self._line.trouble(error) from None
                some = []
            except BROKEN:
                self._drop()
                time.sleep(_PAUSE)  # a server that is down refuses at once
                some = []
            else:
                came += [self._source.made(one, (channel, one.tag)) for one in some]
                self._held.update(one.tag for one in some)
                if self._accepts_itself and some:
                    self._accept(came[-len(some) :])
            if time.monotonic() >= end:
                break
        return came

    @property
    def at_end(self) -> bool:
        """Whether nothing more is ready; never while its connection is broken, by which nothing comes either.

        Of a stream, whose number of messages is known late, only the connection tells.
        """
        if self._channel is None:
            return False
        try:
            self._channel.allow(GOODBYE)
            if not self._source.stream:
                return not self._channel.ready_in(self._source.queue)
            self._channel.sync(GOODBYE)
        except BROKEN:
            self._drop()
            return False
        return True

    def accept(self, deliveries: Sequence[Delivery]) -> None:
        """`basic.ack`. What came by a connection that broke can't be accepted any more, and comes again."""
        if not self._accepts_itself:
            self._accept(deliveries)

    def reject(self, delivery: Delivery) -> None:
        """`basic.reject` without requeue: it becomes a dead letter, where the queue has any."""
        self._answer([delivery], lambda channel, tags: channel.reject(tags[0], requeue=False))

    def requeue(self, delivery: Delivery) -> None:
        """`basic.nack` with requeue, as consumers do whose shutdown or prefetch is in the way."""
        self._answer([delivery], lambda channel, tags: channel.give_back(tags[0]))

    def fail(self, delivery: Delivery) -> None:
        """`basic.reject` with requeue, as consumers do that could not process a message."""
        self._answer([delivery], lambda channel, tags: channel.reject(tags[0], requeue=True))

    def crash(self) -> None:
        """Cut the connection, once the server has heard what was accepted before."""
        if self._channel is not None:
            with suppress(*BROKEN):
                self._channel.sync(GOODBYE)
            self._channel.cut()
            self._channel = None

    def close(self) -> None:
        """Say goodbye; the server has heard all answers when it says so too."""
        if self._channel is not None:
            self._channel.close(GOODBYE)
            self._channel = None

    def _connected(self, end: float) -> Channel:
        if self._channel is None:
            channel = self._line.open(max(0.05, end - time.monotonic()))
            try:
                self._attach(channel)
            except BaseException:
                channel.cut()
                raise
            self._channel = channel
        return self._channel

    def _accept(self, deliveries: Sequence[Delivery]) -> None:
        if self._source.stream:
            for one in deliveries:
                if one.position is not None:
                    after = self._offsets.get(self._group, 0)
                    self._offsets[self._group] = max(after, one.position + 1)
        self._answer(deliveries, self._accept_tags)

    def _accept_tags(self, channel: Channel, tags: list[int]) -> None:
        """Accept at once what can be: a channel keeps what it tells a quorum queue beyond some thirty answers.

        What it keeps is lost with the connection, and would come again though it was accepted.
        """
        if self._held and min(self._held) < max(tags):
            channel.accept(tags)
        else:
            channel.accept_up_to(max(tags))

    def _attach(self, channel: Channel) -> None:
        self._held.clear()
        arguments: Mapping[str, Any] = {}
        if self._source.stream:
            after = self._offsets.get(self._group, 0)
            arguments = {"x-stream-offset": after or "first"}
        channel.take_from(self._source.queue, self._ahead, arguments)

    def _drop(self) -> None:
        if self._channel is not None:
            self._channel.cut()
            self._channel = None

    def _answer(self, deliveries: Sequence[Delivery], say: Callable[[Channel, list[int]], None]) -> None:
        tags: list[int] = []
        for one in deliveries:
            if not isinstance(one.handle, tuple):
                raise Bug("a delivery of another consumer")
            channel, tag = one.handle
            if channel is self._channel:
                tags.append(tag)
                self._held.discard(tag)
        if tags and self._channel is not None:
            try:
                self._channel.allow(GOODBYE)
                say(self._channel, tags)
            except BROKEN:
                self._drop()
