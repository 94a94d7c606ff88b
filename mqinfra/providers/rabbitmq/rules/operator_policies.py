"""Operator policies that limit nothing: of those that match one wins whole too, apart from ordinary policies."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.providers.base.opinion import Opinion, Seen
from mqinfra.providers.rabbitmq.policy.planned_topology import Vhost, outlook
from mqinfra.providers.rabbitmq.spec.policy import OPERATOR_KIND


def opinions(seen: Seen) -> Iterator[Opinion]:
    """Say which declared operator policies are in force on none of the known queues that they match."""
    found = seen.once(outlook)
    declared = found.of(OPERATOR_KIND)
    for name in dict.fromkeys(address.path[0] for address in declared):
        why_not = _idle(found.vhosts[name])
        for policy, why in why_not.items():
            address = Address(found.vhosts[name].cluster, OPERATOR_KIND, (name, policy))
            if address in declared:
                yield Opinion(
                    "operator_policy_idle",
                    address,
                    f"operator policy `{policy}` has no effect: {why}",
                    ("one operator policy wins whole: change a `priority` or a pattern, or put the limits into one",),
                )


def _idle(vhost: Vhost) -> dict[str, str]:
    """Per operator policy that matches queues and is in force on none, an example of why."""
    in_force: set[str] = set()
    why_not: dict[str, str] = {}
    for queue in sorted(vhost.queues):
        effective = vhost.operator_effective(queue)
        winner = effective.policy
        if winner is not None:
            in_force.add(winner.name)
            for policy in effective.shadowed:
                why_not.setdefault(policy.name, f"`{winner.name}` outranks it on queue `{queue}`")
        for policy, keys in effective.skipped:
            kind = vhost.type_of(queue)
            if kind is not None:
                why_not.setdefault(
                    policy.name, f"RabbitMQ skips it as a whole for {kind} queue `{queue}`, which knows no `{keys[0]}`"
                )
    return {name: why for name, why in why_not.items() if name not in in_force}
