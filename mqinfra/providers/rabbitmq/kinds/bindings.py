"""The kind `bindings`: what exchanges pass on, and to whom. A binding is its own name, so that it never changes."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.holding import Holding
from mqinfra.model.names import NameAt
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.providers.base.capabilities import Dependent, LookedAt, Routing
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.kind import Kind, KindReading
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.rabbitmq import names
from mqinfra.providers.rabbitmq.drawing import routes
from mqinfra.providers.rabbitmq.io import binding_reading, binding_requests
from mqinfra.providers.rabbitmq.settings.typed import same_json
from mqinfra.providers.rabbitmq.spec import binding_refusals as binding_rules
from mqinfra.providers.rabbitmq.spec import exchange as exchange_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec
from mqinfra.providers.rabbitmq.spec.binding import KIND, NAMED_BY, BindingSpec
from mqinfra.providers.rabbitmq.spec.binding_label import label_of

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_OWN = "amq."
_EXCHANGES = ("exchange", "toExchange")


@lru_cache(2**16)
def _named(cluster: str, kind: str, vhost: str, name: str) -> Address:
    """Many bindings rest on few exchanges and queues, and making an address takes longer than looking it up."""
    return Address(cluster, kind, (vhost, name))


class BindingKind(Kind["RabbitClient"], Dependent, LookedAt["RabbitClient"], Routing, Drawn):
    """Bindings."""

    broker = "rabbitmq"
    name = KIND
    title = "binding"
    spec = BindingSpec
    entry = BindingSpec
    holding = Holding.ROUTE
    shareable = True
    as_lines = True
    placement = Placement(nested_in="vhosts", named_by=NAMED_BY, owned_by=("queue", "toExchange"))

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """Its ends."""
        return names.in_binding(data)

    @override
    def label(self, address: Address) -> str:
        """From where, on which key or arguments, to where."""
        return label_of(address)

    @override
    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:
        """Compare with JSON types: 1, 1.0 and "1" are three values to the server."""
        return same_json(one, other)

    @override
    def internal(self, address: Address) -> str | None:
        """Every queue is bound to the default exchange, and nobody can change that."""
        for part, name in address.pairs:
            if part == "exchange" and name:
                return None
        return "the server binds every queue to the default exchange itself"

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """All that can be wrong with a binding is wrong with its name."""
        return binding_rules.problem(address)

    @override
    def rests_on(self, address: Address) -> tuple[Address, ...]:
        """A binding goes with its vhost, its exchange, and what it leads to; the server's own exchanges stay."""
        if len(address.path) != 1:
            return self.placement.nesting(address)
        cluster, vhost = address.cluster, address.path[0]
        needed = [*self.placement.nesting(address)]
        for part, name in address.pairs:
            if part == "queue":
                needed.append(_named(cluster, queue_spec.KIND, vhost, name))
            elif part in _EXCHANGES and not name.startswith(_OWN):
                needed.append(_named(cluster, exchange_spec.KIND, vhost, name))
        return tuple(needed)

    @override
    def leads_from(self, address: Address) -> Address | None:
        """The exchange: what it can't route it drops."""
        exchange = dict(address.pairs).get("exchange")
        if not exchange or not address.path:
            return None
        return _named(address.cluster, exchange_spec.KIND, address.path[0], exchange)

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """From the exchange to what it passes messages on to."""
        return routes.of_bindings(drawing)

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """POST and DELETE."""
        return binding_requests.requests_for(changes)

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Do what RabbitMQ does, but for what it breaks over."""
        if change.after is None:
            return None
        return binding_rules.problem(change.address) or super().simulate(change, live, facts)

    @override
    def read(self, client: "RabbitClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read bindings, one list per vhost."""
        return binding_reading.read(client, wanted, context.alias)

    @override
    def look(self, client: "RabbitClient", wanted: Sequence[Address], context: ClusterContext) -> KindReading:
        """Read bindings, few of many one by one."""
        return binding_reading.look(client, wanted, context.alias)

    @override
    def run(self, client: "RabbitClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send one request, bindings side by side."""
        return binding_requests.run(client, request)
