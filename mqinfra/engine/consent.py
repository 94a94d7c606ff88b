"""Consent: what a reviewed line allows a destructive change to take with it (design §6)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Tombstone

SUGGESTED = timedelta(days=7)
"""How long the printed line lets consent count."""


@dataclass(frozen=True, slots=True)
class Permit:
    """What a delete or replace may take.

    Attributes:
        even_if: classes that may be destroyed: `messages`, `consumers`.
        place: span, source and address for diagnostics about it.
        advice: says what to write to give consent to losing some classes.
    """

    even_if: frozenset[str] = frozenset()
    place: Mapping[str, Any] = field(default_factory=dict)
    advice: Callable[[Sequence[str]], str] = ", ".join


def permit_of(
    address: Address,
    tombstone: Tombstone | None,
    declaration: Declaration | None,
    today: date,
    *,
    about: Address | None = None,
) -> Permit:
    """What a delete may take by its tombstone's `evenIf`, or a replace (nothing: only what is empty is recreated).

    Args:
        address: the resource that the tombstone or declaration names.
        tombstone: its tombstone.
        declaration: its declaration.
        today: the day by which consent counts.
        about: the part of it that is deleted with it, whose findings these are; None for itself.
    """
    place: dict[str, Any]
    if tombstone is not None:
        place = {"span": tombstone.span, "source": tombstone.source, "address": str(about or address)}
        even_if = frozenset() if tombstone.over(today) else tombstone.even_if
        return Permit(even_if, place, lambda some: _line(address, tombstone.even_if, some, today))
    place = {"address": str(address)}
    if declaration is not None:
        place |= {"span": declaration.span, "source": declaration.positions.line(declaration.span)}
    return Permit(frozenset(), place, lambda _: "`lifecycle.replace: recreate` recreates only what is empty and unused")


def permit_of_revocation(address: Address, even_if: frozenset[str], today: date) -> Permit:
    """What a delete that no tombstone asks for may take; consent to more is a tombstone of its own."""
    return Permit(even_if, {"address": str(address)}, lambda some: _line(address, even_if, some, today))


def _line(address: Address, even_if: frozenset[str], some: Sequence[str], today: date) -> str:
    listed = ", ".join(sorted({*even_if, *some}))
    return f"or consent in the tombstone: `{address}: {{evenIf: [{listed}], until: {today + SUGGESTED}}}`"
