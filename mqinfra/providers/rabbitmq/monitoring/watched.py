"""Queues, with what policies make of them: limits, where dead letters go, and what only waits for its delay."""

from collections.abc import Container, Mapping
from itertools import islice

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.scope import Scope
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.monitoring.watched import Limits, Role, Watched, What
from mqinfra.providers.rabbitmq.policy.losses import age_ms
from mqinfra.providers.rabbitmq.policy.moves import delay_of
from mqinfra.providers.rabbitmq.policy.planned_topology import PlannedTopology, planned_topology
from mqinfra.providers.rabbitmq.policy.routes import letter_routes
from mqinfra.providers.rabbitmq.spec.queue import KIND as QUEUES

STREAM = "stream"
MOST_SOURCES = 24
"""Queues of which it is said that one holds their dead letters: of more of them, nobody reads the names."""


def watched(declared: Mapping[Address, Declaration]) -> tuple[Watched, ...]:
    """The declared queues.

    Args:
        declared: everything that is declared on a deployment.
    """
    view = ClusterView(declared, Scope())
    planned = view.once(planned_topology)
    delays = {queue for queue in planned.guarded if _waits(declared.get(queue))}
    letters: dict[Address, Address] = {}
    sources: dict[Address, list[Address]] = {queue: [maker] for queue, maker in planned.guarded.items()}
    for route in view.once(letter_routes):
        ends = [queue for queue in route.ends if queue not in delays]
        for source in route.sources:
            target = next((queue for queue in ends if queue != source), None)
            if target is not None:
                letters.setdefault(source, target)
        for queue in route.ends:
            others = (source for source in route.sources if source != queue)
            sources.setdefault(queue, []).extend(islice(others, MOST_SOURCES))
    return tuple(
        _queue(address, one, planned, letters.get(address), tuple(dict.fromkeys(sources.get(address, ()))), delays)
        for address, one in planned.of(QUEUES).items()
    )


def _waits(declaration: Declaration | None) -> bool:
    return declaration is not None and delay_of(declaration.spec) is not None


def _queue(
    address: Address,
    declaration: Declaration,
    planned: PlannedTopology,
    letters: Address | None,
    letters_of: tuple[Address, ...],
    delays: Container[Address],
) -> Watched:
    vhost = planned.vhost(address)
    definition, kind = vhost.in_force(address.name).definition, vhost.type_of(address.name)
    return Watched(
        address,
        address.name,
        What.QUEUE,
        declaration.span,
        place=address.path[0],
        role=Role.DELAY if address in delays else Role.DEAD_LETTERS if letters_of else Role.WORK,
        dead_letters=letters,
        letters_of=letters_of,
        replays=kind == STREAM,
        labels=declaration.labels,
        limits=_limits(definition, kind),
        promises=declaration.promises,
    )


def _limits(definition: Mapping[str, JsonValue], kind: str | None) -> Limits:
    if kind == STREAM:
        return Limits(
            retention_ms=age_ms(definition.get("max-age")), retention_bytes=_number(definition, "max-length-bytes")
        )
    return Limits(
        retention_ms=_number(definition, "message-ttl"),
        max_length=_number(definition, "max-length"),
        max_length_bytes=_number(definition, "max-length-bytes"),
        delivery_limit=_number(definition, "delivery-limit"),
    )


def _number(definition: Mapping[str, JsonValue], key: str) -> int | None:
    value = definition.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
