"""What is wrong with which policy is in force: of all that match one wins whole, and people expect them to add up.

Told per policy rather than per queue, with an example, because one slip in a pattern concerns thousands of queues.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

from mqinfra.model.address import Address
from mqinfra.providers.base.opinion import Opinion, Seen
from mqinfra.providers.rabbitmq.policy.match import Effective, Policy
from mqinfra.providers.rabbitmq.policy.merge import HARMFUL
from mqinfra.providers.rabbitmq.policy.planned_topology import Outlook, Vhost, outlook, tombstone
from mqinfra.providers.rabbitmq.spec.exchange import KIND as EXCHANGES
from mqinfra.providers.rabbitmq.spec.policy import KIND
from mqinfra.providers.rabbitmq.spec.queue import KIND as QUEUES

_TITLES: Mapping[str, str] = {QUEUES: "queue", EXCHANGES: "exchange"}


@dataclass
class _Losses:
    """Where a policy is not in force although it matches.

    Attributes:
        wins: declared things that it is in force on.
        losses: declared things that it is not, with the policy that is and the keys that nothing sets there.
    """

    wins: int = 0
    losses: list[tuple[Address, Policy, tuple[str, ...]]] = field(default_factory=list)


def opinions(seen: Seen) -> Iterator[Opinion]:
    """Say which policies are not in force where they match, or may not be."""
    found = seen.once(outlook)
    for name in {address.path[0]: None for address in found.of(KIND)}:
        vhost = found.vhosts[name]
        plain = {policy for policy in vhost.policies if _is_plain(found, vhost.address(KIND, policy))}
        losses: dict[str, _Losses] = {}
        told: set[tuple[str, ...]] = set()
        for target in _targets(vhost):
            effective = vhost.effective(target.kind, target.path[1])
            if effective.policy is not None:
                yield from _ties(found, vhost, target, effective, told)
            if target in seen.declared:
                yield from _outranked(found, vhost, target, effective, told)
                yield from _skipped(found, vhost, target, effective, told)
                _count(found, plain, target, effective, losses)
        for policy, some in losses.items():
            yield from _shadowed(vhost, policy, some)


def _targets(vhost: Vhost) -> Iterator[Address]:
    for kind, names in ((QUEUES, vhost.queues), (EXCHANGES, vhost.exchanges)):
        for name in sorted(names):
            yield vhost.address(kind, name)


def _ties(
    found: Outlook, vhost: Vhost, target: Address, effective: Effective, told: set[tuple[str, ...]]
) -> Iterator[Opinion]:
    """Policies of one priority of which the server takes any; those that sugar made are a matter of `_outranked`."""
    winner = effective.policy
    if winner is None:
        return
    for other in effective.tied:
        pair = ("tie", winner.name, other.name)
        addresses = [vhost.address(KIND, policy.name) for policy in (winner, other)]
        declared = [address for address in addresses if address in found.seen.declared]
        if pair in told or not declared or winner.definition == other.definition:
            continue
        if any(found.is_made(address) for address in declared):
            continue
        told.add(pair)
        stranger = next((address for address in addresses if address not in declared), None)
        theirs = f"; nobody declares `{stranger.name}`" if stranger is not None else ""
        yield Opinion(
            "policies_tie",
            declared[0],
            f"policies `{winner.name}` and `{other.name}` both match {_TITLES[target.kind]} `{target.name}` with "
            f"priority {winner.priority}, and RabbitMQ takes either one{theirs}",
            ("give one of them another `priority`, or narrow a pattern",)
            if stranger is None
            else ("give yours another `priority`", f"or remove the other: `{tombstone(stranger)}`"),
            ("priority",),
        )


def _outranked(
    found: Outlook, vhost: Vhost, target: Address, effective: Effective, told: set[tuple[str, ...]]
) -> Iterator[Opinion]:
    """A policy that nobody declared, above or beside one that sugar made for this very queue."""
    declaration = found.seen.declared[target]
    made = [reference.target for reference in declaration.references if reference.target.kind == KIND]
    if not made or effective.policy is None:
        return
    wanted = found.vhosts[vhost.name].policies.get(made[0].path[-1])
    if wanted is None:
        return
    above = () if effective.policy == wanted else (effective.policy,)
    for rival in (*above, *effective.tied):
        address = vhost.address(KIND, rival.name)
        if rival == wanted or address in found.seen.declared or ("rival", wanted.name, rival.name) in told:
            continue
        if rival.priority < wanted.priority or rival.definition == wanted.definition:
            continue
        told.add(("rival", wanted.name, rival.name))
        does = "outranks" if rival.priority > wanted.priority else "has the priority of"
        yield Opinion(
            "policy_outranked",
            made[0],
            f"policy `{rival.name}`, which nobody declares, {does} `{wanted.name}` for queue `{target.name}`, so that "
            "its dead letters may go elsewhere",
            (f"if it is left over, remove it: `{tombstone(address)}`", "else declare it, so that the two are merged"),
        )


def _skipped(
    found: Outlook, vhost: Vhost, target: Address, effective: Effective, told: set[tuple[str, ...]]
) -> Iterator[Opinion]:
    kind = vhost.type_of(target.name) if target.kind == QUEUES else None
    if kind is None:
        return
    for policy, keys in effective.skipped:
        address = vhost.address(KIND, policy.name)
        known = ("skipped", policy.name, kind)
        falls_back = kind == "classic" and policy.definition.get("dead-letter-strategy") == "at-least-once"
        if address not in found.seen.declared or known in told or falls_back:  # the latter is told of the queue
            continue
        told.add(known)
        names = ", ".join(f"`{key}`" for key in keys)
        yield Opinion(
            "policy_skipped",
            address,
            f"RabbitMQ skips policy `{policy.name}` as a whole for queue `{target.name}`: {_KINDS[kind]} know no "
            f"{names}",
            ("give queues of that type a policy of their own, and keep this one off them by `applyTo` or its pattern",),
            ("definition", keys[0]),
        )


_KINDS: Mapping[str, str] = {"classic": "classic queues", "quorum": "quorum queues", "stream": "streams"}


def _is_plain(found: Outlook, policy: Address) -> bool:
    """Tell whether a manifest declares a policy, rather than sugar."""
    return policy in found.seen.declared and not found.is_made(policy)


def _count(
    found: Outlook, plain: Container[str], target: Address, effective: Effective, losses: dict[str, _Losses]
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
        by_sugar = found.is_made(Address(target.cluster, KIND, (target.path[0], winner.name)))
        lost = policy.definition.keys() - winner.definition.keys()
        if target in found.guarded:
            lost -= HARMFUL  # kept away on purpose
        if by_sugar and not lost:
            some.wins += 1  # merged: what it says is in force under another name
        else:
            some.losses.append((target, winner, tuple(sorted(lost))))


def _shadowed(vhost: Vhost, name: str, some: _Losses) -> Iterator[Opinion]:
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
        message += f", and says nothing of {', '.join(f'`{key}`' for key in keys)}"
    yield Opinion(
        "policy_shadowed",
        vhost.address(KIND, name),
        message,
        ("one policy wins whole: repeat the settings in the other one, or change a `priority` or a pattern",),
    )
