"""Desired against live, field by field and by meaning. Pure: no I/O, no order, no guard.

A key that nobody declared is not a difference, unless the kind says that unset fields are removed. `None` asks for the
broker's default and differs from anything that was set on the resource itself. Whether a declared value that the
resource only inherits is a difference, the kind says.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic import JsonValue

from mqinfra.engine.comparator import Comparator
from mqinfra.engine.fingerprint import NOTHING
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.declaration import Declaration
from mqinfra.model.form import Form
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Live
from mqinfra.model.setting import Unit
from mqinfra.model.span import Path
from mqinfra.model.spec import Fields, Mutability, WholeSpec, nested
from mqinfra.providers.base.kind import Kind

_Traits = tuple[Unit | None, Mutability, Form | None]
_Created = tuple[Path, _Traits, dict[JsonValue, FieldDifference]]
"""A field of creates, what is the same of it in all, and those that say the same by their value."""


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
    undeclared = (
        () if issubclass(kind.spec, WholeSpec) else [path for path in own if len(path) == 2 and path not in fields]
    )
    undeclared_keys = {
        ".".join(path): own[path]
        for path in sorted(undeclared)
        if not declaration.lifecycle.ignores(path) and kind.spec.marker(path).mutability is not Mutability.OBSERVED
    }
    if not differences:
        return Comparison(None, undeclared_keys)
    change = Change(
        address=address,
        action=Action.UPDATE,
        reason=Reason.DIFFERS,
        differences=differences,
        before=nested({path: own.get(path) for path in _rested_on(declaration, fields, own, kind)}),
        after=declaration.document,
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
    return Change(
        address=address,
        action=Action.CREATE,
        reason=Reason.ABSENT,
        differences=_created_fields(kind).differences(fields),
        after=declaration.document,
        fingerprint=NOTHING,
        span=declaration.span,
        origin=declaration.origins[0].by,
    )


class _CreatedFields:
    """The fields of creates of one kind: thousands of resources have fields that say the same, which they share.

    A field has no place of its own there, as the entry has one: to find it takes a tenth of a plan.
    """

    def __init__(self, kind: Kind[Any]) -> None:
        self._kind = kind
        self._fields: dict[Path, _Created] = {}
        self._shapes: dict[tuple[Path, ...], list[_Created]] = {}

    def differences(self, fields: Fields) -> tuple[FieldDifference, ...]:
        """What is set, sorted by path."""
        found: list[FieldDifference] = []
        paths = tuple(fields)
        for path, traits, shared in self._shapes.get(paths) or self._shape(paths):
            value = fields[path]
            if value is None:
                continue
            # Texts and truths are equal only where they are the same, unlike 1 and true.
            sharing = value.__class__ in _SHAREABLE
            difference = shared.get(value) if sharing else None
            if difference is None:
                difference = FieldDifference(path, None, value, None, *traits)
                if sharing and len(shared) < _MOST_SHARED:
                    shared[value] = difference
            found.append(difference)
        return tuple(found)

    def _shape(self, paths: tuple[Path, ...]) -> "list[_Created]":
        """The fields of those that say the same fields in the same order, as most do."""
        shape = [self._fields.get(path) or self._field(path) for path in sorted(paths)]
        if len(self._shapes) < _MOST_SHARED:
            self._shapes[paths] = shape
        return shape

    def _field(self, path: Path) -> "_Created":
        kind = self._kind
        made = self._fields[path] = path, (kind.unit(path), kind.spec.marker(path).mutability, kind.form(path)), {}
        return made


_SHAREABLE = frozenset((str, bool))
_MOST_SHARED = 2**10
"""Values of one field, and shapes. Where there are more values, it is a name, which no other resource has."""


@lru_cache(2**8)
def _created_fields(kind: Kind[Any]) -> _CreatedFields:
    return _CreatedFields(kind)


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
