"""Consent: what a reviewed line allows a destructive change to take with it (design §6)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Tombstone


@dataclass(frozen=True, slots=True)
class Consent:
    """What a destructive change may take.

    Attributes:
        even_if: classes that may be destroyed: `messages`, `consumers`.
        place: span, source and address for diagnostics about it.
        advice: says what to write to give consent to losing some classes.
    """

    even_if: frozenset[str] = frozenset()
    place: Mapping[str, Any] = field(default_factory=dict)
    advice: Callable[[Sequence[str]], str] = ", ".join


def consent_of(address: Address, tombstone: Tombstone | None, declaration: Declaration | None) -> Consent:
    """The consent behind a delete (its tombstone's `evenIf`) or a replace (none: only what is empty is recreated)."""
    if tombstone is not None:
        place = {"span": tombstone.span, "source": tombstone.source, "address": str(address)}
        return Consent(tombstone.even_if, place, lambda some: _even_if(address, tombstone.even_if, some))
    place = {"address": str(address)}
    if declaration is not None:
        place |= {"span": declaration.span, "source": declaration.positions.line(declaration.span)}
    return Consent(
        frozenset(), place, lambda _: "`lifecycle.replace: recreate` makes only empty and unused things again"
    )


def _even_if(address: Address, even_if: frozenset[str], some: Sequence[str]) -> str:
    listed = ", ".join([*sorted(even_if), *some])
    return f"or consent in the tombstone: `{address}: {{evenIf: [{listed}]}}`"
