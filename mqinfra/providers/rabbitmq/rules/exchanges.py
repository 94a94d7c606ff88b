"""What is wrong with declared exchanges by themselves: types that the server lacks, or ones that nobody can see."""

import re
from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.model.setting import suggestion
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.rabbitmq.policy.planned_topology import PlannedTopology, planned_topology
from mqinfra.providers.rabbitmq.rules import kind_names
from mqinfra.providers.rabbitmq.settings.exchange_arguments import KNOWN_TYPES, exchange_type_problem
from mqinfra.providers.rabbitmq.spec.exchange import KIND, UNSEEN_INTERNAL, ExchangeSpec

INTERNAL_EXCHANGE_UNSEEN = Code(
    "MQ325",
    "an internal exchange that the definitions file leaves out",
    "From RabbitMQ 4.2.9 and 4.3.3 definitions files have no internal exchanges. So a plan against such a file "
    "can't tell whether a declared one is there.\n\nPlan against the server itself, or exclude the exchange.",
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges:\n        inner: {type: fanout, internal: true}\n"
    "# mqinfra plan --against definitions.json",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges:\n        inner: {type: fanout, internal: true}\n"
    "# mqinfra plan",
)
"""What can't be seen is not absent; one that bindings name is there, and denied like anything else unseen."""

EXCHANGE_TYPE_MISSING = Code(
    "MQ344",
    "exchange type not available on the server",
    "Beyond `direct`, `fanout`, `topic` and `headers`, types of exchanges come with plugins that have to be "
    "enabled on every node. `x-delayed-message` keeps its messages in Mnesia, which RabbitMQ 4.3 no longer has: "
    "use delayed retries of quorum queues there, or a TTL with a dead-letter exchange.",
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges:\n        orders: {type: x-delayed-message}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges:\n        orders: {type: topic}",
)
"""The server says which types it has (`exchange_types` of its overview); refused with 400 (measured)."""


class Exchanges(ClusterRule):
    """Types that the server lacks, and what a definitions file leaves out."""

    codes = (INTERNAL_EXCHANGE_UNSEEN, EXCHANGE_TYPE_MISSING)
    kinds = frozenset({kind_names.EXCHANGES})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Look at exchanges that are not there yet. Offline nobody knows which types plugins bring."""
        planned = view.once(planned_topology)
        if view.facts is None:
            yield from _misspelt_types(planned)
            return

        def bound(address: Address) -> set[str]:
            """Ends of bindings, which are known to be there."""
            some = planned.vhost(address).bindings
            return {
                name
                for at, spec in some.items()
                if at in view.live
                for name in (spec.exchange, spec.to_exchange)
                if name
            }

        offered = frozenset(re.findall(r"[^\s,]+", view.facts.traits.get("exchange-types", ""))) or None
        for address, declaration in planned.of(KIND).items():
            spec = declaration.spec
            if isinstance(spec, ExchangeSpec) and address not in view.live:
                if spec.internal and UNSEEN_INTERNAL in view.facts.traits and address.name not in bound(address):
                    yield Finding(
                        INTERNAL_EXCHANGE_UNSEEN,
                        address,
                        f"can't tell whether the internal exchange `{address.name}` exists: the definitions file "
                        "leaves such exchanges out",
                        ("plan against the server, or exclude it",),
                        ("internal",),
                    )
                problem = exchange_type_problem(spec.type, view.facts.version_tuple, offered)
                if problem is not None:
                    yield Finding(EXCHANGE_TYPE_MISSING, address, problem.message, (problem.help,), ("type",))


def _misspelt_types(planned: PlannedTopology) -> Iterator[Finding]:
    """Types that are almost one of those we know; any other may be a plugin's."""
    for address, declaration in planned.of(KIND).items():
        spec = declaration.spec
        meant = suggestion(spec.type, KNOWN_TYPES) if isinstance(spec, ExchangeSpec) else ""
        if isinstance(spec, ExchangeSpec) and spec.type not in KNOWN_TYPES and meant:
            message = f"unknown exchange type `{spec.type}`; whether the server has it can't be checked from here"
            yield Finding(EXCHANGE_TYPE_MISSING, address, message, (meant,), ("type",), severity=Severity.WARNING)


RULES: tuple[Rule, ...] = (Exchanges(),)
