"""Queues and exchanges as places, with what the checks of RabbitMQ look at."""

from collections.abc import Mapping
from dataclasses import field, replace

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Reading
from mqinfra.providers.base.verification.place import About, Place, cluster_place
from mqinfra.providers.rabbitmq.policy.planned_topology import Vhost, vhosts_of
from mqinfra.providers.rabbitmq.policy.routes import alternate
from mqinfra.providers.rabbitmq.settings.typed import Version
from mqinfra.providers.rabbitmq.spec.binding import BindingSpec
from mqinfra.providers.rabbitmq.spec.exchange import KIND as EXCHANGES
from mqinfra.providers.rabbitmq.spec.exchange import ExchangeSpec
from mqinfra.providers.rabbitmq.spec.policy import KIND as POLICIES
from mqinfra.providers.rabbitmq.spec.policy import OPERATOR_KIND
from mqinfra.providers.rabbitmq.spec.queue import KIND as QUEUES

_DEFAULT_LIMIT = 20
"""Of quorum queues from 4.0 on (rabbit_quorum_queue.erl `DEFAULT_DELIVERY_LIMIT`)."""
_TAKES = "whoever reads a queue takes its messages from its consumers"
_NO_WAY = "it has no dead-letter exchange that a queue can be bound to"
_NOT_THERE = "it does not exist on the broker yet; run `mqinfra apply`"


@dataclass(frozen=True, slots=True)
class QueuePlace(Place):
    """A declared queue.

    Attributes:
        vhost: its vhost.
        type: its type.
        settings: what is in force on it, by the names of policy keys.
        wanted: what should be, by what is declared; the same where nobody declares otherwise.
        arguments: its declared arguments.
        keys: routing keys by which messages get to it, by its declared bindings; its name where there is none.
        prioritised: whether messages of higher priority come first.
        limit: how often a message may fail in it, or should; None without a limit.
        limited_letters: whether a queue to which its dead letters may be routed has a limit of length.
    """

    vhost: str = "/"
    type: str = "classic"
    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    wanted: Mapping[str, JsonValue] = field(default_factory=dict)
    arguments: Mapping[str, JsonValue] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    prioritised: bool = False
    limit: int | None = None
    limited_letters: bool = False

    @property
    def dead_letters(self) -> bool:
        """Whether it has any, or should."""
        return any(some.get("dead-letter-exchange") is not None for some in (self.settings, self.wanted))


@dataclass(frozen=True, slots=True)
class ExchangePlace(Place):
    """A declared exchange.

    Attributes:
        vhost: its vhost.
        type: its type.
        topology: what is declared in its vhost, by which messages are predicted to go.
    """

    vhost: str = "/"
    type: str = "direct"
    topology: Vhost = field(default_factory=lambda: Vhost("", "/", ()), repr=False, compare=False)


def places(declared: Mapping[Address, Declaration], reading: Reading, *, encrypted: bool = False) -> list[Place]:
    """The deployment, and the declared queues and exchanges; those that are not there yet are fit for nothing."""
    version = reading.facts.version_tuple
    live = {a: one.spec for a, one in (*reading.neighbours.items(), *reading.resources.items())}
    vhosts = vhosts_of(live, version)
    policies = {address: spec for address, spec in live.items() if address.kind in (POLICIES, OPERATOR_KIND)}
    own = {address: one.spec for address, one in declared.items()}
    wanted, routes = vhosts_of(own, version), vhosts_of({**policies, **own}, version)
    whole = cluster_place(reading.alias, reading.facts.endpoint)
    nodes = reading.facts.brokers
    found: list[Place] = [replace(whole, encrypted=encrypted, connects=True, nodes=nodes)]
    for address, one in declared.items():
        if address.kind not in (QUEUES, EXCHANGES):
            continue
        unfit = reading.denied.get(address, "") or ("" if address in reading.resources else _NOT_THERE)
        name = address.path[0]
        if address.kind == QUEUES:
            found.append(replace(_queue(address, one, vhosts.get(name), wanted[name], unfit), nodes=nodes))
        else:
            found.append(_exchange(address, one, routes[name], unfit))
    return found


