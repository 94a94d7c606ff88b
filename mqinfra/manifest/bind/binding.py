"""Data to typed models, with pydantic's errors told in our own words at the place that somebody wrote.

Pydantic is generous where our YAML is strict (`"12"` or `true` for a number), so plain fields are compared with what
was written. A literal where a reference to a secret belongs never reaches pydantic.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from mqinfra.manifest import codes
from mqinfra.manifest.bind.shape import Field, checked_fields, fields_of, has_secrets
from mqinfra.manifest.bind.validation import as_typed, explain
from mqinfra.manifest.text.node import Map, Seq
from mqinfra.manifest.text.scalar import number_meant
from mqinfra.manifest.text.source import Place
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.secret import variable_meant
from mqinfra.model.setting import SettingTable
from mqinfra.model.span import Path

M = TypeVar("M", bound=BaseModel)
_NAMES = {bool: "`true` or `false`", int: "a whole number", float: "a number", str: "text", type(None): "null"}


class Places(Protocol):
    """Finds key and value of a field; `Layers` and `MadeLayers` do."""

    def places(self, path: Path) -> tuple[Place, Place]:
        """Key and value at a path; of the nearest enclosing thing when the field itself was not written."""


def bind(
    model: type[M],
    data: Mapping[str, Any],
    places: Places,
    found: list[Diagnostic],
    *,
    what: str,
    address: str | None = None,
    also: tuple[str, ...] = (),
    settings: Mapping[str, SettingTable] = MappingProxyType({}),
) -> M | None:
    """Make a model of an entry's data.

    Args:
        model: the type.
        data: the data, aliases as keys.
        places: finds the text behind a field.
        found: where findings go.
        what: what the entry is, for messages: `a topic`.
        address: address of the resource, for findings.
        also: further fields that the entry may have, for suggestions.
        settings: settings by the field that they belong under, for suggestions.

    Returns:
        the model; None when findings say why there is none.
    """
    literal = [*_literal_secrets(model, data, places, (), found, address)] if has_secrets(model) else []
    for path in literal:
        data = _with_reference(data, path)
    try:
        # Python's names of fields are for our own code; a manifest that used them would be one that the schema refuses.
        bound = model.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        known = (*also, *(f"{field}.{name}" for field, table in settings.items() for name in table.names()))
        found += explain(error, model, data, places.places, what=what, address=address, also=known)
        return None
    return bound if _as_written(bound, data, places, (), found, address) and not literal else None


def hide_secrets(model: type[BaseModel], node: Map) -> None:
    """Never show the lines of a layer that belong to secret fields."""
    if not has_secrets(model):
        return
    fields = fields_of(model)
    for key, value, key_place, value_place in node.entries():
        field = fields.get(key)
        if field is None:
            continue
        if field.secret:
            _hide(value, key_place, value_place)
            for item, item_place in value.entries() if isinstance(value, Seq) else ():
                _hide(item, key_place, item_place)
        elif isinstance(value, Map):
            for nested in field.models:
                hide_secrets(nested, value)


def _hide(value: object, first: Place, last: Place) -> None:
    """Hide the lines of a reference to a secret."""
    first.source.hide(first.at, last.at)
    for _, _, key, inner in value.entries() if isinstance(value, Map) else ():
        key.source.hide(key.at, inner.at)


def _literal_secrets(
    model: type[BaseModel],
    data: Mapping[str, Any],
    places: Places,
    path: Path,
    found: list[Diagnostic],
    address: str | None,
) -> Iterator[Path]:
    """Report values that stand where a reference belongs, and give their paths; the value itself appears nowhere."""
    fields = fields_of(model)
    for key, value in data.items():
        field = fields.get(key)
        if field is None or value is None:
            continue
        here = (*path, key)
        if field.secret:
            for inner, item in _references((*path, key), value, keyed=field.keyed):
                if _literal(item, places, inner, found, address):
                    yield inner
        elif isinstance(value, Mapping):
            for nested in field.models:
                yield from _literal_secrets(nested, value, places, here, found, address)


def _with_reference(data: Any, path: Path) -> Any:  # noqa: ANN401 - any data
    """The data with a reference in place of a value, so that the rest can be judged without it."""
    if not path:
        return {"env": "NAME"}
    if isinstance(data, list):
        index = int(path[0])
        return [_with_reference(item, path[1:]) if at == index else item for at, item in enumerate(data)]
    return {**data, path[0]: _with_reference(data[path[0]], path[1:])}


def _references(path: Path, value: object, *, keyed: bool) -> Iterator[tuple[Path, object]]:
    """What stands in a secret field, item by item, each with its path."""
    if keyed and isinstance(value, Mapping):
        for key, item in value.items():
            yield from _references((*path, key), item, keyed=False)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield (*path, str(index)), item
    else:
        yield path, value


def _literal(item: object, places: Places, path: Path, found: list[Diagnostic], address: str | None) -> bool:
    """Report a value where a reference belongs.

    Where it is written as a variable, nothing else is said of it: one that is declared in `mqinfra.yaml` would put the
    secret into version control.
    """
    if item is None:
        return False
    if isinstance(item, Mapping):
        name = item.get("env")
        if isinstance(name, str) and variable_meant(name) is not None:
            _forget_variable(places.places((*path, "env"))[1], found)
        return False
    key, value = places.places(path)
    meant = variable_meant(item) if isinstance(item, str) else None
    hints: tuple[str, ...] = ("write {env: NAME} or {file: PATH}", "assume it leaked; rotate it")
    if meant is not None:
        _forget_variable(value, found)
        hints = (f"write {{env: {meant}}}, which reads the environment variable when it is needed",)
    message = f"`{'.'.join(path)}` must be a reference to a secret, got a value"
    found.append(key.report(codes.LITERAL_SECRET, message, help=hints, address=address, secret=True))
    return True


def _forget_variable(place: Place, found: list[Diagnostic]) -> None:
    """Take back that the variable at a place is not declared."""
    found[:] = [item for item in found if item.code != codes.VARIABLE.id or item.span != place.span]


def _as_written(
    bound: BaseModel,
    data: Mapping[str, Any],
    places: Places,
    path: Path,
    found: list[Diagnostic],
    address: str | None,
) -> bool:
    """Tell whether no plain field was converted from another type; report those that were."""
    same = True
    fields = checked_fields(type(bound))
    for alias, value in data.items():
        field = fields.get(alias)
        if field is None or value.__class__ in field.exact:
            continue
        if isinstance(value, Mapping):
            nested = getattr(bound, field.name)
            if field.models and isinstance(nested, BaseModel):
                same &= _as_written(nested, value, places, (*path, alias), found, address)
        elif field.exact and isinstance(value, bool | int | float | str):
            same &= _taken_as_it_is(field, getattr(bound, field.name), value, (*path, alias), places, found, address)
    return same


def _taken_as_it_is(
    field: Field,
    bound: object,
    value: object,
    path: Path,
    places: Places,
    found: list[Diagnostic],
    address: str | None,
) -> bool:
    """Tell whether a value was not converted from another type; report it otherwise."""
    given, types = value.__class__, field.exact
    if (given is int and float in types) or bound.__class__ is given:
        return True
    wanted = " or ".join(_NAMES[kind] for kind in _NAMES if kind in types and kind is not type(None))
    place = places.places(path)[1]
    quoted = place.written[:1] in ("'", '"')
    typed = f"the text `{place.written}`" if quoted else as_typed(value, place)
    message = f"`{'.'.join(path)}` must be {wanted}, got {typed}"
    hint = "remove the quotes" if quoted else number_meant(place.written)
    found.append(place.report(codes.WRONG_VALUE, message, help=hint, address=address))
    return False
