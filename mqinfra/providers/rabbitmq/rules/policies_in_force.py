"""Which policy is in force: of all that match one wins whole, and people expect them to add up.

Told per policy rather than per queue, with an example, because one slip in a pattern concerns thousands of queues.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.rabbitmq.policy.match import Effective, Policy
from mqinfra.providers.rabbitmq.policy.merge import HARMFUL
from mqinfra.providers.rabbitmq.policy.planned_topology import PlannedTopology, Vhost, planned_topology, tombstone
from mqinfra.providers.rabbitmq.rules import kind_names
from mqinfra.providers.rabbitmq.spec.exchange import KIND as EXCHANGES
from mqinfra.providers.rabbitmq.spec.policy import KIND, OPERATOR_KIND
from mqinfra.providers.rabbitmq.spec.queue import KIND as QUEUES

_KINDS: Mapping[str, str] = {"classic": "classic queues", "quorum": "quorum queues", "stream": "streams"}
_ONE_WINS = "only one operator policy applies: change a `priority` or a pattern, or put the limits into one"
_TITLES: Mapping[str, str] = {QUEUES: "queue", EXCHANGES: "exchange"}

POLICIES_TIE = Code(
    "MQ610",
    "policies with equal priority",
    "Of the policies that match a queue or an exchange, RabbitMQ applies only the one with the highest priority. Of "
    "two with the same priority it picks either, and may pick the other one after a restart. Undeclared policies "
    "count too.\n\n"
    "Give one another priority, or narrow a pattern.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {}}\n      policies:\n"
    "        ttl: {pattern: .*, definition: {message-ttl: 7d}}\n"
    "        limits: {pattern: ^orders$, definition: {max-length: 1000}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {}}\n      policies:\n"
    "        ttl: {pattern: .*, definition: {message-ttl: 7d}}\n"
    "        limits: {pattern: ^orders$, priority: 1, definition: {max-length: 1000, message-ttl: 7d}}",
)
"""Documentation of policies: with equal priorities the choice is not deterministic."""

POLICY_OUTRANKED = Code(
    "MQ611",
    "an undeclared policy takes precedence",
    "`deadLetter` and `retry` work through policies, which are made with a priority above all declared policies that "
    "match the queue. A policy that no manifest declares has the same priority or a higher one, so RabbitMQ applies "
    "it instead, or may: dead letters would go elsewhere or nowhere.\n\n"
    "If it is left over from an earlier apply, remove it with the line that is shown. If somebody needs it, declare "
    "it: then what it says is merged with what the queue needs.",
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {deadLetter: true}   # and there is "
    "a live policy `old` of priority 5",
    good="removed:\n  rabbitmq/policies/%2Fshop/old: {}",
)
"""Most often an earlier apply left it: sugar went or changed, and what is not declared is never deleted."""

POLICY_SHADOWED = Code(
    "MQ612",
    "a policy is outranked",
    "Only one policy applies: of those that match a queue, the one with the highest priority is in force, and the "
    "others are ignored entirely, even for settings that the winner leaves out. This one is not in force on some "
    "queue or exchange that it matches, and the winner leaves out some of its settings; or it is in force on nothing "
    "that is declared.\n\n"
    "Repeat the settings in the policy that wins, or narrow a pattern.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {}, mails: {}}\n      policies:\n"
    "        ttl: {pattern: .*, definition: {message-ttl: 7d}}\n"
    "        limits: {pattern: ^orders$, priority: 1, definition: {max-length: 1000}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {}, mails: {}}\n      policies:\n"
    "        ttl: {pattern: .*, definition: {message-ttl: 7d}}\n"
    "        limits: {pattern: ^orders$, priority: 1, definition: {max-length: 1000, message-ttl: 7d}}",
)
"""Policies do not add up. What sugar merges from a policy is in force, and no finding."""

POLICY_SKIPPED = Code(
    "MQ613",
    "a policy is skipped because of one setting",
    "A policy with even one setting that a queue type does not support does not apply to queues of that type at all: "
    "none of its settings is in force, and a policy of a lower priority may be instead. RabbitMQ does not report "
    "it.\n\n"
    "Give queues of that type a policy of their own.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {log: {type: stream}}\n      policies:\n"
    "        limits: {pattern: .*, definition: {max-length-bytes: 1GiB, message-ttl: 7d}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {log: {type: stream}}\n      policies:\n"
    "        limits: {pattern: ^log$, definition: {max-length-bytes: 1GiB, max-age: 7D}}",
)
"""rabbit_queue_type:is_policy_applicable/2; measured: the next policy was in force instead."""

OPERATOR_POLICY_IDLE = Code(
    "MQ351",
    "an operator policy has no effect",
    "It matches queues, but is in force on none of them: another operator policy has a higher priority there, or "
    "RabbitMQ skips it as a whole, because the queues' type lacks one of its keys. RabbitMQ accepts it all the same, "
    "and limits nothing.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {type: classic}}\n      operatorPolicies:\n"
    "        cap: {pattern: .*, definition: {max-length: 1000, delivery-limit: 5}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {type: classic}}\n      operatorPolicies:\n"
    "        cap: {pattern: .*, definition: {max-length: 1000}}",
)
"""What the provider works out of all operator policies of a vhost and the queues that are known in it."""


class PoliciesInForce(ClusterRule):
    """Policies that are not in force where they match, or may not be."""

    codes = (POLICIES_TIE, POLICY_OUTRANKED, POLICY_SHADOWED, POLICY_SKIPPED)
    kinds = frozenset({kind_names.POLICIES})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Work out which policy each queue and exchange gets."""
        planned = view.once(planned_topology)
        for name in {address.path[0]: None for address in planned.of(KIND)}:
            vhost = planned.vhosts[name]
            plain = {policy for policy in vhost.policies if _is_plain(planned, vhost.address(KIND, policy))}
            losses: dict[str, _Losses] = {}
            told: set[tuple[str, ...]] = set()
            for target in _targets(vhost):
                effective = vhost.effective(target.kind, target.path[1])
                if effective.policy is not None:
                    yield from _ties(planned, vhost, target, effective, told)
                if target in view.declared:
                    yield from _outranked(planned, vhost, target, effective, told)
                    yield from _skipped(planned, vhost, target, effective, told)
                    _count(planned, plain, target, effective, losses)
            for policy, some in losses.items():
                yield from _shadowed(vhost, policy, some)


