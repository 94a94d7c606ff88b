"""A producer with confirms, of which every message is mandatory: it says of each what became of it."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from pydantic import JsonValue

from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.blind import BlindProducer
from mqinfra.providers.base.verification.message import Message, Sent
from mqinfra.providers.rabbitmq.api.channel import Channel
from mqinfra.providers.rabbitmq.verification.envelope import properties_of, uid_of
from mqinfra.providers.rabbitmq.verification.line import BROKEN, GOODBYE, Line

_AT_ONCE = 250
"""Messages that are sent in one piece. At most twice as many are on their way."""
_PAUSE = 0.05
_TAKES = 0.1
"""Seconds in which a server takes what it was sent."""


@dataclass
class _Way:
    """Messages on their way by one connection.

    Attributes:
        channel: the connection.
        numbers: the number of each message that was sent by it.
        error: with what it broke; empty while it has not.
    """

    channel: Channel
    numbers: dict[str, int] = field(default_factory=dict)
    error: str = ""


class ConfirmingProducer(BlindProducer):
    """Publishes to one exchange. It connects anew when it is used after its connection broke.

    Args:
        line: where it connects to.
        exchange: the exchange.
        lane: where its messages get to; empty where they get to several queues.
        headers: further headers by the ids of messages, in the types that bindings look for.
        refuses: a negative confirm says for certain that a message is not there.
    """

    def __init__(
        self,
        line: Line,
        exchange: str,
        lane: str = "",
        *,
        headers: Mapping[str, Mapping[str, JsonValue]] | None = None,
        refuses: bool = True,
    ) -> None:
        self._line, self._exchange, self._lane, self._refuses = line, exchange, lane, refuses
        self._headers = headers if headers is not None else {}
        self._channel: Channel | None = self._ready(line.opened())

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        """Publish and wait for the confirms of all."""
        end = time.monotonic() + timeout
        if self._channel is None:
            try:
                self._channel = self._ready(self._line.open(timeout))
            except BROKEN as error:
                time.sleep(_PAUSE)  # a server that is down refuses at once
                return [Sent(Known.FAILED, error=f"not sent: {error}")] * len(messages)
        way = _Way(self._channel)
        way.channel.end = end
        way.channel.returned.clear()
        try:
            self._publish(way, messages)
        except BROKEN as error:
            way.error = way.channel.confirms.blocked or str(error) or type(error).__name__
            way.channel.cut()
            self._channel = None
        returned = {uid_of(one.properties): one for one in way.channel.returned}
        return [
            Sent(Known.FAILED, returned=True, error=returned[message.uid].why, ended=returned[message.uid].at)
            if message.uid in returned
            else self._sent(way, message)
            for message in messages
        ]

    def send_blindly(self, messages: Sequence[Message], timeout: float) -> None:
        """Publish, and cut the connection with the confirms unread."""
        end = time.monotonic() + timeout
        try:
            channel = self._channel or self._ready(self._line.open(timeout))
        except BROKEN:
            time.sleep(_PAUSE)
            return
        self._channel = None
        with suppress(*BROKEN):  # of what has no answer nobody knows, whatever broke the connection
            channel.end = end
            channel.publish(self._exchange, ((one.key, one.body or b"", properties_of(one)) for one in messages))
            time.sleep(_TAKES)
        channel.cut()

    def close(self) -> None:
        """Say goodbye."""
        if self._channel is not None:
            self._channel.close(GOODBYE)
            self._channel = None

    @staticmethod
    def _ready(channel: Channel) -> Channel:
        try:
            channel.confirm()
        except BaseException:
            channel.cut()
            raise
        return channel

    def _publish(self, way: _Way, messages: Sequence[Message]) -> None:
        before = range(0)
        for start in range(0, len(messages), _AT_ONCE):
            some = messages[start : start + _AT_ONCE]
            first = way.channel.next_number
            way.numbers.update((message.uid, first + place) for place, message in enumerate(some))
            numbers = way.channel.publish(
                self._exchange,
                ((one.key, one.body or b"", properties_of(one, self._headers.get(one.uid))) for one in some),
            )
            way.channel.settle(before)
            before = numbers
        way.channel.settle(before)

    def _sent(self, way: _Way, message: Message) -> Sent:
        number, confirms = way.numbers.get(message.uid), way.channel.confirms
        if number is None:
            return Sent(Known.FAILED, error=f"not sent: {way.error}")
        if number in confirms.taken:
            return Sent(Known.OK, self._lane, ended=confirms.taken[number])
        if number in confirms.refused:
            known = Known.FAILED if self._refuses else Known.UNKNOWN
            return Sent(known, error="the broker confirms that it did not take it", ended=confirms.refused[number])
        return Sent(Known.UNKNOWN, error=way.error)
