"""Desired against live, field by field and by meaning. Pure: no I/O, no order, no guard.

A value that the broker's default already gives is not a difference; neither is a key that nobody declared, unless the
kind says that unset fields are removed. `None` asks for the broker's default and differs from anything that was set
on the resource itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.declaration import Declaration
from mqinfra.model.reading import Live
from mqinfra.model.span import Path
from mqinfra.model.spec import Fields, Mutability, nested
from mqinfra.providers.base.kind import Kind, Unset


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing one resource gave.

    Attributes:
        change: what has to happen; None when the resource is as declared.
        foreign: keys that somebody else set and that are left alone, with their values.
    """

    change: Change | None
    foreign: Mapping[str, JsonValue]


def compare(
    address: Address, declaration: Declaration, fields: Fields, live: Live | None, kind: Kind[Any]
) -> Comparison:
    """Compare one declared resource, whose declared fields are `fields`, with what is there."""
    if live is None:
        return Comparison(_creation(address, declaration, fields, kind), {})
    own = live.spec.fields()
    differences = tuple(_differences(declaration, fields, own, live, kind))
    foreign = {
        ".".join(path): value
        for path, value in sorted(own.items())
        if len(path) == 2 and path not in fields and not declaration.lifecycle.ignores(path)
    }
    if kind.unset is Unset.REMOVED:
        foreign = {}
    if not differences:
        return Comparison(None, foreign)
    change = Change.model_construct(
        address=address,
        action=Action.UPDATE,
        reason=Reason.DIFFERS,
        differences=differences,
        before=nested({path: own.get(path) for path in compared_paths(declaration, fields, own, kind)}),
        after=declaration.spec.to_json(),
        identity=live.identity,
        span=declaration.span,
        origin=declaration.origins[0].because,
    )
    return Comparison(change, foreign)


def compared_paths(declaration: Declaration, fields: Fields, own: Fields, kind: Kind[Any]) -> list[Path]:
    """Paths that a plan of this resource rests on, sorted."""
    paths = {path for path in fields if not _skipped(path, declaration, kind)}
    if kind.unset is Unset.REMOVED:
        paths.update(path for path in own if not _skipped(path, declaration, kind))
    return sorted(paths)


def differs(kind: Kind[Any], path: Path, wanted: JsonValue, own: JsonValue, inherited: JsonValue) -> bool:
    """Tell whether a field needs a change: `own` is set on the resource, `inherited` applies where it is None."""
    if wanted is None:
        # What exists only on the resource itself, such as a partition count, has no default to go back to.
        return own is not None and len(path) > 1
    in_force = own if own is not None else inherited
    return in_force is None or not kind.same(path, wanted, in_force)


def _creation(address: Address, declaration: Declaration, fields: Fields, kind: Kind[Any]) -> Change:
    positions = declaration.positions
    spec = type(declaration.spec)
    return Change.model_construct(
        address=address,
        action=Action.CREATE,
        reason=Reason.ABSENT,
        differences=tuple(
            FieldDifference.model_construct(
                path=path,
                after=value,
                unit=kind.unit(path),
                mutability=spec.marker(path).mutability,
                span=positions.span(path),
            )
            for path, value in sorted(fields.items())
            if value is not None
        ),
        after=declaration.spec.to_json(),
        span=declaration.span,
        origin=declaration.origins[0].because,
    )


def _differences(
    declaration: Declaration, fields: Fields, own: Fields, live: Live, kind: Kind[Any]
) -> Iterator[FieldDifference]:
    spec = type(declaration.spec)
    for path in compared_paths(declaration, fields, own, kind):
        wanted, mine, inherited = fields.get(path), own.get(path), live.inherited.get(path)
        if differs(kind, path, wanted, mine, inherited):
            yield FieldDifference.model_construct(
                path=path,
                before=mine,
                after=wanted,
                inherited=inherited,
                unit=kind.unit(path),
                mutability=spec.marker(path).mutability,
                span=declaration.positions.span(path),
            )


def _skipped(path: Path, declaration: Declaration, kind: Kind[Any]) -> bool:
    marker = type(declaration.spec).marker(path)
    return (
        marker.mutability is Mutability.CREATE_ONLY
        or (marker.secret and kind.unset is Unset.LEFT_ALONE)
        or (bool(declaration.lifecycle.ignore) and declaration.lifecycle.ignores(path))
    )
