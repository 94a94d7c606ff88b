"""Queues and exchanges as places, with what the checks of RabbitMQ look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.reading import Reading
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.rabbitmq.policy.planned_topology import Vhost, vhosts_of
from mqinfra.providers.rabbitmq.spec.exchange import KIND as EXCHANGES
from mqinfra.providers.rabbitmq.spec.exchange import ExchangeSpec
from mqinfra.providers.rabbitmq.spec.queue import KIND as QUEUES

_NOT_THERE = "it is not there yet; `mqinfra apply` makes it"


@dataclass(frozen=True, slots=True)
class QueuePlace(Place):
    """A declared queue.

    Attributes:
        vhost: its vhost.
        type: its type.
        settings: what is in force on it, by the names of policy keys.
        arguments: its arguments.
    """

    vhost: str = "/"
    type: str = "classic"
    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    arguments: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def dead_letters(self) -> bool:
        """Whether it has any."""
        return self.settings.get("dead-letter-exchange") is not None


@dataclass(frozen=True, slots=True)
class ExchangePlace(Place):
    """A declared exchange.

    Attributes:
        vhost: its vhost.
        type: its type.
        topology: what is declared in its vhost, by which messages are predicted to go.
        alternate: its alternate exchange; empty without.
    """

    vhost: str = "/"
    type: str = "direct"
    topology: Vhost = field(default_factory=lambda: Vhost("", "/", ()), repr=False, compare=False)
    alternate: str = ""


def places(declared: Mapping[Address, Declaration], reading: Reading) -> list[Place]:
    """The declared queues and exchanges; those that are not there yet are fit for nothing."""
    version = reading.facts.version_tuple
    live = {a: one.spec for a, one in (*reading.neighbours.items(), *reading.resources.items())}
    vhosts = vhosts_of(live, version)
    wanted = vhosts_of({address: one.spec for address, one in declared.items()}, version)
    found: list[Place] = []
    for address, one in declared.items():
        if address.kind not in (QUEUES, EXCHANGES):
            continue
        unfit = reading.denied.get(address, "") or ("" if address in reading.resources else _NOT_THERE)
        name = address.path[0]
        if address.kind == QUEUES:
            found.append(_queue(address, one, vhosts.get(name), unfit))
        else:
            found.append(_exchange(address, one, wanted[name], unfit))
    return found


def _queue(address: Address, declaration: Declaration, vhost: Vhost | None, unfit: str) -> QueuePlace:
    queue = vhost.queues.get(address.path[1]) if vhost is not None else None
    if vhost is None or queue is None:
        return QueuePlace(address, address.path[1], declaration, unfit=unfit or _NOT_THERE, vhost=address.path[0])
    in_force = vhost.in_force(address.path[1])
    return QueuePlace(
        address,
        address.path[1],
        declaration,
        unfit=unfit or _federated(in_force.definition),
        vhost=address.path[0],
        type=vhost.type_of(address.path[1]) or "classic",
        settings=in_force.definition,
        arguments=queue.arguments,
    )


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
