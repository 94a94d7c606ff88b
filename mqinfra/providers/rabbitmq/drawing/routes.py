"""Lines that messages follow: bindings, alternate exchanges, dead letters and delays; and which policy is in force."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.topology import Flow
from mqinfra.model.unit import format_ms
from mqinfra.providers.base.drawing import Drawing, Line, few_or_all
from mqinfra.providers.rabbitmq.policy.planned_topology import Vhost, vhosts_of
from mqinfra.providers.rabbitmq.spec import exchange as exchange_spec
from mqinfra.providers.rabbitmq.spec import policy as policy_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec
from mqinfra.providers.rabbitmq.spec import vhost as vhost_spec
from mqinfra.providers.rabbitmq.spec.binding import BindingSpec
from mqinfra.providers.rabbitmq.spec.queue_entry import DEAD_LETTERS, RETRIES

UNROUTED = "unrouted"
_REASONS = frozenset(("x-first-death-reason", "x-last-death-reason"))
"""Headers whose values say enough: `expired`."""


def vhosts(drawing: Drawing) -> Mapping[str, Vhost]:
    """The vhosts of a drawing; use it by `drawing.once`."""
    return vhosts_of(drawing.specs, drawing.version)


def of_bindings(drawing: Drawing) -> Iterator[Line]:
    """From an exchange to what it passes messages on to, by the key that they are chosen by."""
    for vhost in drawing.once(vhosts).values():
        for address, spec in vhost.bindings.items():
            kind, name = (
                (queue_spec.KIND, spec.queue) if spec.queue is not None else (exchange_spec.KIND, spec.to_exchange)
            )
            source = vhost.address(exchange_spec.KIND, spec.exchange)
            yield Line(source, vhost.address(kind, str(name)), _chosen_by(spec), Flow.MESSAGES, address)


def _chosen_by(spec: BindingSpec) -> str:
    if not spec.arguments:
        return spec.routing_key
    headers = [
        _short(value) if key in _REASONS else f"{key}={_short(value)}"
        for key, value in sorted(spec.arguments.items())
        if key != "x-match"
    ]
    return " ".join([spec.routing_key, *headers]).strip()


def _short(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def of_exchanges(drawing: Drawing) -> Iterator[Line]:
    """What an exchange can't route goes to its alternate exchange."""
    for vhost in drawing.once(vhosts).values():
        for name, spec in vhost.exchanges.items():
            alternate = spec.arguments.get("alternate-exchange")
            if alternate is None and vhost.policies:
                policy = vhost.effective(exchange_spec.KIND, name).policy
                alternate = policy.definition.get("alternate-exchange") if policy is not None else None
            if alternate:
                address = vhost.address(exchange_spec.KIND, name)
                to = vhost.address(exchange_spec.KIND, str(alternate))
                yield Line(address, to, UNROUTED, Flow.MESSAGES, address)


def of_queues(drawing: Drawing) -> Iterator[Line]:
    """Where the messages of a queue go that are rejected or wait their time out, by its arguments and policies."""
    for vhost in drawing.once(vhosts).values():
        for name in vhost.queues:
            definition = vhost.in_force(name).definition
            exchange, key = definition.get("dead-letter-exchange"), definition.get("dead-letter-routing-key")
            if exchange is None or (exchange == "" and not key):
                continue
            address = vhost.address(queue_spec.KIND, name)
            to = vhost.address(queue_spec.KIND, str(key)) if exchange == "" else None
            to = to or vhost.address(exchange_spec.KIND, str(exchange))
            yield Line(address, to, _why_it_leaves(drawing, address, to, definition), Flow.MESSAGES, address)


def _why_it_leaves(drawing: Drawing, queue: Address, to: Address, definition: Mapping[str, JsonValue]) -> str:
    for reference in drawing.references.get(queue, ()):
        if reference.role == RETRIES and reference.target == to:
            return "rejected"
    waits = definition.get("message-ttl")
    return f"after {format_ms(waits)}" if isinstance(waits, int) else DEAD_LETTERS


def of_policies(drawing: Drawing, kind: str) -> Iterator[Line]:
    """From a policy to the queues and exchanges that it is in force on."""
    for vhost in drawing.once(vhosts).values():
        operators = kind == policy_spec.OPERATOR_KIND
        if not (vhost.operator_policies if operators else vhost.policies):
            continue
        covered: dict[str, list[Address]] = defaultdict(list)
        for name in vhost.queues:
            found = vhost.operator_effective(name) if operators else vhost.effective(queue_spec.KIND, name)
            if found.policy is not None:
                covered[found.policy.name].append(vhost.address(queue_spec.KIND, name))
        for name in () if operators else vhost.exchanges:
            policy = vhost.effective(exchange_spec.KIND, name).policy
            if policy is not None:
                covered[policy.name].append(vhost.address(exchange_spec.KIND, name))
        holder = Address(vhost.cluster, vhost_spec.KIND, (vhost.name,))
        for name, targets in covered.items():
            address = vhost.address(kind, name)
            for target, more in few_or_all(targets, holder, "queues and exchanges"):
                yield Line(address, target, f"in force on{more}" if more else "in force", Flow.SETTINGS, address)
