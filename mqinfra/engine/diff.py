"""Desired against live, field by field and by meaning. Pure: no I/O, no order, no guard.

A key that nobody declared is not a difference, unless the kind says that unset fields are removed. `None` asks for the
broker's default and differs from anything that was set on the resource itself. Whether a declared value that the
resource only inherits is a difference, the kind says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from mqinfra.engine.comparator import Comparator
from mqinfra.engine.fingerprint import NOTHING
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.declaration import Declaration
from mqinfra.model.form import Form
from mqinfra.model.reading import Live
from mqinfra.model.setting import Unit
from mqinfra.model.span import Path
from mqinfra.model.spec import Fields, Mutability, SpecDocument, WholeSpec, nested
from mqinfra.providers.base.kind import Kind


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing one resource gave.

    Attributes:
        change: what has to happen; None when the resource is as declared.
        undeclared_keys: keys that somebody else set and that are left alone, with their values.
    """

    change: Change | None
    undeclared_keys: Mapping[str, JsonValue]


def compare(
    address: Address, declaration: Declaration, fields: Fields, live: Live, comparator: Comparator
) -> Comparison:
    """Compare one declared resource, whose declared fields are `fields`, with what is there."""
    kind = comparator.kind
    own = live.spec.fields()
    differences = tuple(_differences(declaration, fields, own, live, comparator))
    undeclared_keys = {
        ".".join(path): value
        for path, value in sorted(own.items())
        if len(path) == 2
        and path not in fields
        and not declaration.lifecycle.ignores(path)
        and kind.spec.marker(path).mutability is not Mutability.OBSERVED
    }
    if issubclass(kind.spec, WholeSpec):
        undeclared_keys = {}
    if not differences:
        return Comparison(None, undeclared_keys)
    change = Change(
        address=address,
        action=Action.UPDATE,
        reason=Reason.DIFFERS,
        differences=differences,
        before=nested({path: own.get(path) for path in _rested_on(declaration, fields, own, kind)}),
        after=SpecDocument(declaration.spec),
        identity=live.identity,
        span=declaration.span,
        origin=declaration.origins[0].by,
    )
    return Comparison(change, undeclared_keys)


def _rested_on(declaration: Declaration, fields: Fields, own: Fields, kind: Kind[Any]) -> list[Path]:
    """Paths whose live values a plan of this resource rests on, sorted; secrets have none that could be kept."""
    paths = set(fields) | (set(own) if issubclass(kind.spec, WholeSpec) else set())
    spec = type(declaration.spec)
    return sorted(
        path
        for path in paths
        if not _skipped(path, declaration)
        and not spec.marker(path).secret
        and spec.marker(path).mutability is not Mutability.ONCE
    )


def creation(address: Address, declaration: Declaration, fields: Fields, kind: Kind[Any]) -> Change:
    """Create one declared resource, whose declared fields are `fields`, where nothing is."""
    # Fields of a create have no places of their own, as its entry has one: finding them takes a tenth of a plan's time.
    traits = _TRAITS.setdefault(type(kind), {})
    return Change(
        address=address,
        action=Action.CREATE,
        reason=Reason.ABSENT,
        differences=tuple(
            [
                FieldDifference(path, None, value, None, *(traits.get(path) or _traits(kind, path, traits)))
                for path, value in sorted(fields.items())
                if value is not None
            ]
        ),
        after=SpecDocument(declaration.spec),
        fingerprint=NOTHING,
        span=declaration.span,
        origin=declaration.origins[0].by,
    )


_Traits = tuple[Unit | None, Mutability, Form | None]
_TRAITS: dict[type[Kind[Any]], dict[Path, _Traits]] = {}


def _traits(kind: Kind[Any], path: Path, known: dict[Path, _Traits]) -> _Traits:
    """What a field is like, looked up once for thousands of resources that have it."""
    return known.setdefault(path, (kind.unit(path), kind.spec.marker(path).mutability, kind.form(path)))


def _differences(
    declaration: Declaration, fields: Fields, own: Fields, live: Live, comparator: Comparator
) -> Iterator[FieldDifference]:
    kind, spec = comparator.kind, type(declaration.spec)
    paths = {*fields, *own} if issubclass(kind.spec, WholeSpec) else fields
    for path in sorted(paths):
        if _skipped(path, declaration):
            continue
        wanted = fields.get(path)
        note = comparator.difference(path, wanted, live, own)
        if note is not None:
            marker = spec.marker(path)
            yield FieldDifference(
                path=path,
                before=own.get(path),
                after=wanted,
                inherited=live.inherited.get(path),
                unit=kind.unit(path),
                mutability=marker.mutability,
                form=kind.form(path),
                span=declaration.positions.span(path),
                note=note,
                nodes=comparator.differing_nodes(path, wanted, live) if live.per_node else {},
                secret=marker.secret,
            )


def _skipped(path: Path, declaration: Declaration) -> bool:
    if declaration.lifecycle.ignore and declaration.lifecycle.ignores(path):
        return True
    return type(declaration.spec).marker(path).mutability is Mutability.CREATE_ONLY
