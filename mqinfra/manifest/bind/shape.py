"""What a pydantic model expects, looked up once per type: names, secret fields, nested models, plain types.

Separate from `binding` because it depends on types alone, and is cached for the run.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mqinfra.model.frozen import dataclass
from mqinfra.model.secret import SecretRef
from mqinfra.model.span import Path
from mqinfra.model.spec import Marker

_PLAIN: frozenset[Any] = frozenset((bool, int, float, str, type(None)))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model.

    Attributes:
        name: its Python name.
        secret: it takes a reference to a secret, or several.
        keyed: its references stand under keys of their own.
        models: models that its value may be.
        exact: the types of bool, int, float and text that it may be, taken as they are: pydantic would convert
            silently. Empty when other types or validators are in play.
        nullable: null is a value of its own: it resets to the broker's default.
    """

    name: str
    secret: bool
    keyed: bool
    models: tuple[type[BaseModel], ...]
    exact: frozenset[Any]
    nullable: bool


@cache
def fields_of(model: type[BaseModel]) -> dict[str, Field]:
    """Fields of a model by the name that manifests use."""
    converted = {name for item in model.__pydantic_decorators__.field_validators.values() for name in item.info.fields}
    fields: dict[str, Field] = {}
    for name, info in model.model_fields.items():
        parts = _parts(info.annotation)
        models = tuple(_models(info.annotation))
        marked = any(isinstance(item, Marker) and item.secret for item in info.metadata)
        rest = {part for part in parts if part not in models}
        plain = bool(rest - {type(None)}) and rest <= _PLAIN and not _converts(info) and not converted & {name, "*"}
        fields[info.alias or name] = Field(
            name=name,
            secret=marked or (SecretRef in models and str not in parts),
            keyed=marked and any(get_origin(part) is dict for part in parts),
            models=tuple(part for part in models if part is not SecretRef),
            exact=frozenset(rest) if plain else frozenset(),
            nullable=type(None) in parts,
        )
    return fields


@cache
def has_secrets(model: type[BaseModel]) -> bool:
    """Tell whether a model, or one inside it, takes references to secrets."""
    return any(field.secret or any(map(has_secrets, field.models)) for field in fields_of(model).values())


def without_nulls(model: type[BaseModel], data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out fields that are null where null only says that nothing is said: `config:` without anything below."""
    if None not in data.values():
        return data
    fields = fields_of(model)
    return {
        name: value for name, value in data.items() if value is not None or name not in fields or fields[name].nullable
    }


@cache
def checked_fields(model: type[BaseModel]) -> Mapping[str, Field]:
    """Fields whose values have to be looked at after pydantic, by the name that manifests use."""
    return {alias: field for alias, field in fields_of(model).items() if field.exact or field.models}


@cache
def models_in(model: type[BaseModel]) -> Mapping[str, type[BaseModel]]:
    """A model and all models inside it, references to secrets too, by the names of their types."""
    found: dict[str, type[BaseModel]] = {model.__name__: model}
    for info in model.model_fields.values():
        for nested in _models(info.annotation):
            found |= models_in(nested)
    return found


def models_at(model: type[BaseModel], path: Path) -> tuple[type[BaseModel], ...]:
    """Models that the mapping at a path may be; empty when it is none."""
    models: tuple[type[BaseModel], ...] = (model,)
    for step in path:
        found = [fields_of(one)[step] for one in models if step in fields_of(one)]
        if found:  # else the step is an index or key of a container of models
            models = tuple(nested for field in found for nested in field.models)
    return models


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - an annotation is anything
    """The models in an annotation, also those inside containers."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for item in get_args(annotation):
        yield from _models(item)


def _parts(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401 - an annotation is anything
    """The alternatives of an annotation."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _parts(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return tuple(part for item in get_args(annotation) for part in _parts(item))
    return (annotation,)


def _converts(info: FieldInfo) -> bool:
    return any(hasattr(item, "func") for item in info.metadata)
