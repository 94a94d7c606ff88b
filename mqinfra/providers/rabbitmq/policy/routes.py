"""Where a message gets from an exchange by what is known of its bindings: the queues, or nothing at all."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.rabbitmq.policy.planned_topology import Vhost, planned_topology
from mqinfra.providers.rabbitmq.spec.binding import BindingSpec
from mqinfra.providers.rabbitmq.spec.exchange import KIND as EXCHANGES
from mqinfra.providers.rabbitmq.spec.queue import KIND as QUEUES

_ALTERNATE = "alternate-exchange"


def leads_on(vhost: Vhost, exchange: str, key: str | None) -> bool | None:
    """Tell whether an exchange of a vhost passes a message on to anything; None when nobody could tell.

    Args:
        vhost: the vhost.
        exchange: a known exchange of it.
        key: the message's routing key; None for any.
    """
    if alternate(vhost, exchange):
        return True
    spec = vhost.exchanges[exchange]
    if any(takes(spec.type, binding, key) for binding in vhost.bindings_from(exchange)):
        return True
    return False if vhost.bindings_listed or exchange in vhost.bound else None


def holders(view: ClusterView) -> Mapping[Address, Address]:
    """The queues that hold dead letters, each with a declared queue whose letters they are; use it by `view.once`."""
    held = dict(view.once(planned_topology).guarded)
    for route in view.once(letter_routes):
        for queue in route.ends:
            source = next((address for address in route.sources if address != queue), None)
            if source is not None:
                held.setdefault(queue, source)
    return held


@dataclass(frozen=True, slots=True)
class LetterRoute:
    """One way that dead letters go: there may be thousands of queues at both of its ends.

    Attributes:
        sources: the declared queues whose letters go it.
        ends: the known queues that they may get to, sorted.
    """

    sources: Sequence[Address]
    ends: Sequence[Address]


def letter_routes(view: ClusterView) -> Sequence[LetterRoute]:
    """The ways of all dead letters; use it by `view.once`.

    What a delay queue that sugar made sends on is on its way back, and so is left out.
    """
    planned = view.once(planned_topology)
    sources: dict[tuple[str, str, str | None], list[Address]] = {}
    for address in planned.of(QUEUES):
        definition = planned.vhost(address).in_force(address.path[1]).definition
        exchange, key = definition.get("dead-letter-exchange"), definition.get("dead-letter-routing-key")
        if exchange is not None and address not in planned.guarded:
            route = (address.path[0], str(exchange), None if key is None else str(key))
            sources.setdefault(route, []).append(address)
    return [
        LetterRoute(some, [vhost.address(QUEUES, queue) for queue in sorted(queues_behind(vhost, exchange, key))])
        for (name, exchange, key), some in sources.items()
        for vhost in (planned.vhosts[name],)
    ]


def queues_behind(vhost: Vhost, exchange: str, key: str | None) -> frozenset[str]:
    """The known queues that a message may get to, over exchanges that are bound to each other."""
    if exchange == "":
        return frozenset({key} if key is not None and key in vhost.queues else ())
    return _behind(vhost, (exchange,), key)


def _behind(vhost: Vhost, start: Iterable[str], key: str | None) -> frozenset[str]:
    queues: set[str] = set()
    todo, seen = list(start), set(start)
    while todo:
        name = todo.pop()
        spec = vhost.exchanges.get(name)
        more = [alternate(vhost, name)] if spec is not None else []
        for binding in vhost.bindings_from(name):
            if spec is not None and not takes(spec.type, binding, key):
                continue
            if binding.queue is not None and binding.queue in vhost.queues:
                queues.add(binding.queue)
            more.append(binding.to_exchange)
        for other in more:
            if other and other not in seen:
                seen.add(other)
                todo.append(other)
    return frozenset(queues)


def alternate(vhost: Vhost, exchange: str) -> str | None:
    """The alternate exchange of an exchange; None without."""
    said = vhost.exchanges[exchange].arguments.get(_ALTERNATE)
    if said is None and vhost.policies:
        policy = vhost.effective(EXCHANGES, exchange).policy
        said = policy.definition.get(_ALTERNATE) if policy is not None else None
    return str(said) if said else None


def takes(kind: str, binding: BindingSpec, key: str | None) -> bool:
    """Tell whether a binding may pass a message on; of headers and of types of plugins nothing is known."""
    if key is None or kind not in ("direct", "topic"):
        return True
    return binding.routing_key == key if kind == "direct" else _topic(binding.routing_key).fullmatch(key) is not None


@lru_cache(maxsize=1024)
def _topic(pattern: str) -> re.Pattern[str]:
    """`*` is one word, `#` any number of them, none too."""
    words = [{"*": r"[^.]*", "#": r".*"}.get(word, re.escape(word)) for word in pattern.split(".")]
    text = r"\.".join(words)
    return re.compile(text.replace(r"\..*", r"(?:\..*)?").replace(r".*\.", r"(?:.*\.)?"), re.DOTALL)
