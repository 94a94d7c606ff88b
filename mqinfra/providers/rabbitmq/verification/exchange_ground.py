"""A copy of an exchange to test on: everything behind it by the bindings that are there, under names of its own."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count

from pydantic import JsonValue

from mqinfra.model.errors import Bug
from mqinfra.model.judgement import Mode
from mqinfra.providers.base.verification.ground import Consumer, Ground
from mqinfra.providers.base.verification.message import Delivery
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.verification.blueprint import Blueprint
from mqinfra.providers.rabbitmq.verification.copying import Copying
from mqinfra.providers.rabbitmq.verification.ground import drained, made
from mqinfra.providers.rabbitmq.verification.line import Line
from mqinfra.providers.rabbitmq.verification.live import LiveVhost
from mqinfra.providers.rabbitmq.verification.place import ExchangePlace
from mqinfra.providers.rabbitmq.verification.predict import Route, routes_of
from mqinfra.providers.rabbitmq.verification.producer import ConfirmingProducer


@contextmanager
def exchange_copy(client: RabbitClient, place: ExchangePlace, blueprint: Blueprint) -> Iterator["ExchangeGround"]:
    """Make a copy of an exchange and of what is behind it, and take it away again.

    Raises:
        UserError: no copy can be made.
    """
    copy = Copying(LiveVhost(client, place.vhost), blueprint).exchange(place.name)
    with made(client, blueprint):
        yield ExchangeGround(client, place, blueprint, copy)


class ExchangeGround(Ground[ExchangePlace]):
    """A copy of an exchange. What is read from it comes out of the queues behind it, each a lane.

    Args:
        client: the deployment.
        place: the exchange.
        blueprint: what was made.
        copy: the copy's name.
    """

    def __init__(self, client: RabbitClient, place: ExchangePlace, blueprint: Blueprint, copy: str) -> None:
        self.place, self.mode, self.name = place, Mode.CLONE, copy
        self.line = Line(client.broker, place.vhost, f"mqinfra verify {blueprint.run.id} {blueprint.number}")
        self.blueprint = blueprint
        self._arrivals = count(1)

    def routes(self) -> Sequence[Route]:
        """The messages, each with the declared queues that it should get to."""
        return routes_of(self.place.topology, self.place.name)

    def queues(self) -> Sequence[str]:
        """The declared queues, into whose copies is looked."""
        return [*self.place.topology.queues]

    def producer(self) -> ConfirmingProducer:
        """A producer with confirms, of messages without headers."""
        return ConfirmingProducer(self.line, self.name)

    def producer_of(self, headers: Mapping[str, Mapping[str, JsonValue]]) -> ConfirmingProducer:
        """A producer of messages whose headers are given by their ids, in the types that bindings look for."""
        return ConfirmingProducer(self.line, self.name, headers=headers)

    def consumer(self, *, group: str = "one", accepts_itself: bool = False) -> Consumer:
        """There is none.

        Raises:
            Bug: always.
        """
        raise Bug(f"an exchange has no consumers: {self.place.address}, {group}, {accepts_itself}")

    def drain(self, timeout: float) -> Iterator[Delivery]:
        """Take everything out of the queues behind it."""
        for queue in self.blueprint.queues:
            yield from drained(self.line, self.blueprint, queue, self._arrivals, timeout)

    def drain_dead(self, timeout: float) -> Iterator[Delivery]:  # noqa: ARG002 - of no time
        """Exchanges have no dead letters."""
        return iter(())

    def depth(self) -> int | None:
        """Exchanges hold nothing."""
        return None
