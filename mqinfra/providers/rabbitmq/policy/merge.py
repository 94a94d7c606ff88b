"""The policies that sugar needs, worked out once every policy and queue of a vhost is declared.

Of all policies that match a queue one wins whole, so a policy for dead letters alone would take away the queue's TTL,
and a TTL meant for others would reach its dead letters. Two kinds of policies follow:

- *merged*: what a queue's sugar wants, over what the declared policy that would win for it says;
- *guarding*: what the declared policy says, without what would shorten or drain the queues that sugar made.

One policy serves all queues that need the same, since the server matches every queue anew for each one that is written.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Reference
from mqinfra.model.plan import digest_of
from mqinfra.providers.base.expansion import Expansions, Generated
from mqinfra.providers.rabbitmq.pattern.regex import Pattern, compile_pattern, exactly_within
from mqinfra.providers.rabbitmq.policy.match import Policy, PolicySet, Target
from mqinfra.providers.rabbitmq.spec import policy as policy_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec
from mqinfra.providers.rabbitmq.spec.policy import PolicySpec
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec
from mqinfra.providers.rabbitmq.spec.queue_entry import DeferredPolicy

MERGED_SUFFIX = ".policy"
GUARDING_SUFFIX = ".dead-letters"
HARMFUL = frozenset(
    {
        "message-ttl",
        "expires",
        "max-length",
        "max-length-bytes",
        "max-in-memory-length",
        "max-in-memory-bytes",
        "overflow",
        "delivery-limit",
        "dead-letter-exchange",
        "dead-letter-routing-key",
        "dead-letter-strategy",
    }
)
"""Settings that take messages out of a queue, or lead them elsewhere."""
FOLLOWS = "the policy that it adds to"
SPARES = "the policy that it makes an exception from"
"""Roles of the references from a policy that sugar makes to the declared one that it is made of."""
_ROUTE = "what its dead letters pass through"
_LONGEST_PATTERN = 1000
"""Bytes; servers from 4.2.8 on refuse patterns of more than 1,024 (`rabbit_re:compile/1`)."""


@dataclass
class _Group:
    """Queues that need the same policy.

    Attributes:
        name: name of the policy.
        by: a queue whose sugar asks for it, and the sugar's field.
        definition: what it says.
        priority: its priority.
        base: name of the declared policy that it is made of; empty where there is none.
        queues: the queues, by name.
    """

    name: str
    by: tuple[Address, str]
    definition: Mapping[str, JsonValue]
    priority: int
    base: str = ""
    queues: dict[str, Address] = field(default_factory=dict)


def expand_deferred(declared: Mapping[Address, Declaration]) -> Expansions:
    """Make the policies that the sugar of the declared queues needs.

    Args:
        declared: everything that is declared on RabbitMQ clusters.
    """
    wishing: dict[tuple[str, str], dict[Address, DeferredPolicy]] = defaultdict(dict)
    for address in sorted(address for address in declared if address.kind == queue_spec.KIND):
        declaration = declared[address]
        if isinstance(declaration.deferred, DeferredPolicy):
            wishing[address.cluster, address.path[0]][address] = declaration.deferred
    made: list[tuple[Address, Generated]] = []
    references: dict[Address, list[Reference]] = defaultdict(list)
    for (cluster, vhost), wishes in wishing.items():
        vhost_of = _Vhost(cluster, vhost, declared)
        early = declared.keys() - {address for address, wish in wishes.items() if wish.definition}
        merged = ((group, True) for group in vhost_of.merged(wishes))
        guarding = ((group, False) for group in vhost_of.guarding(wishes))
        for group, leads in (*merged, *guarding):
            address, because = group.by
            for number, pattern in enumerate(exactly_within(group.queues, _LONGEST_PATTERN), 1):
                name = group.name if number == 1 else f"{group.name}.{number}"
                data: dict[str, JsonValue] = {
                    "pattern": pattern,
                    "applyTo": "queues",
                    "priority": group.priority,
                    "definition": dict(group.definition),
                }
                reached = [queue for queue in group.queues.values() if _reaches(pattern, queue)]
                route = _route(reached, early, wishes, users=tuple(reached)) if leads else ()
                if group.base:
                    base = Address(cluster, policy_spec.KIND, (vhost, group.base))
                    route = (*route, Reference((), base, FOLLOWS if leads else SPARES, needed=False))
                made.append((address, Generated(policy_spec.KIND, (vhost, name), data, (because,), references=route)))
                target = Address(cluster, policy_spec.KIND, (vhost, name))
                for queue in reached:
                    references[queue].append(Reference((), target, "the policy that it needs"))
                    if leads:
                        references[queue] += _route([queue], early, wishes)
    return Expansions(tuple(made), {address: tuple(some) for address, some in references.items()})


def _reaches(pattern: str, queue: Address) -> bool:
    compiled = compile_pattern(pattern)
    return isinstance(compiled, Pattern) and compiled.matches(queue.name)


def _route(
    queues: Iterable[Address],
    early: AbstractSet[Address],
    wishes: Mapping[Address, DeferredPolicy],
    users: tuple[Address, ...] = (),
) -> tuple[Reference, ...]:
    """What dead letters are led through, so that a policy which changes never leads them to what is not there.

    A policy for new queues alone does not wait for it; the queues do. RabbitMQ matches each policy that is written
    against all queues that are there, so that it is written faster before them.

    Args:
        queues: the queues whose dead letters they are.
        early: what is declared, but for queues that need such a policy themselves and come later: two may be each
            other's dead letters.
        wishes: what the sugar of queues wants.
        users: as in `Reference`.
    """
    route = dict.fromkeys(target for queue in queues for target in wishes[queue].route)
    return tuple(Reference((), target, _ROUTE, users=users) for target in route if early >= {target, _leads_to(target)})


def _leads_to(target: Address) -> Address:
    """The queue of a binding; else the thing itself."""
    queue = dict(target.pairs).get("queue")
    return target if queue is None else Address(target.cluster, queue_spec.KIND, (target.path[0], queue))


class _Vhost:
    """The declared policies of one vhost, and what the sugar of its queues needs beside them."""

    def __init__(self, cluster: str, vhost: str, declared: Mapping[Address, Declaration]) -> None:
        self._cluster, self._vhost = cluster, vhost
        self._specs: dict[Address, QueueSpec] = {}
        policies: list[Policy] = []
        for address, declaration in declared.items():
            if address.cluster != cluster or address.path[:1] != (vhost,):
                continue
            spec = declaration.spec
            if address.kind == policy_spec.KIND and isinstance(spec, PolicySpec):
                policies.append(Policy(address.path[1], spec.pattern, spec.apply_to, spec.priority, spec.definition))
            elif address.kind == queue_spec.KIND and isinstance(spec, QueueSpec):
                self._specs[address] = spec
        self._policies = PolicySet(policies)
        self._default = _default_type(declared.get(Address(cluster, "vhosts", (vhost,))))

    def merged(self, wishes: Mapping[Address, DeferredPolicy]) -> Iterator[_Group]:
        """What each queue wants, over what the declared policy that wins for it says."""
        groups: dict[str, _Group] = {}
        for address, wish in wishes.items():
            if not wish.definition:
                continue
            found = self._policies.effective(self._target(address))
            base = found.policy.definition if found.policy is not None else {}
            definition, priority = {**base, **wish.definition}, self._above(address)
            key = digest_of({"definition": definition, "priority": priority})
            if key not in groups:
                name = f"{address.name}{MERGED_SUFFIX}"
                base_name = found.policy.name if found.policy is not None else ""
                groups[key] = _Group(name, (address, wish.by), definition, priority, base_name)
            groups[key].queues[address.name] = address
        yield from groups.values()

    def guarding(self, wishes: Mapping[Address, DeferredPolicy]) -> Iterator[_Group]:
        """What declared policies say, without what would harm the queues that sugar made."""
        owners = {
            Address(self._cluster, queue_spec.KIND, (self._vhost, name)): (address, wish.by)
            for address, wish in wishes.items()
            for name in wish.guarded
        }
        for_others: set[str] | None = None
        groups: dict[str, _Group] = {}
        for address, because in owners.items():
            found = self._policies.effective(self._target(address)).policy
            if found is None or HARMFUL.isdisjoint(found.definition):
                continue
            if for_others is None:
                for_others = self._meant_for_others(owners)
            if found.name not in for_others:
                continue
            rest = {key: value for key, value in found.definition.items() if key not in HARMFUL}
            rest = rest or {"overflow": self._overflow(address)}
            priority = self._above(address)
            key = digest_of({"base": found.name, "definition": rest, "priority": priority})
            if key not in groups:
                groups[key] = _Group(f"{found.name}{GUARDING_SUFFIX}", because, rest, priority, found.name)
            groups[key].queues[address.name] = address
        yield from _named_apart(groups.values())

    def _meant_for_others(self, made: Container[Address]) -> set[str]:
        """Names of the policies that are in force for any queue that somebody declared, rather than sugar alone."""
        found = (
            self._policies.effective(self._target(address)).policy for address in self._specs if address not in made
        )
        return {policy.name for policy in found if policy is not None}

    def _overflow(self, address: Address) -> JsonValue:
        """What the queue does when it is full: said because a policy that says nothing is refused.

        The default changes nothing; but quorum queues take the policy's word over the argument's.
        """
        spec = self._specs.get(address)
        return (spec.arguments.get("x-overflow") if spec is not None else None) or "drop-head"

    def _target(self, address: Address) -> Target:
        spec = self._specs.get(address)
        return Target(address.path[1], "queue", (spec.type if spec is not None else None) or self._default)

    def _above(self, address: Address) -> int:
        """A priority above all declared policies that match a queue."""
        found = self._policies.effective(self._target(address))
        some = (found.policy, *found.tied, *found.shadowed, *(policy for policy, _ in found.skipped))
        return max((policy.priority for policy in some if policy is not None), default=0) + 1


def _default_type(vhost: Declaration | None) -> str:
    """Type of queues that don't say theirs: the vhost's, else classic."""
    said = vhost.spec.field(("defaultQueueType",)) if vhost is not None else None
    return str(said) if said is not None else "classic"


def _named_apart(groups: Iterable[_Group]) -> Iterator[_Group]:
    """Groups of one base get names of their own, the one of the lowest priority the plain one."""
    seen: dict[str, int] = defaultdict(int)
    for group in sorted(groups, key=lambda item: (item.name, item.priority, sorted(item.queues))):
        seen[group.name] += 1
        yield group if seen[group.name] == 1 else replace(group, name=f"{group.name}-{seen[group.name]}")