def _queue(address: Address, declaration: Declaration, vhost: Vhost | None, wanted: Vhost, unfit: str) -> QueuePlace:
    queue = vhost.queues.get(address.path[1]) if vhost is not None else None
    if vhost is None or queue is None:
        return QueuePlace(address, address.path[1], declaration, unfit=unfit or _NOT_THERE, vhost=address.path[0])
    in_force, kind = vhost.in_force(address.path[1]), vhost.type_of(address.path[1]) or "classic"
    settings = {**in_force.definition, **wanted.in_force(address.path[1]).definition}
    return QueuePlace(
        address,
        address.path[1],
        declaration,
        unfit=unfit or _federated(in_force.definition),
        vhost=address.path[0],
        type=kind,
        settings=in_force.definition,
        wanted=settings,
        arguments=wanted.queues[address.path[1]].arguments,
        keys=_keys(wanted, address.path[1]),
        severs=True,
        buries=settings.get("dead-letter-exchange") is not None,
        takes="" if kind == "stream" else _TAKES,
        unbindable="" if in_force.definition.get("dead-letter-exchange") else _NO_WAY,
        replays=kind == "stream",
        prioritised=bool(wanted.queues[address.path[1]].arguments.get("x-max-priority"))
        or (kind == "quorum" and vhost.version >= (4,)),
        limit=_limit(settings, kind, vhost.version),
        limited_letters=any(_limited(vhost, one) for one in _graves(vhost, in_force.definition, queue=address.path[1])),
    )


def _graves(vhost: Vhost, settings: Mapping[str, JsonValue], queue: str) -> set[str]:
    """The queues to which dead letters may be routed, whatever their routing keys are."""
    exchange, key = settings.get("dead-letter-exchange"), settings.get("dead-letter-routing-key")
    if exchange is None:
        return set()
    if not exchange:
        return {str(key)} if key is not None else {queue, *_keys(vhost, queue)}
    queues: set[str] = set()
    todo, seen = [str(exchange)], {str(exchange)}
    while todo:
        name = todo.pop()
        some = vhost.bindings_from(name)
        queues |= {one.queue for one in some if one.queue is not None}
        further = [*(one.to_exchange for one in some), alternate(vhost, name) if name in vhost.exchanges else None]
        for other in further:
            if other and other not in seen:
                seen.add(other)
                todo.append(other)
    return queues


def _limited(vhost: Vhost, queue: str) -> bool:
    """Whether a queue has a limit of length that it may be full by; streams drop what is old, read or not."""
    if queue not in vhost.queues or vhost.type_of(queue) == "stream":
        return False
    in_force = vhost.in_force(queue).definition
    return any(isinstance(in_force.get(key), int) for key in ("max-length", "max-length-bytes"))


def _limit(settings: Mapping[str, JsonValue], kind: str, version: Version) -> int | None:
    if kind != "quorum":
        return None
    limit = settings.get("delivery-limit", _DEFAULT_LIMIT if version >= (4,) else None)
    return limit if isinstance(limit, int) and limit >= 0 else None


def _keys(vhost: Vhost, queue: str) -> tuple[str, ...]:
    some = [key for one in vhost.bindings.values() if one.queue == queue for key in taken_keys(vhost, one)]
    return tuple(dict.fromkeys(some)) or (queue,)


def taken_keys(vhost: Vhost, binding: BindingSpec) -> tuple[str, ...]:
    """Routing keys that a binding takes: one per way to read its pattern."""
    exchange = vhost.exchanges.get(binding.exchange)
    if exchange is None or exchange.type != "topic":
        return (binding.routing_key,)
    return keys_of(binding.routing_key)


def keys_of(pattern: str) -> tuple[str, ...]:
    """Routing keys that the pattern of a topic exchange takes: one per way to read it."""
    words = pattern.split(".")
    long = ".".join({"*": "some", "#": "any.number"}.get(word, word) for word in words)
    short = ".".join("some" if word == "*" else word for word in words if word != "#")
    return tuple(dict.fromkeys((long, short)))


def _federated(settings: Mapping[str, JsonValue]) -> str:
    upstream = any(key.startswith("federation-") for key in settings)
    return "it is federated, and a copy would take messages from its upstreams" if upstream else ""


def _exchange(address: Address, declaration: Declaration, vhost: Vhost, unfit: str) -> ExchangePlace:
    spec = declaration.spec
    kind = spec.type if isinstance(spec, ExchangeSpec) else "direct"
    return ExchangePlace(
        address,
        address.path[1],
        declaration,
        about=About.RESOURCE,
        unfit=unfit,
        vhost=address.path[0],
        type=kind,
        topology=vhost,
    )
