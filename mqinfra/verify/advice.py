"""Recommendations for what is declared on a cluster. They are no judgements, and nothing fails by them."""

from collections.abc import Mapping, Sequence
from typing import Any

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.verification import Advice
from mqinfra.providers.base.verification.adviser import Advised, Adviser, Usages


def advised(
    advisers: Sequence[Adviser[Any]], usages: Usages, declared: Mapping[Address, Declaration]
) -> tuple[Advice, ...]:
    """Ask every adviser about everything that it knows to look at.

    Args:
        advisers: those of the cluster's broker.
        usages: what is in force, and how it is used.
        declared: what is declared there.

    Returns:
        What they recommend, by address.
    """
    return tuple(
        _advice(adviser, address, declared[address], one)
        for address, usage in sorted(usages.items(), key=lambda item: str(item[0]))
        for adviser in advisers
        if isinstance(usage, adviser.usage)
        for one in adviser.advise(usage)
    )


def _advice(adviser: Adviser[Any], address: Address, declaration: Declaration, one: Advised) -> Advice:
    return Advice(
        address=address,
        name=adviser.name,
        text=one.text,
        evidence=one.evidence,
        reason=adviser.reason,
        source=adviser.source,
        line=one.line,
        span=(declaration.positions.span(one.path) if one.path else None) or declaration.span,
    )
