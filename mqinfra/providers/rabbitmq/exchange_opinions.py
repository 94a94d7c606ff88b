"""What is wrong with declared exchanges by themselves: types that the server does not have, or unseen ones."""

import re
from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.providers.base.opinion import Opinion, Seen
from mqinfra.providers.rabbitmq.exchange_arguments import exchange_type_problem
from mqinfra.providers.rabbitmq.exchange_spec import KIND, UNSEEN_INTERNAL, ExchangeSpec
from mqinfra.providers.rabbitmq.outlook import outlook


def opinions(seen: Seen) -> Iterator[Opinion]:
    """Look at the types of exchanges that are not there yet; offline nobody knows which plugins there are."""
    if seen.facts is None:
        return
    outlook_ = seen.once(outlook)

    def bound(address: Address) -> set[str]:
        """Ends of bindings, which are known to be there."""
        some = outlook_.vhost(address).bindings
        return {
            name for at, spec in some.items() if at in seen.live for name in (spec.exchange, spec.to_exchange) if name
        }

    offered = frozenset(re.findall(r"[^\s,]+", seen.facts.traits.get("exchange-types", ""))) or None
    for address, declaration in outlook_.of(KIND).items():
        spec = declaration.spec
        if isinstance(spec, ExchangeSpec) and address not in seen.live:
            if spec.internal and UNSEEN_INTERNAL in seen.facts.traits and address.name not in bound(address):
                yield Opinion(
                    "internal_exchange_unseen",
                    address,
                    f"whether the internal exchange `{address.name}` is there is not known: the definitions file "
                    "leaves such exchanges out",
                    ("plan against the server, or exclude it",),
                    ("internal",),
                )
            problem = exchange_type_problem(spec.type, seen.facts.version_tuple, offered)
            if problem is not None:
                yield Opinion("exchange_type_missing", address, problem.message, (problem.help,), ("type",))
