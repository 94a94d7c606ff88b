"""What is wrong with declared exchanges by themselves: types that the server does not have."""

import re
from collections.abc import Iterator

from mqinfra.providers.base.opinion import Opinion, Seen
from mqinfra.providers.rabbitmq.exchange_arguments import exchange_type_problem
from mqinfra.providers.rabbitmq.exchange_spec import KIND, ExchangeSpec
from mqinfra.providers.rabbitmq.outlook import outlook


def opinions(seen: Seen) -> Iterator[Opinion]:
    """Look at the types of exchanges that are not there yet; offline nobody knows which plugins there are."""
    if seen.facts is None:
        return
    offered = frozenset(re.findall(r"[^\s,]+", seen.facts.traits.get("exchange-types", ""))) or None
    for address, declaration in seen.once(outlook).of(KIND).items():
        spec = declaration.spec
        if isinstance(spec, ExchangeSpec) and address not in seen.live:
            problem = exchange_type_problem(spec.type, seen.facts.version_tuple, offered)
            if problem is not None:
                yield Opinion("exchange_type_missing", address, problem.message, (problem.help,), ("type",))
