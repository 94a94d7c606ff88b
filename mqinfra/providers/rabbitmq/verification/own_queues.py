"""Queues of a run's own, bound to a real exchange; they go with their connections."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from time import monotonic

from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.message import Delivery
from mqinfra.providers.rabbitmq.api.channel import Channel
from mqinfra.providers.rabbitmq.spec.binding import BindingSpec
from mqinfra.providers.rabbitmq.verification.consumer import AHEAD
from mqinfra.providers.rabbitmq.verification.envelope import delivery_of
from mqinfra.providers.rabbitmq.verification.line import BROKEN, CONNECT, GOODBYE, Line

_QUIET = 0.5
_MOST = 10_000
"""Messages that such a queue keeps at most: on a fanout exchange it gets what others send, too."""


class OwnQueues:
    """Exclusive queues, which are read as long as they are there.

    Args:
        line: where they are made.
        bound: their bindings, by what histories call them.
        run: whose they are.
        number: which of the run's grounds they are of.
    """

    def __init__(self, line: Line, bound: Mapping[str, Sequence[BindingSpec]], run: Run, number: int) -> None:
        self._line, self._bound, self._run, self._number = line, bound, run, number
        self._open: dict[str, Channel] = {}
        self._arrivals = count(1)

    def bind(self) -> None:
        """Make them and bind them.

        Raises:
            UserError: the server refuses.
        """
        for letter, (called, bindings) in zip("ab", self._bound.items(), strict=False):
            queue = self._run.name(f"{self._number}{letter}.shadow")
            channel = self._open[called] = self._line.opened()
            try:
                channel.allow(CONNECT)
                channel.declare_exclusive(queue, {"x-max-length": _MOST})
                for one in bindings:
                    channel.bind(queue, one.exchange, one.routing_key, one.arguments)
                channel.take_from(queue, AHEAD)
            except BROKEN as error:
                raise self._line.trouble(error) from None

    def let_go(self) -> None:
        """End the connections, and with them the queues and their bindings."""
        for channel in self._open.values():
            channel.close(GOODBYE)

    def drained(self, timeout: float, real: Mapping[str, str]) -> Iterator[Delivery]:
        """Take everything out of them.

        Args:
            timeout: seconds.
            real: what copies stand for, by their names.

        Raises:
            UserError: a connection broke, and its queue with it.
        """
        end = monotonic() + timeout
        for called, channel in self._open.items():
            try:
                while monotonic() < end and (some := channel.deliveries(AHEAD, _QUIET)):
                    channel.allow(GOODBYE)
                    channel.accept_up_to(some[-1].tag)
                    yield from (delivery_of(one, called, next(self._arrivals), real) for one in some)
            except BROKEN as error:
                raise self._line.trouble(error) from None