class OperatorPolicyIdle(ClusterRule):
    """Operator policies that are in force on none of the known queues that they match."""

    codes = (OPERATOR_POLICY_IDLE,)
    kinds = frozenset({kind_names.OPERATOR_POLICIES})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Work out which operator policy each queue gets: one wins whole too, apart from ordinary policies."""
        planned = view.once(planned_topology)
        declared = planned.of(OPERATOR_KIND)
        for name in dict.fromkeys(address.path[0] for address in declared):
            why_not = _idle(planned.vhosts[name])
            for policy, why in why_not.items():
                address = Address(planned.vhosts[name].cluster, OPERATOR_KIND, (name, policy))
                if address in declared:
                    yield Finding(
                        OPERATOR_POLICY_IDLE,
                        address,
                        f"operator policy `{policy}` has no effect: {why}",
                        (_ONE_WINS,),
                    )


@dataclass
class _Losses:
    """Where a policy is not in force although it matches.

    Attributes:
        wins: declared things that it is in force on.
        losses: declared things that it is not, with the policy that is and the keys that nothing sets there.
    """

    wins: int = 0
    losses: list[tuple[Address, Policy, tuple[str, ...]]] = field(default_factory=list)


def _targets(vhost: Vhost) -> Iterator[Address]:
    for kind, names in ((QUEUES, vhost.queues), (EXCHANGES, vhost.exchanges)):
        for name in sorted(names):
            yield vhost.address(kind, name)


def _ties(
    planned: PlannedTopology, vhost: Vhost, target: Address, effective: Effective, told: set[tuple[str, ...]]
) -> Iterator[Finding]:
    """Policies of one priority of which the server takes any; those that sugar made are a matter of `_outranked`."""
    winner = effective.policy
    if winner is None:
        return
    for other in effective.tied:
        pair = ("tie", winner.name, other.name)
        addresses = [vhost.address(KIND, policy.name) for policy in (winner, other)]
        declared = [address for address in addresses if address in planned.view.declared]
        if pair in told or not declared or winner.definition == other.definition:
            continue
        if any(planned.is_made(address) for address in declared):
            continue
        told.add(pair)
        undeclared = next((address for address in addresses if address not in declared), None)
        theirs = f"; undeclared: `{undeclared.name}`" if undeclared is not None else ""
        yield Finding(
            POLICIES_TIE,
            declared[0],
            f"policies `{winner.name}` and `{other.name}` both match {_TITLES[target.kind]} `{target.name}` with "
            f"priority {winner.priority}, and RabbitMQ picks either{theirs}",
            ("give one of them another `priority`, or narrow a pattern",)
            if undeclared is None
            else ("give yours another `priority`", f"or remove the other: `{tombstone(planned.view, undeclared)}`"),
            ("priority",),
        )


def _outranked(
    planned: PlannedTopology, vhost: Vhost, target: Address, effective: Effective, told: set[tuple[str, ...]]
) -> Iterator[Finding]:
    """A policy that nobody declared, above or beside one that sugar made for this very queue."""
    declaration = planned.view.declared[target]
    made = [reference.target for reference in declaration.references if reference.target.kind == KIND]
    if not made or effective.policy is None:
        return
    wanted = planned.vhosts[vhost.name].policies.get(made[0].path[-1])
    if wanted is None:
        return
    above = () if effective.policy == wanted else (effective.policy,)
    for rival in (*above, *effective.tied):
        address = vhost.address(KIND, rival.name)
        if rival == wanted or address in planned.view.declared or ("rival", wanted.name, rival.name) in told:
            continue
        if rival.priority < wanted.priority or rival.definition == wanted.definition:
            continue
        told.add(("rival", wanted.name, rival.name))
        does = "outranks" if rival.priority > wanted.priority else "has the priority of"
        yield Finding(
            POLICY_OUTRANKED,
            made[0],
            f"policy `{rival.name}`, which is not declared, {does} `{wanted.name}` for queue `{target.name}`, so its "
            "dead letters may go elsewhere",
            (
                f"if it is a leftover, remove it: `{tombstone(planned.view, address)}`",
                "otherwise declare it, so the two are merged",
            ),
        )


def _skipped(
    planned: PlannedTopology, vhost: Vhost, target: Address, effective: Effective, told: set[tuple[str, ...]]
) -> Iterator[Finding]:
    kind = vhost.type_of(target.name) if target.kind == QUEUES else None
    if kind is None:
        return
    for policy, keys in effective.skipped:
        address = vhost.address(KIND, policy.name)
        known = ("skipped", policy.name, kind)
        falls_back = kind == "classic" and policy.definition.get("dead-letter-strategy") == "at-least-once"
        if address not in planned.view.declared or known in told or falls_back:  # the latter is told of the queue
            continue
        told.add(known)
        names = ", ".join(f"`{key}`" for key in keys)
        yield Finding(
            POLICY_SKIPPED,
            address,
            f"RabbitMQ skips policy `{policy.name}` as a whole for queue `{target.name}`: {_KINDS[kind]} do not "
            f"support {names}",
            ("give queues of that type their own policy, and exclude them from this one by `applyTo` or its pattern",),
            ("definition", keys[0]),
        )


def _is_plain(planned: PlannedTopology, policy: Address) -> bool:
    """Tell whether a manifest declares a policy, rather than sugar."""
    return policy in planned.view.declared and not planned.is_made(policy)


def _count(
    planned: PlannedTopology, plain: Container[str], target: Address, effective: Effective, losses: dict[str, _Losses]
) -> None:
    winner = effective.policy
    if winner is None:
        return
    if winner.name in plain:
        losses.setdefault(winner.name, _Losses()).wins += 1
    for policy in effective.shadowed:
        if policy.name not in plain:
            continue
        some = losses.setdefault(policy.name, _Losses())
        by_sugar = planned.is_made(Address(target.cluster, KIND, (target.path[0], winner.name)))
        lost = policy.definition.keys() - winner.definition.keys()
        if target in planned.guarded:
            lost -= HARMFUL  # kept away on purpose
        if by_sugar and not lost:
            some.wins += 1  # merged: what it says is in force under another name
        else:
            some.losses.append((target, winner, tuple(sorted(lost))))


def _shadowed(vhost: Vhost, name: str, some: _Losses) -> Iterator[Finding]:
    losses = some.losses if not some.wins else [loss for loss in some.losses if loss[2]]
    if not losses:
        return
    target, winner, keys = next((loss for loss in losses if loss[2]), losses[0])
    more = f" and {len(losses) - 1:,} more" if len(losses) > 1 else ""
    where = f"{_TITLES[target.kind]} `{target.name}`{more}"
    if some.wins:
        message = f"policy `{name}` is not in force on {where}: `{winner.name}` outranks it there"
    else:
        message = f"policy `{name}` is in force on nothing that is declared: `{winner.name}` outranks it on {where}"
    if keys:
        message += f", and does not set {', '.join(f'`{key}`' for key in keys)}"
    yield Finding(
        POLICY_SHADOWED,
        vhost.address(KIND, name),
        message,
        ("only one policy applies: repeat the settings in the other one, or change a `priority` or a pattern",),
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
                    policy.name,
                    f"RabbitMQ skips it as a whole for {kind} queue `{queue}`, which does not support `{keys[0]}`",
                )
    return {name: why for name, why in why_not.items() if name not in in_force}


RULES: tuple[Rule, ...] = (PoliciesInForce(), OperatorPolicyIdle())
