"""A real stream to test on: canaries that its consumers see, read from where it ended before; reading takes none away.

They are published to it by its name, so they reach nothing else, and carry their keys in a header. Entries of a stream
stay until it is trimmed.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mqinfra.model.errors import UserError
from mqinfra.model.judgement import Mode
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.ground import Ground
from mqinfra.providers.base.verification.message import UID, Delivery, Message, Sent
from mqinfra.providers.base.verification.onlooker import Onlooker
from mqinfra.providers.rabbitmq.api.channel import Came
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.verification.consumer import AHEAD, AnsweringConsumer, Source
from mqinfra.providers.rabbitmq.verification.envelope import delivery_of, uid_of
from mqinfra.providers.rabbitmq.verification.line import BROKEN, CONNECT, GOODBYE, Line
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.producer import ConfirmingProducer

KEY = f"{UID}-key"
"""The header with a canary's key."""
_BY_NAME = ""
"""The exchange that hands a message to the queue whose name is its routing key."""
_SLICE = 0.2
_QUIET = 1.5
"""Seconds without a canary after which a stream counts as read to its end."""
_SHOWN = 10.0
"""Seconds within which a stream hands out what it confirmed."""


class CanaryProducer(ConfirmingProducer):
    """Publishes canaries to a real stream.

    Args:
        line: where it connects to.
        stream: the stream.
        uids: where the ids of what it sends are kept.
    """

    def __init__(self, line: Line, stream: str, uids: set[str]) -> None:
        self._stream, self._uids = stream, uids
        self._keys: dict[str, dict[str, Any]] = {}
        super().__init__(line, _BY_NAME, stream, headers=self._keys)

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        """Publish by the stream's name, with keys in a header."""
        self._uids.update(one.uid for one in messages)
        self._keys.update((one.uid, {KEY: one.key}) for one in messages)
        return super().send([replace(one, key=self._stream) for one in messages], timeout)


class Reader(Onlooker):
    """Reads a stream from an offset on, and hands out canaries alone.

    Args:
        line: where it connects to.
        stream: the stream.
        start: the offset.
        uids: ids of the canaries.
    """

    def __init__(self, line: Line, stream: str, start: int, uids: set[str]) -> None:
        self._uids = uids
        source = Source(stream, stream=True, made=lambda came, handle: _delivery(came, stream, handle))
        self._inner = AnsweringConsumer(line, source, accepts_itself=True, offsets={"one": start})

    def receive(self, most: int, timeout: float) -> Sequence[Delivery]:
        """Take what came.

        Raises:
            UserError: the server refuses it the stream.
        """
        end = time.monotonic() + timeout
        came: list[Delivery] = []
        while len(came) < most:
            some = self._inner.receive(most - len(came), min(_SLICE, max(0.0, end - time.monotonic())))
            came += (one for one in some if one.uid in self._uids)
            if time.monotonic() >= end:
                break
        return came

    def close(self) -> None:
        """Hang up."""
        self._inner.close()


class InPlaceGround(Ground[QueuePlace]):
    """A real stream.

    Args:
        client: the deployment.
        place: the stream.
        run: whose canaries go through it.
        number: which of the run's grounds it is.

    Raises:
        UserError: it can't be read.
    """

    def __init__(self, client: RabbitClient, place: QueuePlace, run: Run, number: int) -> None:
        self.place, self.mode, self.name = place, Mode.IN_PLACE, place.name
        self._line = Line(client.broker, place.vhost, f"mqinfra verify {run.id} {number}")
        self._uids = set[str]()
        self._start = self._after_a_first(f"{run.id}-{number}-first")

    def producer(self) -> CanaryProducer:
        """A producer of canaries."""
        return CanaryProducer(self._line, self.name, self._uids)

    def consumer(self, *, group: str = "one", accepts_itself: bool = False) -> Reader:  # noqa: ARG002 - streams know none here
        """A reader from where the stream ended when the ground was made."""
        return Reader(self._line, self.name, self._start, self._uids)

    def drain(self, timeout: float) -> Iterator[Delivery]:
        """Read what came since then once more.

        Raises:
            UserError: it could not be read to its end in time.
        """
        end = time.monotonic() + timeout
        with self.consumer() as reader:
            while some := reader.receive(AHEAD, _QUIET):
                yield from some
                if time.monotonic() > end:
                    message = f"`{self.name}` could not be read to its end within {timeout:.0f} s"
                    raise UserError([NOT_READ.at(message, address=self._line.broker.where)])

    def drain_dead(self, timeout: float) -> Iterator[Delivery]:  # noqa: ARG002 - of no time
        """A stream has no dead letters."""
        return iter(())

    def depth(self) -> int | None:
        """What waits there is not the canaries'."""
        return None

    def _after_a_first(self, uid: str) -> int:
        """Send a first canary, and return the offset after it: no reader is told where a stream ends."""
        channel = self._line.opened()
        try:
            channel.allow(CONNECT)
            channel.take_from(self.name, AHEAD, {"x-stream-offset": "next"})
            with CanaryProducer(self._line, self.name, set()) as producer:
                producer.send([Message(uid, "", b"mqinfra canary")], CONNECT)
            end = time.monotonic() + _SHOWN
            while time.monotonic() < end:
                for came in channel.deliveries(AHEAD, _SLICE):
                    channel.allow(GOODBYE)
                    channel.accept_up_to(came.tag)
                    if uid_of(came.properties) == uid:
                        return (_delivery(came, self.name).position or 0) + 1
        except BROKEN as error:
            raise self._line.trouble(error) from None
        finally:
            channel.close(GOODBYE)
        message = f"a canary in `{self.name}` was not delivered within {_SHOWN:.0f} s"
        raise UserError([NOT_READ.at(message, address=self._line.broker.where)])


def _delivery(came: Came, stream: str, handle: object = None) -> Delivery:
    """What was delivered, by the key that its header says."""
    headers: Mapping[str, Any] = came.properties.headers or {}
    return delivery_of(replace(came, key=str(headers.get(KEY, came.key))), stream, 0, {}, handle)
