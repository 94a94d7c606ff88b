"""What limits take for good: dead letters where they are kept, and messages that no dead letters wait for.

A time, a length, the end of the queue, or a number of deliveries.
"""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.model.span import Path
from mqinfra.model.unit import format_bytes, format_ms
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.rabbitmq.policy.planned_topology import EffectiveSettings, PlannedTopology, planned_topology
from mqinfra.providers.rabbitmq.policy.routes import holders
from mqinfra.providers.rabbitmq.rules import kind_names
from mqinfra.providers.rabbitmq.spec.queue import KIND

_TTL, _EXPIRES = "message-ttl", "expires"
_LOSSES: Mapping[str, str] = {
    _TTL: "expire after {}",
    "max-length": "are dropped over {} messages",
    "max-length-bytes": "are dropped over {}",
    _EXPIRES: "are deleted with the queue when nobody uses it for {}",
}
_DEFAULT_LIMIT = 20
_LIMITED_SINCE = (4, 0)
_HELP = "set it on other queues only, by the pattern of the policy, or remove it"

DEAD_LETTERS_LIMITED = Code(
    "MQ432",
    "dead letters expire or are dropped",
    "A TTL, a length limit or an expiry is in force on a queue that holds the dead letters of another. What it "
    "removes is lost permanently. Usually a policy for other queues matches the name of this one too: `^orders\\.` "
    "also matches `orders.email.dlq`. On a delay queue of `retry`, a shorter TTL shortens the delay.\n\n"
    "Change the policy's pattern. Only the operator of the server can change an operator policy.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {deadLetter: {arguments: "
    "{x-message-ttl: 1h}}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {deadLetter: true}",
)
"""By what is in force, operator policies and policies that nobody declared included."""

MESSAGES_DROPPED_AT_LIMIT = Code(
    "MQ433",
    "messages are dropped at the delivery limit",
    "A quorum queue counts how often a message comes back from consumers, and over its delivery limit dead-letters "
    "it. From RabbitMQ 4.0 the limit is 20 where none is set. A queue without dead letters drops the message "
    "silently.\n\n"
    "Give the queue dead letters, or set the limit to -1, which is none.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum, deadLetter: true}",
)
"""From 4.0 every quorum queue has a limit (DEFAULT_DELIVERY_LIMIT); queues that hold dead letters are left out."""


class DeadLettersLimited(ClusterRule):
    """Queues with dead letters that lose them again, by what is in force."""

    codes = (DEAD_LETTERS_LIMITED,)
    kinds = frozenset({kind_names.QUEUES})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Look at what limits each queue that holds dead letters of another."""
        planned = view.once(planned_topology)
        for queue, source in view.once(holders).items():
            vhost = planned.vhost(source)
            force = vhost.in_force(queue.path[1])
            told = queue if queue in planned.view.declared else source
            for key in _limits(planned, queue, force):
                by = force.source(key)
                path: Path = ("arguments", f"x-{key}") if told == queue and by.startswith("its argument") else ()
                loss = _LOSSES[key].format(_shown(key, force.definition[key]))
                letters = f"the dead letters of `{source.path[1]}` in `{queue.path[1]}`"
                yield Finding(DEAD_LETTERS_LIMITED, told, f"{letters} {loss}, by {by}", (_HELP,), path)


class MessagesDroppedAtLimit(ClusterRule):
    """Quorum queues that drop what comes back too often; queues that hold dead letters are left out."""

    codes = (MESSAGES_DROPPED_AT_LIMIT,)
    kinds = frozenset({kind_names.QUEUES})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Look for queues without dead letters."""
        planned = view.once(planned_topology)
        held = view.once(holders)
        for address in planned.of(KIND):
            vhost, name = planned.vhost(address), address.path[1]
            force = vhost.in_force(name)
            limit = _delivery_limit(planned, vhost.type_of(name), force)
            unled = force.definition.get("dead-letter-exchange") is None
            if limit is not None and unled and address not in held and not planned.is_made(address):
                yield _dropped(address, limit)


def _limits(planned: PlannedTopology, queue: Address, force: EffectiveSettings) -> Iterator[str]:
    """The settings that lose something.

    Where the queue leads its own messages on, as delay queues do, only its end does; and in one that sugar made, a
    time that is shorter than the delay.
    """
    leads_nowhere = force.definition.get("dead-letter-exchange") is None
    for key in _LOSSES:
        value = force.definition.get(key)
        if value is None:
            continue
        shortened = key == _TTL and queue in planned.guarded and force.arguments.get(f"x-{key}") != value
        if leads_nowhere or key == _EXPIRES or shortened:
            yield key


def _shown(key: str, value: JsonValue) -> str:
    if not isinstance(value, int):
        return str(value)
    if key in (_TTL, _EXPIRES):
        return format_ms(value)
    return format_bytes(value) if key.endswith("bytes") else f"{value:,}"


def _delivery_limit(planned: PlannedTopology, kind: str | None, force: EffectiveSettings) -> int | None:
    """Deliveries after which a quorum queue drops a message; None for no limit, and where nobody could tell."""
    if kind != "quorum":
        return None
    said = force.definition.get("delivery-limit")
    if isinstance(said, int):
        return said if said >= 0 else None
    return _DEFAULT_LIMIT if planned.version >= _LIMITED_SINCE else None


def _dropped(address: Address, limit: int) -> Finding:
    return Finding(
        MESSAGES_DROPPED_AT_LIMIT,
        address,
        f"a message that comes back from consumers more than {limit} times is dropped: `{address.path[1]}` has no "
        "destination for dead letters, declared or live",
        ("add `deadLetter: true`, or a policy with `delivery-limit: -1` for no limit",),
    )


RULES: tuple[Rule, ...] = (DeadLettersLimited(), MessagesDroppedAtLimit())
