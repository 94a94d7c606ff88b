"""What takes messages out of queues that hold the dead letters of others: a time, a length, or the queue's own end.

Separate from where dead letters go, because here the queue that gets them is looked at, and who limits it.
"""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.span import Path
from mqinfra.model.unit import format_bytes, format_ms
from mqinfra.providers.base.opinion import Opinion, Seen
from mqinfra.providers.rabbitmq.policy.planned_topology import InForce, Outlook, outlook
from mqinfra.providers.rabbitmq.policy.routes import holders

_TTL, _EXPIRES = "message-ttl", "expires"
_LOSSES: Mapping[str, str] = {
    _TTL: "expire after {}",
    "max-length": "are dropped over {} messages",
    "max-length-bytes": "are dropped over {}",
    _EXPIRES: "go with the queue when nobody uses it for {}",
}
_HELP = "set it on other queues only, by the pattern of the policy, or remove it"


def opinions(seen: Seen) -> Iterator[Opinion]:
    """Say which queues with dead letters lose them again."""
    found = seen.once(outlook)
    for queue, source in seen.once(holders).items():
        vhost = found.vhost(source)
        force = vhost.in_force(queue.path[1])
        told = queue if queue in found.seen.declared else source
        for key in _limits(found, queue, force):
            by = force.source(key)
            path: Path = ("arguments", f"x-{key}") if told == queue and by.startswith("its argument") else ()
            loss = _LOSSES[key].format(_shown(key, force.definition[key]))
            letters = f"the dead letters of `{source.path[1]}` in `{queue.path[1]}`"
            yield Opinion("dead_letters_limited", told, f"{letters} {loss}, by {by}", (_HELP,), path)


def _limits(found: Outlook, queue: Address, force: InForce) -> Iterator[str]:
    """The settings that lose something.

    Where the queue leads its own messages on, as delay queues do, only its end does; and in one that sugar made, a
    time that is shorter than the delay.
    """
    leads_nowhere = force.definition.get("dead-letter-exchange") is None
    for key in _LOSSES:
        value = force.definition.get(key)
        if value is None:
            continue
        shortened = key == _TTL and queue in found.guarded and force.arguments.get(f"x-{key}") != value
        if leads_nowhere or key == _EXPIRES or shortened:
            yield key


def _shown(key: str, value: JsonValue) -> str:
    if not isinstance(value, int):
        return str(value)
    if key in (_TTL, _EXPIRES):
        return format_ms(value)
    return format_bytes(value) if key.endswith("bytes") else f"{value:,}"
