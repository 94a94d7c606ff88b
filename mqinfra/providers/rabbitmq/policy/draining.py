"""What nobody declares any more and messages still come to: retries until all came back, and what dead letters pass.

Pure.
"""

from collections.abc import Collection, Iterator, Mapping

from mqinfra.model.address import Address
from mqinfra.model.reading import Facts
from mqinfra.model.spec import Spec
from mqinfra.model.unit import format_ms
from mqinfra.providers.rabbitmq.policy.effective import effective_definition
from mqinfra.providers.rabbitmq.policy.effects import Rules, arguments_of, type_of
from mqinfra.providers.rabbitmq.policy.moves import delay_of
from mqinfra.providers.rabbitmq.policy.reach import Routes
from mqinfra.providers.rabbitmq.spec import queue as queue_spec

_DEAD, _KEY = "dead-letter-exchange", "dead-letter-routing-key"


def draining(
    live: Mapping[Address, Spec],
    after: Mapping[Address, Spec],
    going: Collection[Address],
    holding: Mapping[Address, int | None],
    facts: Facts,
) -> dict[Address, str]:
    """Say what is still needed, and until when.

    A chain stays as a whole while a queue that stays leads to it; a delay while it holds messages for such a queue; and
    whatever dead letters of a queue are led to after the plan, because nobody leads them elsewhere.
    """
    found: dict[Address, str] = {}
    for vhost in sorted({address.path[0] for address in going if address.path}):
        part = _Vhost(vhost, live, going, holding, facts)
        found |= part.chains()
        found |= part.ways_back()
        found |= part.led_to(after)
    return found


class _Vhost:
    """What is in a vhost, and what of it would be deleted."""

    def __init__(
        self,
        name: str,
        live: Mapping[Address, Spec],
        going: Collection[Address],
        holding: Mapping[Address, int | None],
        facts: Facts,
    ) -> None:
        self._name, self._going, self._facts = name, going, facts
        self._live = {address: spec for address, spec in live.items() if address.path[:1] == (name,)}
        self._holding = {address: number for address, number in holding.items() if address in self._live}
        self._delays = {at: delay for at in self._holding if (delay := delay_of(self._live[at])) is not None}
        self._routes = Routes(next(iter(going)).cluster, name, self._live)

    def chains(self) -> dict[Address, str]:
        """Retries that a queue which stays leads rejected messages through until now."""
        found: dict[Address, str] = {}
        for queue, exchange, key in self._dead_letters(self._live) if self._delays else ():
            behind = self._routes.behind(exchange, key)
            if queue not in self._going and not behind.isdisjoint(self._delays):
                text = f"`{queue.name}` leads rejected messages through it until this plan is applied; then it can go"
                back = (address for wait in behind & self._delays.keys() for address in self._back_from(wait))
                found.update((address, text) for address in (*behind, *back) if self._part(address))
        return found

    def ways_back(self) -> dict[Address, str]:
        """Delays that would go and hold messages, and the way back of these."""
        found: dict[Address, str] = {}
        for wait, delay in self._delays.items():
            number, back = self._holding[wait], self._back_from(wait)
            comes_back = any(end.kind == queue_spec.KIND and end not in self._going for end in back)
            if wait in self._going and comes_back and number != 0:
                some = "messages" if number is None else f"{number:,} {'message' if number == 1 else 'messages'}"
                text = f"{some} in `{wait.name}` come back within {format_ms(delay)}; it can go once none is left"
                found.update(dict.fromkeys((each for each in (wait, *back) if self._part(each)), text))
        return found

    def led_to(self, after: Mapping[Address, Spec]) -> dict[Address, str]:
        """What dead letters of queues pass or end in after the plan: it would drop them."""
        found: dict[Address, str] = {}
        there = {address: spec for address, spec in after.items() if address.path[:1] == (self._name,)}
        for queue, exchange, key in self._dead_letters(there):
            for address in self._routes.behind(exchange, key):
                if address in self._going:
                    found[address] = f"`{queue.name}` leads rejected messages to it, and would drop them without"
        return found

    def _dead_letters(self, specs: Mapping[Address, Spec]) -> Iterator[tuple[Address, str, str | None]]:
        """The queues whose rejected messages go somewhere: to which exchange, and with which routing key."""
        data = {address: spec.to_json() for address, spec in specs.items()}
        rules = Rules(data, self._facts.version_tuple)
        for queue in sorted(address for address in specs if address.kind == queue_spec.KIND):
            settings = rules.outcomes(queue, data[queue])[0].definition or effective_definition(
                None, None, arguments_of(data[queue]), type_of(queue, data[queue]), self._facts.version_tuple
            )
            exchange, key = settings.get(_DEAD), settings.get(_KEY)
            if isinstance(exchange, str):
                yield queue, exchange, key if isinstance(key, str) else None

    def _back_from(self, wait: Address) -> frozenset[Address]:
        return self._routes.behind_queue(wait)

    def _part(self, address: Address) -> bool:
        """Whether something is a part of retries that would go: an exchange, a binding or a delay, not the letters."""
        return address in self._going and (address.kind != queue_spec.KIND or address in self._delays)
