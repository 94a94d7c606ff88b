"""What it means for messages on their way that routes move: to other delays, to other queues, by another hash. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.reading import Facts
from mqinfra.model.spec import Spec
from mqinfra.model.unit import format_ms
from mqinfra.providers.rabbitmq.policy.effects import in_force, policies_of
from mqinfra.providers.rabbitmq.policy.reach import Routes
from mqinfra.providers.rabbitmq.spec import binding as binding_spec
from mqinfra.providers.rabbitmq.spec import policy as policy_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec
from mqinfra.providers.rabbitmq.spec.exchange import ExchangeSpec
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec

_DEAD, _TTL = "dead-letter-exchange", "x-message-ttl"
_HASHING = ("x-consistent-hash", "x-modulus-hash")
_TARGETS = ("queue", "toExchange")


def delay_of(spec: Spec | None) -> int | None:
    """How long messages wait in a queue that sends them on by itself, ms; None for any other queue."""
    if not isinstance(spec, QueueSpec) or f"x-{_DEAD}" not in spec.arguments:
        return None
    delay = spec.arguments.get(_TTL)
    return delay if isinstance(delay, int) else None


def of_policies(
    live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
) -> dict[Address, tuple[str, ...]]:
    """Say of changed policies that lead dead letters to other delays until when the old ones are needed."""
    if not any(address.kind == policy_spec.KIND for address in changes):
        return {}
    routes: dict[str, Routes] = {}
    texts: dict[Address, list[str]] = defaultdict(list)
    for effect in in_force(live, changes, facts):
        before, after = (state.definition.get(_DEAD) for state in (effect.was, effect.now))
        if effect.address.kind != queue_spec.KIND or not isinstance(before, str) or not before or before == after:
            continue
        vhost = effect.address.path[0]
        if vhost not in routes:
            routes[vhost] = Routes(effect.address.cluster, vhost, live)
        waits = {address: delay_of(live.get(address)) for address in routes[vhost].behind(before, None)}
        delays = {address: delay for address, delay in waits.items() if delay is not None}
        told_at = next((policy for policy in policies_of(effect, effect.now) if policy in changes), None)
        if delays and told_at is not None:
            names = ", ".join(f"`{address.name}`" for address in sorted(delays))
            texts[told_at].append(
                f"`{effect.address.name}`: messages in {names} come back within {format_ms(max(delays.values()))}; "
                "what is left of the old retries is needed until then"
            )
    return {address: tuple(some) for address, some in texts.items()}


def of_bindings(live: Mapping[Address, Spec], changes: Mapping[Address, Change]) -> dict[Address, tuple[str, ...]]:
    """Say of changed bindings who gets messages twice for a moment, and whose keys are spread anew."""
    some = {address: change for address, change in changes.items() if address.kind == binding_spec.KIND}
    gone: dict[object, list[Address]] = defaultdict(list)
    for address, change in some.items():
        if change.action is Action.DELETE:
            gone[_source(address)].append(address)
    spread = {
        address.path
        for address, spec in live.items()
        if isinstance(spec, ExchangeSpec) and spec.type in _HASHING and address not in changes
    }
    if not gone and not spread:
        return {}
    return {
        address: texts for address, change in some.items() if (texts := tuple(_texts(address, change, gone, spread)))
    }


def _texts(
    address: Address,
    change: Change,
    gone: Mapping[object, list[Address]],
    spread: Collection[tuple[str, ...]],
) -> Iterator[str]:
    old = gone.get(_source(address), ()) if change.action is Action.CREATE else ()
    if old:
        names = ", ".join(f"`{_target(item)}`" for item in old)
        yield f"for about a second messages go to both {names} and `{_target(address)}`"
    exchange = dict(address.pairs).get("exchange", "")
    if (address.path[0], exchange) in spread:
        yield f"`{exchange}` spreads routing keys anew: messages of one key may be consumed out of order meanwhile"


def _source(binding: Address) -> object:
    return (binding.path, tuple(pair for pair in binding.pairs if pair[0] not in _TARGETS))


def _target(binding: Address) -> str:
    pairs = dict(binding.pairs)
    return next((pairs[name] for name in _TARGETS if name in pairs), "")
