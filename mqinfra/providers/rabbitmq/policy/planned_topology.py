"""What each vhost holds once a plan is carried out: what is declared, over what is there and stays.

Separate from the rules, which all look at this one picture; it is made once per cluster (`ClusterView.once`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.spec import Spec
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.rabbitmq.policy.effective import effective_definition
from mqinfra.providers.rabbitmq.policy.match import Effective, Policy, PolicySet, Target
from mqinfra.providers.rabbitmq.settings.typed import Version
from mqinfra.providers.rabbitmq.spec.binding import KIND as BINDINGS
from mqinfra.providers.rabbitmq.spec.binding import BindingSpec
from mqinfra.providers.rabbitmq.spec.exchange import KIND as EXCHANGES
from mqinfra.providers.rabbitmq.spec.exchange import ExchangeSpec
from mqinfra.providers.rabbitmq.spec.policy import KIND as POLICIES
from mqinfra.providers.rabbitmq.spec.policy import OPERATOR_KIND, PolicySpec
from mqinfra.providers.rabbitmq.spec.queue import KIND as QUEUES
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec
from mqinfra.providers.rabbitmq.spec.queue_entry import DEAD_LETTERS, DeferredPolicy

VHOSTS = "vhosts"
_EVERY_VHOST_HAS = "amq.direct"
_DEFAULT_TYPE = ("defaultQueueType",)


@dataclass(frozen=True, slots=True)
class EffectiveSettings:
    """What counts for a queue.

    Attributes:
        definition: settings by the names of policy keys.
        policy: the policy in force.
        operator_policy: the operator's.
        arguments: what the queue itself says.
    """

    definition: Mapping[str, JsonValue]
    policy: Policy | None
    operator_policy: Policy | None
    arguments: Mapping[str, JsonValue]

    def source(self, key: str) -> str:
        """Where a setting in force comes from, in words: `policy `ttl``; empty when it is not set."""
        value = self.definition.get(key)
        if value is None:
            return ""
        if self.arguments.get(f"x-{key}") == value:
            return f"its argument `x-{key}`"
        for title, policy in (("operator policy", self.operator_policy), ("policy", self.policy)):
            if policy is not None and policy.definition.get(key) == value:
                return f"{title} `{policy.name}`"
        return f"`{key}`"


_NOTHING_SET = EffectiveSettings(MappingProxyType({}), None, None, MappingProxyType({}))


@dataclass
class Vhost:
    """One vhost as it will be.

    Attributes:
        cluster: alias of its cluster.
        name: its name.
        version: the server's version; empty for the newest.
        queues: by name.
        exchanges: by name; where `complete` is not set, there may be more.
        bindings: by address.
        policies: by name.
        operator_policies: by name.
        bound: exchanges of which all bindings are known: they were listed, or the exchange is new.
        bindings_listed: whether all bindings on the server were listed.
        complete: whether what is on the server was listed, so that what is not here is not there.
        default_type: type of queues that do not say theirs; None when nobody could tell.
        addresses: those of what it holds by kind and name: to make one anew for each look takes longer than the look.
    """

    cluster: str
    name: str
    version: Version
    queues: dict[str, QueueSpec] = field(default_factory=dict)
    exchanges: dict[str, ExchangeSpec] = field(default_factory=dict)
    bindings: dict[Address, BindingSpec] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    operator_policies: dict[str, Policy] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    bindings_listed: bool = False
    complete: bool = False
    default_type: str | None = None
    addresses: dict[tuple[str, str], Address] = field(default_factory=dict)
    _sets: dict[str, PolicySet] = field(default_factory=dict)
    _effective: dict[tuple[str, str], Effective] = field(default_factory=dict)
    _in_force: dict[str, EffectiveSettings] = field(default_factory=dict)
    _from: dict[str, list[BindingSpec]] | None = None

    @property
    def known(self) -> str:
        """Of what is not in it, in words: what it would have to be."""
        return "that is declared or exists" if self.complete else "that a manifest declares"

    def address(self, kind: str, name: str) -> Address:
        """The address of something in it."""
        known = self.addresses.get((kind, name))
        return known if known is not None else Address(self.cluster, kind, (self.name, name))

    def type_of(self, queue: str) -> str | None:
        """Type of a queue; None when nobody could tell."""
        return self.queues[queue].type or self.default_type

    def bindings_from(self, exchange: str) -> Sequence[BindingSpec]:
        """The bindings of an exchange."""
        if self._from is None:
            self._from = {}
            for binding in self.bindings.values():
                self._from.setdefault(binding.exchange, []).append(binding)
        return self._from.get(exchange, ())

    def effective(self, kind: str, name: str) -> Effective:
        """Which policy a queue or exchange gets, and which it does not."""
        key = (kind, name)
        if key not in self._effective:
            if POLICIES not in self._sets:
                self._sets[POLICIES] = PolicySet(self.policies.values(), self.version)
            self._effective[key] = self._sets[POLICIES].effective(self._target(kind, name))
        return self._effective[key]

    def operator_effective(self, queue: str) -> Effective:
        """Which operator policy a queue gets, and which it does not."""
        if OPERATOR_KIND not in self._sets:
            self._sets[OPERATOR_KIND] = PolicySet(self.operator_policies.values(), self.version)
        return self._sets[OPERATOR_KIND].effective(self._target(QUEUES, queue))

    def in_force(self, queue: str) -> EffectiveSettings:
        """What counts for a queue."""
        known = self._in_force.get(queue)
        if known is None:
            policy = self.effective(QUEUES, queue).policy if self.policies else None
            operator = self.operator_effective(queue).policy if self.operator_policies else None
            arguments, known = self.queues[queue].arguments, _NOTHING_SET
            if policy is not None or operator is not None or arguments:
                kind = self.type_of(queue) or "classic"
                definition = effective_definition(policy, operator, arguments, kind, self.version)
                known = EffectiveSettings(definition, policy, operator, arguments)
            self._in_force[queue] = known
        return known

    def _target(self, kind: str, name: str) -> Target:
        if kind == QUEUES:
            return Target(name, "queue", self.type_of(name) or "classic")
        return Target(name, "exchange", self.exchanges[name].type)


@dataclass(frozen=True)
class PlannedTopology:
    """A cluster as it will be.

    Attributes:
        view: what it is made of.
        version: the server's version; empty offline.
        vhosts: by name.
        declared: the declared resources by kind.
    """

    view: ClusterView
    version: Version
    vhosts: Mapping[str, Vhost]
    declared: Mapping[str, Mapping[Address, Declaration]]

    def of(self, kind: str) -> Mapping[Address, Declaration]:
        """The declared resources of a kind."""
        return self.declared.get(kind, {})

    def vhost(self, address: Address) -> Vhost:
        """The vhost of a declared resource."""
        return self.vhosts[address.path[0]]

    def is_made(self, address: Address) -> bool:
        """Tell whether sugar made a declared resource."""
        declaration = self.view.declared.get(address)
        return declaration is not None and declaration.origins[0].by is not None

    @cached_property
    def guarded(self) -> Mapping[Address, Address]:
        """The queues that sugar made for dead letters and delays, each with the queue whose sugar it is."""
        return {
            Address(address.cluster, QUEUES, (address.path[0], name)): address
            for address, declaration in self.of(QUEUES).items()
            if isinstance(declaration.deferred, DeferredPolicy)
            for name in declaration.deferred.guarded
        }


def planned_topology(view: ClusterView) -> PlannedTopology:
    """Put declared and live together; use it by `view.once(planned_topology)`."""
    version = view.facts.version_tuple if view.facts is not None else ()
    vhosts: dict[str, Vhost] = {}
    by_kind: dict[str, dict[Address, Declaration]] = defaultdict(dict)

    def place(address: Address, spec: Spec) -> None:
        name = address.path[0]
        vhost = vhosts.get(name)
        if vhost is None:
            vhost = vhosts[name] = Vhost(address.cluster, name, version)
        _put(vhost, address, spec)

    going = view.removed - view.declared.keys()
    for address, spec in view.live.items():
        if address.path and address.kind in _PLACED:
            if address.kind == EXCHANGES and address.path[-1] == _EVERY_VHOST_HAS:
                place(address, spec)
                vhosts[address.path[0]].complete = True
            elif not going or address not in going:
                place(address, spec)
    for address, declaration in view.declared.items():
        by_kind[address.kind][address] = declaration
        if address.path and address.kind in _PLACED:
            place(address, declaration.spec)
            if address.kind == EXCHANGES and address not in view.live:
                vhosts[address.path[0]].bound.add(address.path[1])
    for name in _listed(view, by_kind.get(BINDINGS, ())) & vhosts.keys():
        vhosts[name].bindings_listed = True
    return PlannedTopology(view, version, vhosts, by_kind)


def _listed(view: ClusterView, declared: Iterable[Address]) -> set[str]:
    """The vhosts whose bindings were listed: those of which any was asked for."""
    asked = (*declared, *(address for address in view.removed if address.kind == BINDINGS))
    return {address.path[0] for address in asked if address.path} if view.facts is not None else set()


def tombstone(view: ClusterView, address: Address) -> str:
    """The line that removes something, to paste into a manifest."""
    return f"removed: {{{view.names.key(address)}: {{}}}}"


def dead_letter_reference(declaration: Declaration, kind: str, name: str) -> bool:
    """Tell whether sugar says itself that dead letters go there, so that the rule about references looks at it."""
    return any(
        reference.role == DEAD_LETTERS and reference.target.kind == kind and reference.target.path[-1] == name
        for reference in declaration.references
    )


def vhosts_of(specs: Mapping[Address, Spec], version: Version = ()) -> dict[str, Vhost]:
    """Put specs into the vhosts in which they lie, with nothing known beyond them.

    Args:
        specs: resources of all kinds of one cluster.
        version: the server's; empty for the newest.
    """
    vhosts: dict[str, Vhost] = {}
    for address, spec in specs.items():
        if address.path and address.kind in _PLACED:
            name = address.path[0]
            if name not in vhosts:
                vhosts[name] = Vhost(address.cluster, name, version)
            _put(vhosts[name], address, spec)
    return vhosts


_PLACED = frozenset({VHOSTS, QUEUES, EXCHANGES, BINDINGS, POLICIES, OPERATOR_KIND})


def _put(vhost: Vhost, address: Address, spec: Spec) -> None:
    kind, path = address.kind, address.path
    # The kind is looked at first: to see that a spec is of another type takes many times as long as to see that it is.
    if kind == BINDINGS and isinstance(spec, BindingSpec):
        vhost.bindings[address] = spec
        return
    if len(path) > 1:
        vhost.addresses[kind, path[1]] = address
    if kind == QUEUES and isinstance(spec, QueueSpec):
        before = vhost.queues.get(path[1])
        if spec.type is None and before is not None and before.type is not None:
            spec = spec.model_copy(update={"type": before.type})
        vhost.queues[path[1]] = spec
    elif kind == EXCHANGES and isinstance(spec, ExchangeSpec):
        vhost.exchanges[path[1]] = spec
    elif kind == VHOSTS:
        said = spec.field(_DEFAULT_TYPE)
        vhost.default_type = str(said) if said is not None else vhost.default_type
    elif isinstance(spec, PolicySpec):
        policy = Policy(path[1], spec.pattern, spec.apply_to, spec.priority, spec.definition)
        (vhost.policies if kind == POLICIES else vhost.operator_policies)[path[1]] = policy
