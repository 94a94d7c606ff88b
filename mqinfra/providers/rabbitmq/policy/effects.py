"""What a plan does to the settings in force on queues and exchanges: before and after, each as the server would say.

A policy's own fields don't tell: it may be outranked, skipped for a key that a type lacks, or reach more than meant.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Unit
from mqinfra.model.spec import Spec
from mqinfra.model.story import Effect
from mqinfra.providers.rabbitmq.policy.effective import effective_definition
from mqinfra.providers.rabbitmq.policy.match import Effective, Policy, PolicySet, Target
from mqinfra.providers.rabbitmq.settings.policy_keys import POLICY_KEYS
from mqinfra.providers.rabbitmq.settings.typed import Version
from mqinfra.providers.rabbitmq.spec import exchange as exchange_spec
from mqinfra.providers.rabbitmq.spec import policy as policy_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec

_DECIDING = frozenset({policy_spec.KIND, policy_spec.OPERATOR_KIND, queue_spec.KIND, exchange_spec.KIND})
_POLICIES = (policy_spec.KIND, policy_spec.OPERATOR_KIND)


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """What policies make of one resource.

    Attributes:
        policy: name of the policy; empty for none.
        operator_policy: name of the operator policy; empty for none.
        definition: the settings that the two give, arguments counted in; empty where there is no policy.
    """

    policy: str
    operator_policy: str
    definition: Mapping[str, JsonValue]


_NOTHING = PolicySettings("", "", {})


@dataclass(frozen=True, slots=True)
class Moved:
    """What a plan does to the settings in force on one resource.

    Attributes:
        address: the queue or exchange.
        type: its type.
        arguments: its own.
        stays: whether it is there before and after.
        was: what is in force before.
        now: what is in force after.
        instead: what may be in force after just as well: equal policies, and those whose pattern is unreadable here.
    """

    address: Address
    type: str
    arguments: Mapping[str, JsonValue]
    stays: bool
    was: PolicySettings
    now: PolicySettings
    instead: tuple[PolicySettings, ...] = ()


def told(
    live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
) -> dict[Address, tuple[Effect, ...]]:
    """Say per change which settings come into force or go, on the resource itself or on those that a policy reaches."""
    found: dict[Address, list[Effect]] = defaultdict(list)
    for moved in in_force(live, changes, facts):
        if moved.was != moved.now:
            told_at = _told_at(moved, changes)
            if told_at is not None:
                found[told_at].append(_effect(moved, changes))
    return {address: tuple(some) for address, some in found.items()}


def _effect(moved: Moved, changes: Mapping[Address, Change]) -> Effect:
    before, after = moved.was.definition, moved.now.definition
    keys = [key for key in sorted({*before, *after}) if before.get(key) != after.get(key)]
    policies = list(policies_of(moved, moved.now))
    by = next((policy for policy in policies if policy in changes), policies[0] if policies else None)
    return Effect(
        moved.address,
        {key: before[key] for key in keys if key in before},
        {key: after[key] for key in keys if key in after},
        by,
        dict(_units(keys)),
    )


def _units(keys: Iterable[str]) -> Iterator[tuple[str, Unit]]:
    for key in keys:
        setting = POLICY_KEYS.get(key)
        if setting is not None and setting.unit is not None:
            yield key, setting.unit


def in_force(live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts) -> Iterator[Moved]:
    """Work out for which queues and exchanges other settings of policies come into force, or go."""
    deciding = {address.path[0] for address in changes if address.kind in _POLICIES}
    # Where there is no policy before or after, nothing comes into force: most plans of many queues end here.
    ruled = deciding | {address.path[0] for address in live if address.kind in _POLICIES}
    touched = {address.path[0] for address in changes if address.kind in _DECIDING} if ruled else ruled
    for vhost in sorted(touched & ruled):
        before = {a: spec.to_json() for a, spec in live.items() if a.kind in _DECIDING and a.path[0] == vhost}
        after = dict(before)
        for address, change in changes.items():
            if address.kind in _DECIDING and address.path[0] == vhost:
                after.pop(address, None)
                if change.after is not None:
                    after[address] = dict(change.after)
        looked_at = after if vhost in deciding else {a: after[a] for a in changes if a in after}
        yield from _effects(before, after, looked_at, facts.version_tuple)


def _effects(
    before: Mapping[Address, Mapping[str, JsonValue]],
    after: Mapping[Address, Mapping[str, JsonValue]],
    looked_at: Mapping[Address, Mapping[str, JsonValue]],
    version: Version,
) -> Iterator[Moved]:
    old, new = Rules(before, version), Rules(after, version)
    for address in sorted(looked_at):
        if address.kind in _POLICIES:
            continue
        was = old.outcomes(address, before[address])[0] if address in before else _NOTHING
        now, *others = new.outcomes(address, after[address])
        instead = tuple(state for state in others if state != was)
        if was != now or instead:
            data = before.get(address, after[address])
            yield Moved(address, type_of(address, data), arguments_of(data), address in before, was, now, instead)


class Rules:
    """The policies of one vhost at one time."""

    def __init__(self, specs: Mapping[Address, Mapping[str, JsonValue]], version: Version) -> None:
        self._version = version
        self._sets = {
            kind: PolicySet(
                (_policy(address, data) for address, data in specs.items() if address.kind == kind), version
            )
            for kind in _POLICIES
        }

    def outcomes(self, address: Address, data: Mapping[str, JsonValue]) -> tuple[PolicySettings, ...]:
        """What is in force, of equal policies the first by name; then what may be instead."""
        found = self._effective(policy_spec.KIND, address, data)
        operator = self._effective(policy_spec.OPERATOR_KIND, address, data).policy
        now = self._made(found.policy, operator, address, data)
        if not found.tied and not found.unknown:
            return (now,)
        lowest = found.policy.priority if found.policy is not None else None
        others = [one for one in (*found.tied, *found.unknown) if lowest is None or one.priority >= lowest]
        return (now, *(self._made(policy, operator, address, data) for policy in others))

    def _effective(self, kind: str, address: Address, data: Mapping[str, JsonValue]) -> Effective:
        what: Literal["queue", "exchange"] = "queue" if address.kind == queue_spec.KIND else "exchange"
        return self._sets[kind].effective(Target(address.path[1], what, type_of(address, data)))

    def _made(
        self, policy: Policy | None, operator: Policy | None, address: Address, data: Mapping[str, JsonValue]
    ) -> PolicySettings:
        if policy is None and operator is None:
            return _NOTHING
        definition = effective_definition(policy, operator, arguments_of(data), type_of(address, data), self._version)
        return PolicySettings(policy.name if policy else "", operator.name if operator else "", definition)


def type_of(address: Address, data: Mapping[str, JsonValue]) -> str:
    """The type of a queue or exchange, as its spec says it."""
    return str(data.get("type") or ("classic" if address.kind == queue_spec.KIND else "direct"))


def arguments_of(data: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """The arguments that a spec has."""
    arguments = data.get("arguments")
    return arguments if isinstance(arguments, dict) else {}


def _policy(address: Address, data: Mapping[str, JsonValue]) -> Policy:
    definition, priority = data.get("definition"), data.get("priority")
    return Policy(
        address.path[1],
        str(data.get("pattern", "")),
        str(data.get("applyTo", "all")),
        priority if isinstance(priority, int) else 0,
        definition if isinstance(definition, dict) else {},
    )


def _told_at(moved: Moved, changes: Mapping[Address, Change]) -> Address | None:
    """The change under which it is told: the resource's own, else that of the policy that brings it or takes it."""
    if moved.address in changes:
        return moved.address
    return next((policy for policy in policies_of(moved, moved.now) if policy in changes), None)


def policies_of(moved: Moved, now: PolicySettings) -> Iterator[Address]:
    """The policies that may be behind an effect: those in force after it, then those before."""
    vhost = moved.address.path[0]
    for state in (now, moved.was):
        for kind, name in ((policy_spec.KIND, state.policy), (policy_spec.OPERATOR_KIND, state.operator_policy)):
            if name:
                yield Address(moved.address.cluster, kind, (vhost, name))
