"""What messages that go to an exchange may pass or end in: exchanges, bindings and queues, over alternates. Pure.

Routing keys are not looked at, but for the default exchange's: what may be passed is what must not go too early.
"""

from collections import defaultdict
from collections.abc import Mapping

from mqinfra.model.address import Address
from mqinfra.model.spec import Spec
from mqinfra.providers.rabbitmq.spec import exchange as exchange_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec
from mqinfra.providers.rabbitmq.spec.binding import BindingSpec
from mqinfra.providers.rabbitmq.spec.exchange import ExchangeSpec
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec

_ALTERNATE = "alternate-exchange"
_DEAD, _KEY = "x-dead-letter-exchange", "x-dead-letter-routing-key"


class Routes:
    """The routes of one vhost."""

    def __init__(self, cluster: str, vhost: str, specs: Mapping[Address, Spec]) -> None:
        """Take what is in the vhost out of everything that was seen on the cluster."""
        self._cluster, self._vhost, self._specs = cluster, vhost, specs
        self._from: dict[str, list[tuple[Address, BindingSpec]]] = defaultdict(list)
        for address, spec in specs.items():
            if isinstance(spec, BindingSpec) and address.path[0] == vhost:
                self._from[spec.exchange].append((address, spec))

    def behind(self, exchange: str, key: str | None) -> frozenset[Address]:
        """All that a message may pass or end in, the exchange itself included.

        Args:
            exchange: where it is published; empty for the default exchange.
            key: its routing key, which the default exchange takes for the name of a queue.
        """
        if not exchange:
            return frozenset({self._address(queue_spec.KIND, key)} if key else ())
        found: set[Address] = set()
        todo = [exchange]
        while todo:
            address = self._address(exchange_spec.KIND, todo.pop())
            if address in found:
                continue
            found.add(address)
            spec = self._specs.get(address)
            alternate = spec.arguments.get(_ALTERNATE) if isinstance(spec, ExchangeSpec) else None
            if isinstance(alternate, str):
                todo.append(alternate)
            for binding, leads in self._from.get(address.name, ()):
                found.add(binding)
                if leads.queue is not None:
                    found.add(self._address(queue_spec.KIND, leads.queue))
                elif leads.to_exchange is not None:
                    todo.append(leads.to_exchange)
        return frozenset(found)

    def behind_queue(self, queue: Address) -> frozenset[Address]:
        """All that the dead letters of a queue may pass or end in by its own arguments."""
        spec = self._specs.get(queue)
        if not isinstance(spec, QueueSpec):
            return frozenset()
        exchange, key = spec.arguments.get(_DEAD), spec.arguments.get(_KEY)
        if not isinstance(exchange, str):
            return frozenset()
        return self.behind(exchange, key if isinstance(key, str) else None)

    def _address(self, kind: str, name: str) -> Address:
        return Address(self._cluster, kind, (self._vhost, name))
