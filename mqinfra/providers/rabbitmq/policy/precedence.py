"""What has to be seen before routes, queues and policies are deleted, so that no message is lost on the way. Pure.

- A binding goes once the bindings that are new to what it led to, or new for the same messages, are there.
- What dead letters pass goes once the policy that leads them elsewhere is in force; and what comes back from a delay
  queue has its way as long as the queue is there.
- A policy goes after the queues that it was in force on, where none of them stays: what it kept out of them, such as a
  TTL that is meant for others, would else take their messages first.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.reading import Facts
from mqinfra.model.spec import Spec
from mqinfra.providers.rabbitmq.policy.effects import PolicySettings, Rules, in_force, policies_of
from mqinfra.providers.rabbitmq.policy.reach import Routes
from mqinfra.providers.rabbitmq.spec import binding as binding_spec
from mqinfra.providers.rabbitmq.spec import policy as policy_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec

_DEAD, _KEY = "dead-letter-exchange", "dead-letter-routing-key"

Pair = tuple[Address, Address]
"""A delete, and the change that has to be seen before it."""


def precedence(live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts) -> Iterator[Pair]:
    """Say what goes before the deletes of a plan.

    Args:
        live: everything that was seen on the cluster.
        changes: all changes of the plan on it.
        facts: what the cluster says of itself.
    """
    deletes = {address for address, change in changes.items() if change.action is Action.DELETE}
    if not deletes:
        return
    yield from _bindings(deletes, changes)
    routes: dict[str, Routes] = {}
    for address in deletes:
        if address.path and address.path[0] not in routes:
            routes[address.path[0]] = Routes(address.cluster, address.path[0], live)
    yield from _policies_that_lead_away(live, changes, facts, deletes, routes)
    yield from _policies_after_queues(live, facts, deletes)
    for queue in sorted(address for address in deletes if address.kind == queue_spec.KIND):
        behind = routes[queue.path[0]].behind_queue(queue)
        yield from ((address, queue) for address in deletes & behind if address.kind != queue_spec.KIND)


def _bindings(deletes: Iterable[Address], changes: Mapping[Address, Change]) -> Iterator[Pair]:
    by_target: dict[Any, list[Address]] = defaultdict(list)
    for address, change in changes.items():
        if address.kind == binding_spec.KIND and change.action is Action.CREATE:
            for key in _ends(address):
                by_target[key].append(address)
    for address in deletes:
        if address.kind == binding_spec.KIND:
            yield from ((address, new) for key in _ends(address) for new in by_target.get(key, ()))


def _ends(binding: Address) -> Iterator[tuple[object, ...]]:
    """What a binding leads to, and which messages it is for."""
    pairs = dict(binding.pairs)
    targets = ("queue", "toExchange")
    yield (binding.path, *((name, pairs[name]) for name in targets if name in pairs))
    yield (binding.path, "from", tuple(pair for pair in binding.pairs if pair[0] not in targets))


def _policies_that_lead_away(
    live: Mapping[Address, Spec],
    changes: Mapping[Address, Change],
    facts: Facts,
    deletes: set[Address],
    routes: Mapping[str, Routes],
) -> Iterator[Pair]:
    seen: set[Pair] = set()
    for effect in in_force(live, changes, facts):
        vhost = effect.address.path[0]
        if vhost not in routes or effect.address in deletes or _leads_to(effect.was) == _leads_to(effect.now):
            continue
        exchange, key = _leads_to(effect.was)
        if exchange is None:
            continue
        behind = deletes & routes[vhost].behind(exchange, key)
        for policy in policies_of(effect, effect.now):
            if policy in changes:
                seen.update((address, policy) for address in behind if address != policy)
    yield from sorted(seen)


def _leads_to(settings: PolicySettings) -> tuple[str | None, str | None]:
    exchange, key = settings.definition.get(_DEAD), settings.definition.get(_KEY)
    return (exchange if isinstance(exchange, str) else None, key if isinstance(key, str) else None)


def _policies_after_queues(live: Mapping[Address, Spec], facts: Facts, deletes: set[Address]) -> Iterator[Pair]:
    policies = (policy_spec.KIND, policy_spec.OPERATOR_KIND)
    vhosts = {address.path[0] for address in deletes if address.kind in policies}
    for vhost in sorted(vhosts):
        here = {address: spec.to_json() for address, spec in live.items() if address.path[:1] == (vhost,)}
        rules = Rules(here, facts.version_tuple)
        held: dict[Address, list[Address]] = defaultdict(list)
        for queue, data in here.items():
            if queue.kind == queue_spec.KIND:
                now = rules.outcomes(queue, data)[0]
                for kind, name in zip(policies, (now.policy, now.operator_policy), strict=True):
                    if name:
                        held[Address(queue.cluster, kind, (vhost, name))].append(queue)
        for policy in sorted(held.keys() & deletes):
            if deletes.issuperset(held[policy]):
                yield from ((policy, queue) for queue in held[policy])
