"""What is wrong with bindings among others: those in the way of retries, and those that a server confuses."""

import json
from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.rabbitmq.policy.planned_topology import PlannedTopology, planned_topology, tombstone
from mqinfra.providers.rabbitmq.rules import kind_names
from mqinfra.providers.rabbitmq.spec.binding import KIND, BindingSpec
from mqinfra.providers.rabbitmq.spec.exchange import KIND as EXCHANGES
from mqinfra.providers.rabbitmq.spec.queue import KIND as QUEUES
from mqinfra.providers.rabbitmq.spec.queue_entry import DeferredPolicy

_FLAG = "khepri_db"
_BUILT_IN = {"amq.direct": "direct", "amq.fanout": "fanout"}

BINDINGS_DIFFER_IN_ARGUMENTS = Code(
    "MQ434",
    "bindings that differ only in their arguments",
    "Direct and fanout exchanges ignore the arguments of bindings. Two bindings that differ only in them are two for "
    "RabbitMQ, but one route in its Khepri store: when either one is removed, messages may no longer be routed by the "
    "other.\n\n"
    "Keep one of them.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: fanout}}\n      queues:\n"
    "        mails: {bindings: [{exchange: orders}, {exchange: orders, arguments: {since: 2024}}]}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: fanout}}\n      queues:\n"
    "        mails: {bindings: [{exchange: orders}]}",
)
"""rabbitmq-server#14533; only where the feature flag `khepri_db` is on."""

RETRY_DELIVERS_TWICE = Code(
    "MQ512",
    "a rejected message would be delivered twice",
    "`retry` routes rejected messages through its own exchanges, and each of their bindings passes a message on. One "
    "of them has a binding that no manifest declares, made by hand or by another tool. A rejected message would then "
    "come back twice, or get to a queue that it is not meant for. Other `delays` are no cause: they have exchanges of "
    "their own.\n\n"
    "Remove the binding with the line shown.",
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
    "        orders: {retry: {delays: [1m]}}   # and a binding from orders.return to another queue",
    good="removed:\n  'rabbitmq/bindings/%2Fshop/exchange=orders.return,queue=audit': {}",
)
"""Delivered twice where it comes back through the exchange that all chains of a queue share."""


class BindingsDifferInArguments(ClusterRule):
    """Only where the feature flag `khepri_db` is on."""

    codes = (BINDINGS_DIFFER_IN_ARGUMENTS,)
    kinds = frozenset({kind_names.BINDINGS})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Look for bindings that a server with Khepri confuses."""
        if view.facts is not None and _FLAG in view.facts.traits.get("feature-flags", "").split(","):
            yield from _alike(view.once(planned_topology))


class RetryDeliversTwice(ClusterRule):
    """Bindings that nobody declares, in the way of retries."""

    codes = (RETRY_DELIVERS_TWICE,)
    kinds = frozenset({kind_names.BINDINGS})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Look at what leads from the exchanges that `retry` made."""
        yield from _undeclared(view.once(planned_topology))


def _undeclared(planned: PlannedTopology) -> Iterator[Finding]:
    """Bindings that nobody declares on exchanges that `retry` made."""
    exchanges = {
        Address(address.cluster, EXCHANGES, (address.path[0], exchange)): address
        for address, declaration in planned.of(QUEUES).items()
        if isinstance(declaration.deferred, DeferredPolicy)
        for exchange in declaration.deferred.exchanges
    }
    if not exchanges:
        return
    for address in sorted(item for item in planned.view.live if item.kind == KIND):
        if address in planned.view.declared or address in planned.view.removed:
            continue
        pairs = dict(address.pairs)
        exchange = Address(address.cluster, EXCHANGES, (address.path[0], pairs.get("exchange", "")))
        queue = exchanges.get(exchange)
        if queue is None or exchange not in planned.view.declared:
            continue
        leads_to = pairs.get("queue") or pairs.get("toExchange", "")
        yield Finding(
            RETRY_DELIVERS_TWICE,
            exchange,
            f"an undeclared binding leads from `{exchange.name}` to `{leads_to}`, so a message which `{queue.name}` "
            "rejects is delivered twice, or to other queues",
            (f"remove it: `{tombstone(planned.view, address)}`",),
        )


def _alike(planned: PlannedTopology) -> Iterator[Finding]:
    """Bindings of which a Khepri server deletes the routes of both with either one (rabbitmq-server#14533)."""
    first: dict[tuple[str, ...], str] = {}
    for address, declaration in planned.of(KIND).items():
        spec = declaration.spec
        if not isinstance(spec, BindingSpec):
            continue
        known = planned.vhost(address).exchanges.get(spec.exchange)
        kind = known.type if known is not None else _BUILT_IN.get(spec.exchange, "")
        if kind not in ("direct", "fanout"):
            continue
        said = json.dumps(spec.arguments, sort_keys=True)
        key = (*address.path, spec.exchange, spec.queue or "", spec.to_exchange or "", spec.routing_key)
        theirs = first.setdefault(key, said)
        if theirs != said:
            yield _alike_finding(address, spec, theirs)


def _alike_finding(address: Address, spec: BindingSpec, theirs: str) -> Finding:
    leads_to = spec.queue or spec.to_exchange
    return Finding(
        BINDINGS_DIFFER_IN_ARGUMENTS,
        address,
        f"two bindings from `{spec.exchange}` to `{leads_to}` differ only in their arguments, which this exchange "
        f"ignores: `{theirs}` in the other one",
        ("keep one of them: when either is removed, RabbitMQ with Khepri may stop routing for both",),
    )


RULES: tuple[Rule, ...] = (BindingsDifferInArguments(), RetryDeliversTwice())
