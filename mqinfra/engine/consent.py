"""Consent: what a reviewed line allows a destructive change to take with it (design §6)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, timedelta
from typing import Any

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.declaration import Allowance, Declaration, Desired, Tombstone
from mqinfra.model.frozen import dataclass
from mqinfra.model.names import Names
from mqinfra.model.plan import digest_of
from mqinfra.model.record import Inventory

SUGGESTED = timedelta(days=7)
"""How long the printed line lets consent count."""


@dataclass(frozen=True, slots=True)
class Permit:
    """What a delete or replace may take.

    Attributes:
        even_if: classes that may be destroyed: `messages`, `consumers`.
        place: span, source and address for diagnostics about it.
        advice: says what to write to give consent to losing some classes.
        lines: digests of the lines that give it.
    """

    even_if: frozenset[str] = frozenset()
    place: Mapping[str, Any] = field(default_factory=dict)
    advice: Callable[[Sequence[str]], str] = ", ".join
    lines: tuple[str, ...] = ()


def digest_of_line(address: Address, line: Tombstone | Allowance) -> str:
    """Digest what a line consents to; who edits any of it has reviewed it again.

    Args:
        address: where it stands.
        line: the line.
    """
    removes = isinstance(line, Tombstone)
    return digest_of(
        [
            "removed" if removes else "allowed",
            address.key,
            [*sorted(line.even_if)],
            line.until.isoformat() if line.until is not None else "",
            line.identity if isinstance(line, Tombstone) else dict(line.by),
        ]
    ).removeprefix("sha256:")


def with_uses(desired: Desired, inventories: Mapping[str, Inventory]) -> Desired:
    """Mark the lines that a run has used, as far as records tell: they count no more."""
    if not any(inventory.uses for inventory in inventories.values()):
        return desired

    def spent(address: Address, line: Tombstone | Allowance) -> str:
        inventory = inventories.get(address.cluster)
        use = inventory.uses.get(digest_of_line(address, line)) if inventory is not None and line.even_if else None
        return str(use) if use is not None and not use.begun else ""

    return replace(
        desired,
        tombstones={at: replace(line, spent=spent(at, line)) for at, line in desired.tombstones.items()},
        allowed={at: replace(line, spent=spent(at, line)) for at, line in desired.allowed.items()},
    )


def spared(going: Iterable[Change], staying: Iterable[Change]) -> list[Change]:
    """Let an apply not use up the lines on which something rests that it leaves out: that would be blocked then."""
    needed = {line for change in staying for line in change.consents}
    if not needed:
        return list(going)
    return [
        replace(change, consents=tuple(line for line in change.consents if line not in needed))
        if not needed.isdisjoint(change.consents)
        else change
        for change in going
    ]


def permit_of(
    address: Address,
    tombstone: Tombstone | None,
    declaration: Declaration | None,
    today: date,
    names: Names,
    *,
    about: Address | None = None,
) -> Permit:
    """What a delete may take by its tombstone's `evenIf`, or a replace (nothing: only what is empty is recreated).

    Args:
        address: the resource that the tombstone or declaration names.
        tombstone: its tombstone.
        declaration: its declaration.
        today: the day by which consent counts.
        names: what things are called in the environment; lines speak of them as manifests do.
        about: the part of it that is deleted with it, whose findings these are; None for itself.
    """
    place: dict[str, Any]
    if tombstone is not None:
        place = {"span": tombstone.span, "source": tombstone.source, "address": str(about or address)}
        even_if = frozenset() if tombstone.over(today) else tombstone.even_if
        lines = (digest_of_line(address, tombstone),) if even_if else ()
        return Permit(even_if, place, lambda some: _line(names.key(address), tombstone.even_if, some, today), lines)
    place = {"address": str(address)}
    if declaration is not None:
        place |= {"span": declaration.span, "source": declaration.positions.line(declaration.span)}
    return Permit(frozenset(), place, lambda _: "`lifecycle.replace: recreate` recreates only what is empty and unused")


def permit_of_revocation(
    address: Address, even_if: frozenset[str], today: date, names: Names, lines: tuple[str, ...] = ()
) -> Permit:
    """What a delete that no tombstone asks for may take; consent to more is a tombstone of its own."""
    return Permit(
        even_if, {"address": str(address)}, lambda some: _line(names.key(address), even_if, some, today), lines
    )


def _line(key: str, even_if: frozenset[str], some: Sequence[str], today: date) -> str:
    listed = ", ".join(sorted({*even_if, *some}))
    return f"or consent in the tombstone: `{key}: {{evenIf: [{listed}], until: {today + SUGGESTED}}}`"
